"""The promise of resuming: whatever a subscriber missed comes exactly once, in order, and then it is live."""

import http.client
import json
import random
import threading

import pytest

from support.waiting import seconds

EVENTS = 10_000
RESUMES = 50
KEEP = ("--history-room-events", "20000")


class Publisher(threading.Thread):
    """Publishes numbered events into the rooms by turns, never more than `lead` ahead of what the reader has seen."""

    def __init__(self, hub, rooms, count, lead=700):
        super().__init__(daemon=True)
        self.hub, self.rooms, self.count, self.lead = hub, rooms, count, lead
        self.seen = 0
        self.moved = threading.Condition()
        self.failure = None

    def saw(self, count):
        with self.moved:
            self.seen = count
            self.moved.notify()

    def run(self):
        try:
            connection = http.client.HTTPConnection(self.hub.host, self.hub.port, timeout=seconds(30))
            number = 0
            while number < self.count:
                with self.moved:
                    assert self.moved.wait_for(lambda: number < self.seen + self.lead, seconds(60)), "the reader is stuck"
                batch = range(number, min(number + random.randint(1, 60), self.count))
                envelopes = [{"room": self.rooms[n % len(self.rooms)], "data": n} for n in batch]
                connection.request("POST", "/v1/events", json.dumps(envelopes))
                results = json.loads(connection.getresponse().read())["results"]
                assert all("offset" in result for result in results), results
                number = batch.stop
            connection.close()
        except BaseException as failure:
            self.failure = failure


def offset(position):
    return int(position.rpartition("-")[2])


def resume(hub, rooms, session):
    """Runs sessions until everything is seen. `session(seen, quota)` opens one, appends up to `quota` events to `seen`
    and cuts it. Returns how many there were."""
    publisher = Publisher(hub, rooms, EVENTS)
    publisher.start()
    seen, sessions = [], 0
    while len(seen) < EVENTS:
        assert publisher.failure is None, publisher.failure
        quota = min(random.randint(120, EVENTS // RESUMES), EVENTS - len(seen))
        session(seen, quota)
        publisher.saw(len(seen))
        sessions += 1
    publisher.join(seconds(30))
    assert publisher.failure is None, publisher.failure
    return seen, sessions


def test_over_websocket_each_event_comes_exactly_once_in_order(start):
    hub = start(*KEEP)
    last = [hub.get("/v1/rooms/a").json["position"]]

    def session(seen, quota):
        socket = hub.subscriber("a", after=last[0])
        newest = socket.subscribed.pop("newest", last[0])
        assert socket.subscribed == {
            "type": "subscribed", "id": 1, "room": "a", "position": last[0], "recovered": True
        }
        # As far as history went by then, and no farther than it goes now.
        assert offset(last[0]) <= offset(newest) <= offset(hub.get("/v1/rooms/a").json["position"])
        for frame in socket.take(quota):
            assert frame["type"] == "event", frame
            seen.append((frame["offset"], frame["data"]))
            last[0] = frame["position"]
        socket.abort()

    seen, sessions = resume(hub, ["a"], session)
    assert sessions >= RESUMES
    assert seen == [(n + 1, n) for n in range(EVENTS)]


def test_over_sse_each_event_comes_exactly_once_in_order(start):
    hub = start(*KEEP)
    last = [hub.get("/v1/rooms/a").json["position"]]

    def session(seen, quota):
        stream = hub.events("/v1/rooms/a/events", last=last[0])
        first = stream.expect("roomcast:subscribed")
        assert first.data["recovered"] is True and first.id == first.data["position"] == last[0]
        for event in stream.take(quota):
            assert event.name == "message" and event.id == event.data["position"], event
            seen.append((event.data["offset"], event.data["data"]))
        last[0] = stream.last
        stream.close()

    seen, sessions = resume(hub, ["a"], session)
    assert sessions >= RESUMES
    assert seen == [(n + 1, n) for n in range(EVENTS)]


def test_over_sse_of_several_rooms_one_cursor_covers_all(start):
    hub = start(*KEEP)
    rooms = ["a", "b", "c"]
    path = "/v1/events?" + "&".join(f"room={room}" for room in rooms)
    first = hub.events(path)
    first.take(len(rooms))
    last = [first.last]
    first.close()

    def session(seen, quota):
        stream = hub.events(path, last=last[0])
        subscribed = stream.take(len(rooms))
        assert {event.data["room"] for event in subscribed} == set(rooms)
        assert all(event.data["recovered"] for event in subscribed) and subscribed[0].id == last[0]
        for event in stream.take(quota):
            assert event.name == "message" and event.id, event
            seen.append((event.data["room"], event.data["offset"], event.data["data"]))
        last[0] = stream.last
        stream.close()

    seen, sessions = resume(hub, rooms, session)
    assert sessions >= RESUMES
    for index, room in enumerate(rooms):
        own = [(offset, data) for name, offset, data in seen if name == room]
        assert own == [(n + 1, n * len(rooms) + index) for n in range(len(own))]
    assert sorted(data for _, _, data in seen) == list(range(EVENTS))


# The verdict


@pytest.fixture
def short(start):
    """A hub that keeps 10 events, and the positions of 30 events in room a."""
    hub = start("--history-room-events", "10")
    epoch = hub.get("/v1/rooms/a").json["position"].rpartition("-")[0]
    hub.publish_lines({"room": "a", "data": n} for n in range(1, 31))
    hub.position = lambda offset, room="a": f"{epoch}-{offset}"
    return hub


@pytest.mark.parametrize("after", ["other-5", "offset 1", "offset 19", "offset 31", "offset 0"])
def test_what_cannot_be_replayed_in_full_is_not_replayed_at_all(short, after):
    after = short.position(int(after[7:])) if after.startswith("offset ") else after
    socket = short.subscriber("a", after=after)
    assert (socket.subscribed["recovered"], socket.subscribed["position"]) == (False, short.position(30))
    stream = short.events(f"/v1/rooms/a/events?after={after}")
    told = stream.expect("roomcast:subscribed")
    assert (told.data["recovered"], told.id) == (False, short.position(30))
    short.publish("a", "next")
    assert socket.expect("event")["offset"] == stream.expect("message").data["offset"] == 31


def test_the_oldest_position_that_is_kept_still_resumes(short):
    socket = short.subscriber("a", after=short.position(20))
    assert (socket.subscribed["recovered"], socket.subscribed["position"]) == (True, short.position(20))
    assert [frame["offset"] for frame in socket.take(10)] == list(range(21, 31))
    newest = short.subscriber("a", after=short.position(30))
    assert newest.subscribed["recovered"] is True
    earliest = short.subscriber("a", after="earliest")
    assert earliest.subscribed["recovered"] is True
    assert [frame["offset"] for frame in earliest.take(10)] == list(range(21, 31))


def test_without_after_there_is_no_verdict(short):
    assert "recovered" not in short.subscriber("a").subscribed
    assert short.subscriber("a").subscribed["position"] == short.position(30)


def test_a_silent_room_tells_a_position_from_which_nothing_is_missed(hub):
    socket = hub.subscriber("silent")
    socket.abort()
    hub.publish("silent", 1)
    again = hub.subscriber("silent", after=socket.subscribed["position"])
    assert again.subscribed["recovered"] is True and again.expect("event")["data"] == 1


def test_load_then_subscribe_leaves_no_hole(hub):
    hub.publish("a", 1)
    position = hub.get("/v1/rooms/a").json["position"]
    hub.publish("a", 2)
    socket = hub.subscriber("a", after=position)
    hub.publish("a", 3)
    assert [frame["data"] for frame in socket.take(2)] == [2, 3]


def test_a_room_that_was_gone_goes_on_with_its_offsets(start):
    hub = start("--history-room-age", "1s")
    answer = hub.publish("a", 1)
    hub.wait_for_metric("roomcast_rooms", lambda value: value == 0)
    assert hub.publish("a", 2)["position"] == answer["position"][:-1] + "2"


def test_whoever_resumes_is_told_how_far_history_goes(hub):
    hub.publish("a", 0)
    before = hub.get("/v1/rooms/a").json["position"]
    assert "newest" not in hub.subscriber("a", after=before).subscribed
    for n in range(3):
        after = hub.publish("a", n)["position"]
    assert hub.subscriber("a", after=before).subscribed["newest"] == after
    assert "newest" not in hub.subscriber("a", after="other-1").subscribed
    assert "newest" not in hub.subscriber("a").subscribed
    assert hub.events(f"/v1/rooms/a/events?after={before}").expect("roomcast:subscribed").data["newest"] == after
