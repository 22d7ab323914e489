"""Heartbeats: silent clients are pinged, those that give no sign of life are given up, slow ones are not."""

import struct
import time

from support.waiting import seconds
from test_slow_consumers import slow_subscriber


def test_pings_come_and_a_client_that_answers_stays(start):
    hub = start("--ping", "1s", "--pong", "1s")
    client = hub.raw()
    client.upgrade()
    client.receive_frame()
    for _ in range(3):
        began = time.monotonic()
        opcode, payload = client.receive_frame()
        assert opcode == 9 and time.monotonic() - began > 0.7
        client.frame(10, payload)
    client.frame(1, b'{"type":"ping"}')
    assert client.receive_frame() == (1, b'{"type":"pong"}')


def test_a_client_of_a_library_stays(start):
    hub = start("--ping", "1s", "--pong", "1s")
    socket, witness = hub.subscriber("a"), hub.raw()
    witness.upgrade()
    witness.receive_frame()
    for _ in range(3):
        witness.frame(10, witness.receive_frame()[1])
    hub.publish("a", 1)
    assert socket.expect("event")["data"] == 1
    assert hub.metrics().value("roomcast_heartbeat_timeouts_total") == 0


def test_a_client_that_talks_is_not_pinged(start):
    hub = start("--ping", "1s", "--pong", "1s")
    client = hub.raw()
    client.upgrade()
    client.receive_frame()
    for _ in range(6):
        client.frame(1, b'{"type":"ping"}')
        assert client.receive_frame() == (1, b'{"type":"pong"}')
        time.sleep(0.4)


def test_one_that_acknowledges_nothing_is_given_up_with_4108(start):
    hub = start("--ping", "1s", "--pong", "1s")
    client = slow_subscriber(hub)
    healthy = hub.subscriber("feed")
    for _ in range(5):
        hub.publish_lines({"room": "feed", "data": "x" * 4000} for _ in range(100))
        healthy.take(100)
    hub.wait_for_metric("roomcast_heartbeat_timeouts_total", lambda value: value == 1, limit=20)
    hub.wait_for_metric("roomcast_errors_total", lambda value: value == 1, {"code": "TIMEOUT"})
    hub.wait_for_metric("roomcast_streams", lambda value: value == 1, {"kind": "websocket"}, limit=20)
    client.close()


def test_one_that_drains_slowly_is_alive(start):
    hub = start("--ping", "1s", "--pong", "1s")
    client = slow_subscriber(hub)
    healthy = hub.subscriber("feed")
    for _ in range(5):
        hub.publish_lines({"room": "feed", "data": "x" * 4000} for _ in range(100))
        healthy.take(100)
    end = time.monotonic() + 5
    while time.monotonic() < end:
        client.exactly(4000)
        time.sleep(0.2)
    assert hub.metrics().value("roomcast_heartbeat_timeouts_total") == 0
    assert hub.get("/v1/rooms/feed").json["subscribers"] == 2


def test_a_ping_of_the_client_is_answered(hub):
    client = hub.raw()
    client.upgrade()
    client.receive_frame()
    for payload in (b"", b"x" * 125):
        client.frame(9, payload)
        assert client.receive_frame() == (10, payload)
    client.frame(8, struct.pack(">H", 1000))
    client.socket.settimeout(seconds(3))
    assert client.receive_frame() == (8, struct.pack(">H", 1000))
