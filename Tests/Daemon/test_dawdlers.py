"""Thousands of clients that begin something and do not go on: they are closed in time, and others are served meanwhile."""

import os
import resource
import socket

import pytest

from support.raw import RawConnection
from support.waiting import seconds, wait_until

DAWDLERS = {
    "silent": b"",
    "slow head": b"GET /v1/rooms HTTP/1.1\r\nHost: localhost\r\nX-Slow:",
    "slow body": b"POST /v1/rooms/a/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n1",
    "slow lines": b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n2\r\n12",
    "idle": b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
}


@pytest.fixture
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    if before[1] < 6000:
        pytest.skip(f"this process may open only {before[1]} files")
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def descriptors(hub):
    return len(os.listdir(f"/proc/{hub.process.pid}/fd"))


@pytest.mark.parametrize("is_half_open", [False, True], ids=["open", "half-open"])
def test_thousands_of_dawdlers_are_closed_in_time_and_others_are_served(start, many_files, is_half_open):
    hub = start("--headers-time", "3s", "--body-time", "3s", "--keep-alive", "3s")
    hub.get("/health")
    before = descriptors(hub)
    clients = []
    for number in range(1000):
        for text in DAWDLERS.values():
            client = RawConnection(hub.host, hub.port)
            client.send(text)
            # A client that has said its end, and waits for the hub's.
            if is_half_open:
                client.socket.shutdown(socket.SHUT_WR)
            clients.append(client)
        if number % 100 == 0:
            assert hub.get("/health").status == 200
    assert hub.publish("a", 1)["offset"] == 1
    answers = set()
    for client in clients:
        client.socket.settimeout(seconds(20))
        answers.add(client.rest().partition(b"\r\n")[0])
        client.close()
        if client is clients[len(clients) // 2]:
            assert hub.get("/health").status == 200
    # Whoever has ended in the middle of a request is waited for no longer.
    unfinished = b"HTTP/1.1 400 Bad Request" if is_half_open else b"HTTP/1.1 408 Request Timeout"
    assert answers == {b"", b"HTTP/1.1 200 OK", unfinished}
    wait_until(lambda: descriptors(hub) <= before, what="all descriptors back")
    assert hub.metrics().value("roomcast_connections") == 1
    assert hub.publish("a", 2)["offset"] == 2
