"""Server-sent events."""

import json
import subprocess
import time
import urllib.parse

import pytest

from support.waiting import seconds


def test_the_head_and_the_first_event(hub):
    stream = hub.events("/v1/rooms/a/events")
    assert stream.status == 200
    assert stream.fields["Content-Type"].split(";")[0] == "text/event-stream"
    assert stream.fields["Cache-Control"] == "no-store" and stream.fields["X-Accel-Buffering"] == "no"
    first = stream.expect("roomcast:subscribed")
    assert first.id == first.data["position"]
    assert first.data == {
        "type": "subscribed", "room": "a", "position": first.id, "connection": first.data["connection"], "ping": 25
    }
    assert len(stream.retry) == 1 and stream.retry[0] > 0


def test_curl_prints_events_as_they_come(hub):
    curl = subprocess.Popen(
        ["curl", "-sN", "--max-time", str(seconds(20)), "-H", "Accept: text/event-stream", hub.url("/v1/rooms/a/events")],
        stdout=subprocess.PIPE, text=True,
    )
    lines = iter(curl.stdout.readline, "")
    assert "event: roomcast:subscribed\n" in lines
    for number in range(1, 4):
        answer = hub.publish("a", number, "event=count")
        block = []
        while block[-3:-2] != ["event: count\n"]:
            block.append(next(lines))
        assert block[-4:] == [f"id: {answer['position']}\n", "event: count\n", block[-2], "\n"]
        assert json.loads(block[-2].removeprefix("data: "))["data"] == number
    curl.terminate()
    curl.wait()


def test_an_event_has_its_position_its_name_and_the_frame(hub):
    stream, socket = hub.events("/v1/rooms/a/events"), hub.subscriber("a")
    stream.expect("roomcast:subscribed")
    hub.publish("a", "line\nbreak\u2028", "event=" + urllib.parse.quote("näme: x"))
    event, frame = stream.next(), socket.receive()
    assert (event.id, event.name, event.data) == (frame["position"], "näme: x", frame)


def test_last_event_id_beats_after(hub):
    first, second, third = [hub.publish("a", n)["position"] for n in range(3)]
    stream = hub.events(f"/v1/rooms/a/events?after={first}", last=second)
    assert stream.expect("roomcast:subscribed").id == second
    assert stream.expect("message").id == third
    plain = hub.events(f"/v1/rooms/a/events?after={first}")
    plain.expect("roomcast:subscribed")
    assert plain.expect("message").id == second


@pytest.mark.parametrize("path,code", [
    ("/v1/rooms/a/events?after=nonsense", "INVALID_POSITION"),
    ("/v1/events?room=a&room=b&after=nonsense", "INVALID_POSITION"),
    ("/v1/events?room=a&room=a%20b", "INVALID_ROOM"),
    ("/v1/rooms/a%20b/events", "INVALID_ROOM"),
    ("/v1/events", "INVALID_REQUEST"),
])
def test_refused_streams(hub, path, code):
    stream = hub.events(path)
    assert (stream.status, stream.read()["code"]) == (400, code)


def test_several_rooms_have_one_subscribed_each_and_one_cursor(hub):
    hub.publish("b", "before")
    stream = hub.events("/v1/events?room=a&room=b")
    first = stream.take(2)
    assert [(event.name, event.data["room"]) for event in first] == [
        ("roomcast:subscribed", "a"), ("roomcast:subscribed", "b")
    ]
    assert first[0].data["connection"] == first[1].data["connection"]
    assert all(event.id for event in first)
    hub.publish("b", 1)
    hub.publish("a", 2)
    one, two = stream.take(2)
    assert {one.data["data"], two.data["data"]} == {1, 2} and one.id != two.id
    hub.publish("a", 3)
    hub.publish("b", 4)
    resumed = hub.events("/v1/events?room=a&room=b&after=" + urllib.parse.quote(one.id))
    assert all(event.data["recovered"] for event in resumed.take(2))
    assert sorted(event.data["data"] for event in resumed.take(3)) == sorted({1, 2, 3, 4} - {one.data["data"]})


def test_a_cursor_of_other_rooms_is_refused(hub):
    cursor = hub.events("/v1/events?room=a&room=b").take(2)[1].id
    stream = hub.events("/v1/events?room=a&room=c", last=cursor)
    assert (stream.status, stream.read()["code"]) == (400, "INVALID_POSITION")


def test_32_rooms_and_no_more(hub):
    rooms = [f"r{n}" for n in range(32)]
    stream = hub.events("/v1/events?" + "&".join(f"room={room}" for room in rooms))
    assert sorted(event.data["room"] for event in stream.take(32)) == sorted(rooms)
    for room in rooms:
        hub.publish(room, room)
    assert sorted(event.data["data"] for event in stream.take(32)) == sorted(rooms)
    more = hub.events("/v1/events?" + "&".join(f"room={room}" for room in [*rooms, "more"]))
    assert (more.status, more.read()["code"]) == (429, "TOO_MANY_ROOMS")


def test_earliest_replays_all_that_is_kept_in_every_room(hub):
    for room in "ab":
        for number in range(3):
            hub.publish(room, number)
    stream = hub.events("/v1/events?room=a&room=b&after=earliest")
    assert all(event.data["recovered"] for event in stream.take(2))
    events = [(event.data["room"], event.data["data"]) for event in stream.take(6)]
    assert [data for room, data in events if room == "a"] == [0, 1, 2]
    assert [data for room, data in events if room == "b"] == [0, 1, 2]


def test_ids_of_control_events_resume_as_well(hub):
    stream = hub.events("/v1/rooms/a/events")
    subscribed = stream.expect("roomcast:subscribed")
    stream.close()
    hub.publish("a", 1)
    again = hub.events("/v1/rooms/a/events", last=subscribed.id)
    assert again.expect("roomcast:subscribed").data["recovered"] is True
    assert again.expect("message").data["data"] == 1


def test_a_silent_stream_gets_comments(start):
    hub = start("--ping", "2s", "--pong", "1s")
    stream = hub.events("/v1/rooms/a/events")
    stream.expect("roomcast:subscribed")
    began = time.monotonic()
    for count in (1, 2):
        stream.wait_for_comment()
        assert time.monotonic() - began > 2 * count - 0.5
    hub.publish("a", 1)
    assert stream.expect("message").data["data"] == 1


def test_a_client_that_leaves_is_gone(hub):
    stream = hub.events("/v1/rooms/a/events")
    stream.expect("roomcast:subscribed")
    assert hub.metrics().value("roomcast_streams", {"kind": "sse"}) == 1
    stream.close()
    hub.wait_for_metric("roomcast_streams", lambda value: value == 0, {"kind": "sse"})
    assert hub.publish("a", 1)["subscribers"] == 0
