"""Probes and metrics."""

import pytest

from support.prometheus import parse
from test_slow_consumers import slow_subscriber


def test_alive_and_ready(hub):
    for path in ("/health", "/ready"):
        answer = hub.get(path)
        assert answer.status == 200 and answer.field("Content-Type").startswith("text/plain")


def test_metrics_are_valid_prometheus_text(hub):
    for step in range(2):
        answer = hub.get("/metrics")
        assert answer.status == 200
        assert answer.field("Content-Type").startswith("text/plain; version=0.0.4")
        metrics = parse(answer.text)
        assert set(metrics.types.values()) == {"counter", "gauge", "histogram"}
        # The second time with something in them.
        socket, stream = hub.subscriber("a"), hub.events("/v1/rooms/a/events")
        stream.expect("roomcast:subscribed")
        hub.publish("a", step)
        socket.expect("event")
        hub.get("/nothing")


def test_the_reader_of_metrics_is_strict():
    good = '# HELP a_total A.\n# TYPE a_total counter\na_total{x="1"} 1\na_total{x="2"} 2\n'
    assert parse(good).value("a_total", {"x": "2"}) == 2
    for bad in [
        good[:-1], good + 'a_total{x="1"} 3\n', good.replace("# TYPE", "#TYPE"), good.replace("_total", ""),
        good + "b_total 1\n", good.replace('"1"', "1"), good.replace(" 2\n", " two\n"), good + good, good + "\n",
        good.replace(" 1\n", " NaN\n"),
    ]:
        with pytest.raises(AssertionError):
            parse(bad)


def test_what_is_open_is_counted_while_it_is_open(hub):
    socket = hub.subscriber("a")
    socket.ask({"type": "subscribe", "room": "b"})
    stream = hub.events("/v1/events?room=a&room=c")
    stream.take(2)
    metrics = hub.metrics()
    assert metrics.value("roomcast_streams", {"kind": "websocket"}) == 1
    assert metrics.value("roomcast_streams", {"kind": "sse"}) == 1
    assert metrics.value("roomcast_subscriptions") == 4
    assert metrics.value("roomcast_rooms") == 3
    assert metrics.value("roomcast_connections") >= 2
    socket.close()
    stream.close()
    hub.wait_for_metric("roomcast_subscriptions", lambda value: value == 0)
    hub.wait_for_metric("roomcast_streams", lambda value: value == 0, {"kind": "websocket"})
    hub.wait_for_metric("roomcast_streams", lambda value: value == 0, {"kind": "sse"})
    hub.wait_for_metric("roomcast_connections", lambda value: value == 1)


def test_what_happened_is_counted(hub):
    sockets = [hub.subscriber("a") for _ in range(3)]
    for number in range(10):
        hub.publish("a", number)
    for socket in sockets:
        socket.take(10)
    hub.post("/v1/rooms/a/events", "nonsense")
    hub.get("/nothing")
    sockets[0].ask({"type": "subscribe", "room": "a"})
    metrics = hub.metrics()
    assert metrics.value("roomcast_events_total") == 10
    assert metrics.value("roomcast_deliveries_total") == 30
    assert metrics.value("roomcast_requests_total", {"status": "201"}) == 10
    for code in ("INVALID_JSON", "NOT_FOUND", "CONFLICT"):
        assert metrics.value("roomcast_errors_total", {"code": code}) == 1
    assert metrics.value("roomcast_sent_bytes_total") > 30 * 100
    assert metrics.value("roomcast_publish_to_write_seconds_count") == 30
    assert 0 < metrics.value("roomcast_publish_to_write_seconds_sum") < 30
    assert abs(metrics.value("process_resident_memory_bytes") - hub.resident()) < 16 << 20


def test_counters_only_grow(hub):
    before = hub.metrics()
    socket = hub.subscriber("a")
    hub.publish("a", 1)
    socket.close()
    after = hub.metrics()
    for (name, labels), value in before.samples.items():
        if before.types.get(name) == "counter" or name.endswith(("_bucket", "_count")):
            assert after.samples[(name, labels)] >= value, name


def test_overflows_and_gaps_are_counted(start):
    hub = start("--history-room-events", "20")
    slow_subscriber(hub)
    healthy = hub.subscriber("feed")
    for _ in range(20):
        hub.publish_lines({"room": "feed", "data": "x" * 4000} for _ in range(100))
        healthy.take(1)
    hub.wait_for_metric("roomcast_overflows_total", lambda value: value >= 1)
