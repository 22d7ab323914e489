"""A receiver that is down, slow, answers 500 or half of an answer, and then is well: nothing is lost, and in order."""

import random
import threading
import time

import pytest

from support.receiver import Receiver
from support.waiting import wait_until
from test_webhooks import settle  # noqa: F401  the fixture


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


def settings(receiver, **more):
    return {
        "webhooks": {"targets": [receiver.target()], "time": "500ms", "batch": {"time": "20ms"}, **more},
        "namespaces": [{"name": "chat", "webhooks": {"target": "ours"}}],
    }


class Rooms:
    """Rooms that become occupied and vacated, again and again."""

    def __init__(self, hub, count):
        self.socket = hub.websocket()
        self.socket.expect("welcome")
        self.names = [f"chat:{number}" for number in range(count)]
        self.changes = 0

    def flap(self, rounds=1):
        for kind in ("subscribe", "unsubscribe") * rounds:
            for name in self.names:
                self.socket.send({"type": kind, "room": name})
            self.socket.take(len(self.names))
            self.changes += len(self.names)


def check_every_event_came_in_order(receiver, count):
    """Each event at least once; without the repeated ones, each room's in its order, and no number missing."""
    seen = {}
    for event in receiver.taken:
        seen.setdefault(event["sequence"], event)
    assert sorted(seen) == list(range(1, count + 1))
    assert list(seen) == sorted(seen), "an event overtook another"
    last = {}
    for event in seen.values():
        before = last.get(event["room"], "room.vacated")
        assert event["type"] == {"room.vacated": "room.occupied", "room.occupied": "room.vacated"}[before], event
        last[event["room"]] = event["type"]


def keep_what_is_taken(receiver):
    """Notes the events of the requests that were answered with success."""
    receiver.taken = []
    answer = receiver.answer

    def note(request):
        status = answer(request)
        if status == 204:
            receiver.taken += request.json["events"]
        return status

    receiver.answer = note


@pytest.mark.parametrize("seed", range(3))
def test_every_event_arrives_whatever_the_receiver_does(start, settle, receiver, seed):  # noqa: F811
    chance = random.Random(seed)
    faults = {"left": 12}

    def answer(request):
        assert request.is_signed()
        if faults["left"] == 0:
            return 204
        faults["left"] -= 1
        fault = chance.choice(["well", "500", "slow", "cut", "late"])
        if fault == "slow":
            time.sleep(0.1)
        if fault == "late":
            # Taken, but the hub has given up waiting: it is told again.
            time.sleep(0.7)
        return {"500": 500, "cut": None}.get(fault, 204)

    receiver.answer = answer
    keep_what_is_taken(receiver)
    hub = start(*settle(settings(receiver, batch={"events": 10, "time": "20ms"})))
    rooms = Rooms(hub, 20)
    for step in range(6):
        if step == 2:
            receiver.stop()
        rooms.flap()
        if step == 4:
            receiver.start(receiver.port)
    wait_until(lambda: len({event["sequence"] for event in receiver.taken}) >= rooms.changes, 60, "every event")
    check_every_event_came_in_order(receiver, rooms.changes)
    requests = {}
    for request in receiver.requests:
        requests.setdefault(request.headers["webhook-id"], set()).add(request.body)
    assert all(len(bodies) == 1 for bodies in requests.values()), "a message changed between its tries"


def test_memory_is_bounded_while_nobody_takes_anything(start, settle, receiver):  # noqa: F811
    receiver.answer = lambda request: 500
    keep_what_is_taken(receiver)
    hub = start("--drain", "0", *settle(settings(receiver, queue={"events": 100, "bytes": "64KiB"})))
    rooms = Rooms(hub, 50)
    rooms.flap(10)
    labels = {"target": "ours"}
    metrics = hub.metrics()
    assert metrics.value("roomcast_webhook_waiting", labels) == 100
    assert metrics.value("roomcast_webhook_waiting_bytes", labels) <= 64 << 10
    assert metrics.value("roomcast_webhook_events_total", {**labels, "result": "overflow"}) == rooms.changes - 100
    line = hub.wait_for_line(message="webhooks dropped", reason="the queue is full")
    assert line["events"] > 0
    before = hub.resident()
    rooms.flap(50)
    assert hub.resident() < before + (8 << 20)
    dropped = [line for line in hub.log_lines() if line["message"] == "webhooks dropped"]
    assert len(dropped) <= 3, "the log is told at a bounded rate"
    receiver.answer = lambda request: 204
    keep_what_is_taken(receiver)
    wait_until(lambda: len(receiver.taken) >= 100, 60, "what was kept")
    # The loss shows: the numbers of what comes next are not those that are missing.
    assert [event["sequence"] for event in receiver.taken[:100]] == list(range(1, 101))
    rooms.flap()
    wait_until(lambda: len(receiver.taken) > 100, 30, "what came after the loss")
    assert receiver.taken[100]["sequence"] > 101


def test_a_batch_is_given_up_after_its_time_and_the_next_one_goes_on(start, settle, receiver):  # noqa: F811
    receiver.answer = lambda request: 500 if request.json["events"][0]["sequence"] == 1 else 204
    keep_what_is_taken(receiver)
    hub = start(*settle(settings(receiver, retry="200ms", batch={"events": 2, "time": "20ms"})))
    rooms = Rooms(hub, 4)
    rooms.flap()
    wait_until(lambda: len(receiver.taken) == 6, what="the other batches")
    assert [event["sequence"] for event in receiver.taken] == [3, 4, 5, 6, 7, 8]
    line = hub.wait_for_line(message="webhooks dropped")
    assert (line["events"], line["target"], line["reason"]) == (2, "ours", "it answered 500")
    labels = {"target": "ours", "result": "expired"}
    assert hub.metrics().value("roomcast_webhook_events_total", labels) == 2


def test_a_receiver_that_never_answers_stops_nobody(start, settle, receiver):  # noqa: F811
    wait = threading.Event()
    receiver.answer = lambda request: wait.wait(30) and 204
    hub = start("--drain", "1s", *settle(settings(receiver, time="5m")))
    rooms = Rooms(hub, 10)
    rooms.flap(5)
    reader = hub.subscriber("news:1")
    assert hub.publish("news:1", 1)["subscribers"] == 1
    assert reader.expect("event")["data"] == 1
    hub.terminate()
    assert hub.wait() == 0
    assert [line for line in hub.log_lines() if line["message"] == "webhooks are left behind"]
    wait.set()
