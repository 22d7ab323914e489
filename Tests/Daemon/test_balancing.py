"""nginx and HAProxy in front of two hubs, with the configurations for several."""

import pytest

from support import curl
from support.proxies import HAProxyOfTwo, NginxOfTwo, free_port
from support.sse import EventStream
from support.waiting import seconds, wait_until
from support.websocket import Socket
from test_proxies import CLIENT, PROTOCOL, TRUSTED

FLAGS = {NginxOfTwo: TRUSTED, HAProxyOfTwo: PROTOCOL}


@pytest.fixture(params=[NginxOfTwo, HAProxyOfTwo], ids=lambda kind: kind.name)
def pair(request, start, tmp_path):
    """A proxy in front of two hubs that trust it, of which the first takes its time to drain."""
    flags = FLAGS[request.param]
    drain = ["--drain", f"{int(seconds(8))}s"]
    pair = request.param(tmp_path, [start(*flags, *drain), start(*flags)])
    # Each has its turn.
    wait_until(lambda: len({node(pair)["node"] for _ in range(4)}) == 2, what="both hubs")
    yield pair
    pair.stop()


def node(pair):
    """What the hub that this request has come to says of itself."""
    answer = curl.request("GET", pair.url("/v1/nodes"))
    assert answer.status == 200, answer
    return answer.json["nodes"][0]


def own(hub):
    """What a hub says of itself without a proxy."""
    return hub.get("/v1/nodes", options=["--interface", CLIENT]).json["nodes"][0]


def stream(pair):
    socket = Socket(f"ws://{pair.authority}/v1/ws")
    socket.expect("welcome")
    return socket


def test_streams_are_spread(pair):
    sockets = [stream(pair) for _ in range(8)]
    for hub in pair.hub:
        assert 3 <= own(hub)["connections"] <= 6
    for socket in sockets:
        socket.close()


def test_a_hub_that_drains_gets_no_more_streams_and_nothing_fails_when_it_is_gone(pair, start):
    first, second = pair.hub
    remaining = own(second)["node"]
    # One that does not answer its close keeps the hub from ending at once.
    stubborn = first.raw(source=CLIENT)
    stubborn.upgrade("/v1/rooms/a/events")
    first.terminate()
    wait_until(lambda: own(first)["draining"], what="the drain")
    sockets = []
    if isinstance(pair, HAProxyOfTwo):
        # It asks every second.
        wait_until(lambda: {node(pair)["node"] for _ in range(4)} == {remaining}, what="all at the other hub")
        sockets = [stream(pair) for _ in range(6)]
    # nginx takes the other for these as soon as it has the answer.
    streams = [EventStream("127.0.0.1", pair.port, "/v1/rooms/a/events") for _ in range(6)]
    for events in streams:
        events.expect("roomcast:subscribed")
    assert own(second)["connections"] >= 6 + len(sockets)
    assert first.wait(30) == 0
    for _ in range(20):
        assert node(pair)["node"] == remaining
        assert curl.request("POST", pair.url("/v1/rooms/a/events"), "1").status == 201
    for events in streams:
        assert events.expect("message").data["offset"] == 1
        events.close()
    for socket in sockets:
        socket.close()
    # Another that takes its place has its turn again.
    start(*FLAGS[type(pair)], port=first.port)
    wait_until(lambda: len({node(pair)["node"] for _ in range(4)}) == 2, limit=45, what="both hubs again")


def test_hubs_without_redis_are_not_taken_for_dead(start, tmp_path):
    away = ["--engine", f"redis://127.0.0.1:{free_port()}/0"]
    pair = NginxOfTwo(tmp_path, [start(*TRUSTED, *away), start(*TRUSTED, *away)])
    try:
        for _ in range(6):
            # Each of the two is asked, and says the same.
            assert curl.request("GET", pair.url("/v1/rooms/a/events")).json["code"] == "ENGINE_UNAVAILABLE"
            assert curl.request("GET", pair.url("/health")).status == 200
    finally:
        pair.stop()
