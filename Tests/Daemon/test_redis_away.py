"""What a hub does while Redis is away: it refuses, keeps for later, or tells its own subscribers, as it is set."""

import json
import time

import pytest

from support.nodes import Fleet
from support.redis import RedisServer
from support.waiting import seconds, wait_until


@pytest.fixture
def node(fleet, tmp_path):
    """Starts one hub with this fallback, which looks often whether Redis is there."""

    def node(fallback, *flags, **options):
        if fallback == "journal":
            flags = ("--redis-journal-directory", str(tmp_path / "journal"), *flags)
        return fleet(1, "--redis-fallback", fallback, "--redis-time", "2s", *flags, **options)[0]

    return node


def wait_until_missed(hub):
    wait_until(lambda: hub.get("/ready").status == 503, what="Redis to be missed")


def wait_until_ready(hub):
    wait_until(lambda: hub.get("/ready").status == 200, what="the hub to be ready")


def wait_until_sent_on(hub):
    """Also each room can be asked for again, whichever reactor has it."""
    wait_until_ready(hub)
    hub.wait_for_metric("roomcast_engine_waiting", lambda count: count == 0)


def post(hub, room, data, key=None, query=""):
    headers = {"Idempotency-Key": key} if key else {}
    return hub.post(f"/v1/rooms/{room}/events{query}", json.dumps(data), headers=headers)


def queued(hub, room, data, key=None):
    answer = post(hub, room, data, key)
    assert answer.status == 202 and answer.json["queued"] is True, answer
    assert set(answer.json) == {"room", "subscribers", "duplicate", "queued"}, answer
    return answer.json


# Refused


def test_what_cannot_be_kept_is_refused_at_once(node, redis):
    hub = node("refuse").hub
    socket = hub.subscriber("a")
    hub.publish("a", 1)
    redis.kill()
    wait_until_missed(hub)
    began = time.monotonic()
    for _ in range(20):
        post(hub, "a", 2).expect_problem(503, "ENGINE_UNAVAILABLE")
    # No one waits for Redis' time.
    assert time.monotonic() - began < seconds(2)
    publisher = hub.websocket()
    publisher.expect("welcome")
    error = publisher.ask({"type": "publish", "id": 1, "room": "a", "data": 2})
    assert (error["type"], error["code"], error["temporary"]) == ("error", "ENGINE_UNAVAILABLE", True)
    results = hub.post("/v1/events", '[{"room":"a","data":2}]').json["results"]
    assert results[0]["code"] == "ENGINE_UNAVAILABLE"
    # Who is subscribed stays, and gets what comes later.
    redis.start()
    wait_until_ready(hub)
    hub.publish("a", 3)
    assert [event["data"] for event in socket.take(2)] == [1, 3]


def test_a_stopped_redis_is_missed_and_found_again(node, redis):
    hub = node("refuse").hub
    socket = hub.subscriber("a")
    redis.stop()
    wait_until_missed(hub)
    post(hub, "a", 1).expect_problem(503, "ENGINE_UNAVAILABLE")
    redis.go_on()
    wait_until_ready(hub)
    hub.publish("a", 2)
    wait_until(lambda: socket.receive()["data"] == 2, what="the event")


def test_it_is_told_since_when_redis_is_away(node, redis):
    hub = node("refuse").hub
    before = time.time()
    assert hub.metrics().value("roomcast_engine_up") == 1
    redis.kill()
    hub.wait_for_metric("roomcast_engine_up", lambda up: up == 0)
    assert hub.metrics().value("roomcast_engine_since_seconds") >= int(before)
    problem = hub.get("/ready").expect_problem(503, "ENGINE_UNAVAILABLE")
    assert redis.authority_part in problem["detail"], problem
    assert hub.get("/health").status == 200
    hub.wait_for_line(message="the engine takes no events")
    redis.start()
    wait_until_ready(hub)
    hub.wait_for_metric("roomcast_engine_up", lambda up: up == 1)
    assert "seconds" in hub.wait_for_line(message="the engine takes events again")


def test_a_hub_that_starts_before_redis_becomes_ready_with_it(tmp_path):
    redis = RedisServer(tmp_path / "redis")
    redis.kill()
    fleet = Fleet(tmp_path, redis, 2)
    try:
        for one in fleet:
            one.start()
            one.hub.get("/ready").expect_problem(503, "ENGINE_UNAVAILABLE")
            post(one.hub, "a", 1).expect_problem(503, "ENGINE_UNAVAILABLE")
        redis.start()
        fleet.wait_until_ready()
        socket = fleet[0].hub.subscriber("a")
        fleet[1].hub.publish("a", 2)
        assert socket.expect("event")["data"] == 2
    finally:
        problems = fleet.finish()
        redis.finish()
    assert not problems, problems


# Kept for later


def test_what_waits_is_sent_on_in_order(node, redis):
    hub = node("journal").hub
    sockets = {room: hub.subscriber(room) for room in "ab"}
    for room in "ab":
        assert hub.publish(room, 0)["offset"] == 1
    redis.kill()
    wait_until_missed(hub)
    for number in range(1, 31):
        assert queued(hub, "ab"[number % 2], number)["subscribers"] == 1
    publisher = hub.websocket()
    publisher.expect("welcome")
    answer = publisher.ask({"type": "publish", "id": 7, "room": "a", "data": 32})
    assert (answer["type"], answer["id"], answer["queued"]) == ("published", 7, True) and "position" not in answer
    # What is not to be kept does not wait either.
    post(hub, "a", "lost", query="?ephemeral=true").expect_problem(503, "ENGINE_UNAVAILABLE")
    metrics = hub.metrics()
    assert metrics.value("roomcast_engine_waiting") == 31
    assert metrics.value("roomcast_fallback_publishes_total", {"kind": "queued"}) == 31
    redis.start()
    wait_until_sent_on(hub)
    # From now on it is as ever.
    wait_until(lambda: post(hub, "a", "end").status == 201, what="an event that is kept")
    hub.publish("b", "end")
    for room, numbers in (("a", [0, *range(2, 31, 2), 32]), ("b", [0, *range(1, 31, 2)])):
        told = []
        while not told or told[-1] != "end":
            told.append(sockets[room].expect("event")["data"])
        assert [entry for entry in told if entry != "end"] == numbers
        assert [event["data"] for event in hub.history(room)] == told


def test_what_waits_outlives_the_hub(node, redis):
    one = node("journal")
    one.hub.publish("a", 0)
    redis.kill()
    wait_until_missed(one.hub)
    for number in range(1, 11):
        queued(one.hub, "a", number, key=f"key{number}")
    one.kill()
    one.start()
    for number in range(11, 16):
        queued(one.hub, "a", number)
    one.drain()
    redis.start()
    one.start()
    wait_until_sent_on(one.hub)
    assert [event["data"] for event in one.hub.history("a")] == list(range(16))
    # Its keys are known.
    assert post(one.hub, "a", 3, "key3").json["duplicate"] is True


def test_what_waits_is_sent_on_under_another_fallback(node, redis):
    one = node("journal")
    redis.kill()
    wait_until_missed(one.hub)
    for number in range(5):
        queued(one.hub, "a", number)
    one.drain()
    one.flags = tuple("refuse" if flag == "journal" else flag for flag in one.flags)
    redis.start()
    hub = one.start()
    wait_until_sent_on(hub)
    assert post(hub, "a", 5).status == 201
    assert [event["data"] for event in hub.history("a")] == list(range(6))
    # Nothing waits any more, and nothing will.
    redis.kill()
    wait_until_missed(hub)
    post(hub, "a", 6).expect_problem(503, "ENGINE_UNAVAILABLE")


def test_a_journal_that_nobody_needs_is_not_made(fleet, tmp_path):
    fleet(1, "--redis-journal-directory", str(tmp_path / "journal"))
    assert not (tmp_path / "journal").exists()


def test_a_balancer_that_ignores_the_engine_keeps_the_hub(node, redis):
    hub = node("local").hub
    redis.kill()
    wait_until_missed(hub)
    assert hub.get("/ready?engine=ignore").status == 200
    assert post(hub, "a", 1).status == 202
    hub.get("/ready?engine=no").expect_problem(400, "INVALID_REQUEST")


def test_a_full_journal_refuses(node, redis):
    hub = node("journal", "--redis-journal-events", "10").hub
    redis.kill()
    wait_until_missed(hub)
    statuses = [post(hub, "a", number).status for number in range(15)]
    assert statuses == [202] * 10 + [503] * 5
    post(hub, "a", 15).expect_problem(503, "ENGINE_UNAVAILABLE")
    redis.start()
    wait_until_sent_on(hub)
    assert [event["data"] for event in hub.history("a")] == list(range(10))


def test_a_key_that_waits_twice_is_published_once(node, redis):
    hub = node("journal").hub
    assert post(hub, "a", 0, "before").status == 201
    redis.kill()
    wait_until_missed(hub)
    for data, key in ((0, "before"), (1, "one"), (1, "one"), (2, "two"), (1, "one")):
        assert post(hub, "a", data, key).status == 202
    redis.start()
    wait_until_sent_on(hub)
    assert [event["data"] for event in hub.history("a")] == [0, 1, 2]


def test_two_nodes_that_kept_for_later_agree(fleet, redis, tmp_path):
    """Each has its own journal; what one room got is the same everywhere."""
    nodes = fleet(
        2, "--redis-fallback", "journal", own=lambda name: ("--redis-journal-directory", str(tmp_path / name)))
    sockets = [hub.subscriber("a") for hub in nodes.hubs]
    redis.kill()
    for hub in nodes.hubs:
        wait_until_missed(hub)
    for number in range(20):
        queued(nodes[number % 2].hub, "a", number)
    redis.start()
    for hub in nodes.hubs:
        wait_until_sent_on(hub)
    kept = [event["data"] for event in nodes[1].hub.history("a")]
    for rest in (0, 1):
        assert [number for number in kept if number % 2 == rest] == list(range(rest, 20, 2))
    for socket in sockets:
        assert [event["data"] for event in socket.take(20)] == kept


# Told to one's own


def test_own_subscribers_are_told_of_what_nobody_keeps(fleet, redis):
    nodes = fleet(2, "--redis-fallback", "local", "--redis-time", "2s")
    sockets = [hub.subscriber("a") for hub in nodes.hubs]
    redis.kill()
    for hub in nodes.hubs:
        wait_until_missed(hub)
    answer = post(nodes[0].hub, "a", 1)
    assert answer.status == 202 and answer.json["queued"] is False and answer.json["subscribers"] == 1, answer
    assert "position" not in answer.json and "offset" not in answer.json
    event = sockets[0].expect("event")
    assert event["data"] == 1 and "position" not in event and "offset" not in event
    assert nodes[0].hub.metrics().value("roomcast_fallback_publishes_total", {"kind": "local"}) == 1
    redis.start()
    nodes.wait_until_ready()
    wait_until(lambda: post(nodes[0].hub, "a", 2).status == 201, what="an event that is kept")
    # The other node was told nothing, and nobody keeps it.
    for socket in sockets:
        assert socket.expect("event")["data"] == 2
    assert [event["data"] for event in nodes[1].hub.history("a")] == [2]
