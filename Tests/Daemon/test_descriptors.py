"""Running out of descriptors neither spins nor kills the hub, and it recovers."""

import subprocess
import time

import pytest

from support.daemon import BINARY, clean_environment
from support.waiting import seconds, wait_until

LIMIT = 64


def has_recovered(hub, connections):
    try:
        return hub.metrics().value("roomcast_connections") <= connections
    except AssertionError:
        return False  # the question itself found no descriptor left


def is_served(hub):
    try:
        return hub.publish("a", 1)["offset"] > 0
    except AssertionError:
        return False


def open_many(hub, count):
    clients = []
    for _ in range(count):
        try:
            clients.append(hub.raw())
        except OSError:
            break
    return clients


@pytest.mark.measure
def test_with_all_descriptors_in_use_it_rests(start):
    hub = start()
    hub.limit_files(LIMIT)
    subscriber = hub.subscriber("a")
    clients = open_many(hub, 2 * LIMIT)
    before = hub.processor_seconds()
    time.sleep(2)
    assert hub.processor_seconds() - before < 0.3
    subscriber.send({"type": "publish", "room": "a", "data": 1, "echo": True})
    assert {frame["type"] for frame in subscriber.take(2)} == {"published", "event"}
    for client in clients:
        client.close()
    wait_until(lambda: has_recovered(hub, 3), what="a hub that has recovered")
    assert hub.publish("a", 2)["subscribers"] == 1
    assert subscriber.expect("event")["data"] == 2


def test_it_recovers_again_and_again(start):
    hub = start()
    hub.limit_files(LIMIT)
    for _ in range(5):
        clients = open_many(hub, 2 * LIMIT)
        for client in clients:
            client.close()
        wait_until(lambda: has_recovered(hub, 2), what="a hub that has recovered")
    # Another reactor may still be turning away what waited in its own backlog.
    wait_until(lambda: is_served(hub), what="a hub that serves again")
    assert hub.publish("b", 1)["offset"] == 1


def test_by_default_there_are_fewer_connections_than_descriptors(start):
    """So that whoever is too many is told so, instead of waiting."""
    hub = start(files=256)
    clients = open_many(hub, 210)
    clients[-1].request("GET", "/health")
    response = clients[-1].response()
    assert response.status in (200, 429), response


def test_more_connections_than_descriptors_is_a_mistake_in_the_settings():
    command = ["prlimit", "--nofile=256:256", BINARY, "serve", "--port", "0", "--connections", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds(20), env=clean_environment())
    assert done.returncode == 78 and "connections" in done.stderr and "256" in done.stderr
