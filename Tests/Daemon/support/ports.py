"""Ports for servers that come back on the same one."""

import random
import socket

_given = set()


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
