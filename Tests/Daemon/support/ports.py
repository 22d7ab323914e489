"""Ports for servers that come back on the same one."""

import contextlib
import random
import socket

_given = set()


@contextlib.contextmanager
def held_port():
    """A port at which nobody listens, or only a hub that is started there: it stays bound, so that nobody else gets it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def free_port():
    """A port outside the range from which the system takes those of outgoing connections: in that, one who calls a
    server while it is away may take its port, or even meet itself there."""
    while True:
        port = random.randrange(10_000, 32_000)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
