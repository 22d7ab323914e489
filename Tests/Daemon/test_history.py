"""Reading history: GET /v1/rooms/{room}/events, and the `history` message."""

import pytest

from support.waiting import wait_until


def history(hub, query="", room="a"):
    answer = hub.get(f"/v1/rooms/{room}/events{query}")
    assert answer.status == 200 and answer.field("Content-Type") == "application/json", answer
    return answer.json


def offsets(page):
    return [event["offset"] for event in page["events"]]


@pytest.fixture
def filled(hub):
    """A room with the events 1 to 250, whose data is their offset."""
    hub.publish_lines({"room": "a", "data": n} for n in range(1, 251))
    return hub


def test_an_unknown_room_has_no_events_and_a_position_from_which_one_can_subscribe(hub):
    page = history(hub, room="nobody")
    assert page == {
        "room": "nobody", "position": page["position"], "recovered": True, "events": [], "more": False
    }
    assert page["position"].endswith("-0")
    answer = hub.publish("nobody", 1)
    assert answer["position"] == page["position"][:-1] + "1"
    socket = hub.subscriber("nobody", after=page["position"])
    assert socket.subscribed["recovered"] is True
    assert socket.expect("event")["data"] == 1


def test_events_are_those_of_the_event_frame(hub):
    socket = hub.subscriber("a")
    hub.publish("a", {"x": 1}, "event=named")
    hub.post("/v1/rooms/a/events", b"\x00", headers={"Content-Type": "application/octet-stream"})
    assert history(hub)["events"] == socket.take(2)


def test_without_a_query_the_last_hundred(filled):
    page = history(filled)
    assert offsets(page) == list(range(151, 251))
    assert page["recovered"] is True and page["more"] is False
    assert page["position"] == page["events"][-1]["position"]


def test_last(filled):
    assert offsets(history(filled, "?last=10")) == list(range(241, 251))
    assert offsets(history(filled, "?last=1000")) == list(range(1, 251))


def test_paging_through_everything(filled):
    cursor, seen, pages = "earliest", [], 0
    while True:
        page = history(filled, f"?after={cursor}&limit=60")
        assert page["recovered"] is True
        seen += offsets(page)
        pages += 1
        cursor = page["position"]
        if not page["more"]:
            break
        assert len(page["events"]) == 60 and page["position"] == page["events"][-1]["position"]
    assert seen == list(range(1, 251)) and pages == 5
    end = history(filled, f"?after={cursor}")
    assert (end["events"], end["more"], end["position"]) == ([], False, cursor)


def test_more_is_false_exactly_at_the_end(filled):
    assert history(filled, "?after=earliest&limit=249")["more"] is True
    assert history(filled, "?after=earliest&limit=250")["more"] is False


def test_what_is_not_kept_any_more_is_not_recovered(start):
    hub = start("--history-room-events", "10")
    first = hub.publish("a", 0)["position"]
    hub.publish_lines({"room": "a", "data": n} for n in range(1, 31))
    newest = hub.get("/v1/rooms/a").json["position"]
    page = history(hub, f"?after={first}")
    assert (page["recovered"], page["events"], page["position"]) == (False, [], newest)
    assert offsets(history(hub, "?after=earliest")) == list(range(22, 32))
    reachable = newest.rpartition("-")[0] + "-21"
    assert offsets(history(hub, f"?after={reachable}")) == list(range(22, 32))
    unreachable = newest.rpartition("-")[0] + "-20"
    assert history(hub, f"?after={unreachable}")["recovered"] is False


def test_another_epoch_or_a_position_ahead_is_not_recovered(filled):
    newest = history(filled)["position"]
    epoch = newest.rpartition("-")[0]
    other = ("A" if epoch[0] != "A" else "B") + epoch[1:]
    for position in [f"{other}-10", f"{epoch}-251"]:
        page = history(filled, f"?after={position}")
        assert (page["recovered"], page["events"], page["position"]) == (False, [], newest)


@pytest.mark.parametrize("query,code", [
    ("?after=earliest&last=10", "INVALID_REQUEST"),
    ("?limit=0", "INVALID_REQUEST"),
    ("?limit=1001", "INVALID_REQUEST"),
    ("?limit=ten", "INVALID_REQUEST"),
    ("?limit=-1", "INVALID_REQUEST"),
    ("?last=0", "INVALID_REQUEST"),
    ("?last=", "INVALID_REQUEST"),
    ("?after=", "INVALID_POSITION"),
    ("?after=nonsense", "INVALID_POSITION"),
    ("?after=a-b", "INVALID_POSITION"),
    ("?after=a-1-", "INVALID_POSITION"),
    ("?after=a--1", "INVALID_POSITION"),
    ("?after=a-99999999999999999999", "INVALID_POSITION"),
])
def test_refused_queries(filled, query, code):
    filled.get(f"/v1/rooms/a/events{query}").expect_problem(400, code)


def test_the_limits_of_age_and_bytes(start):
    hub = start("--history-room-bytes", "10KiB")
    hub.publish_lines({"room": "a", "data": "x" * 1000} for _ in range(30))
    kept = history(hub, "?after=earliest")
    assert 5 <= len(kept["events"]) <= 10 and kept["events"][-1]["offset"] == 30
    aged = start("--history-room-age", "1s")
    aged.publish("a", 1)
    wait_until(lambda: not history(aged)["events"], what="an event too old to be kept")
    assert history(aged)["position"].endswith("-1")


def test_an_accept_field_chooses_between_history_and_a_stream(filled):
    for accept in ["application/json", "*/*", "text/event-stream;q=0", ""]:
        answer = filled.get("/v1/rooms/a/events?last=1", headers={"Accept": accept})
        assert answer.field("Content-Type") == "application/json", accept
    stream = filled.events("/v1/rooms/a/events", headers={"Accept": "application/json;q=0.1, text/event-stream"})
    assert stream.fields["Content-Type"].startswith("text/event-stream")


def test_the_history_message(filled):
    socket = filled.websocket()
    socket.expect("welcome")
    page = history(filled, "?after=earliest&limit=7")
    answer = socket.ask({"type": "history", "id": "h", "room": "a", "after": "earliest", "limit": 7})
    assert answer == {"type": "history", "id": "h", **page}
    answer = socket.ask({"type": "history", "room": "a"})
    assert len(answer["events"]) == 100 and "id" not in answer
    for message, code in [
        ({"room": "a", "after": "nonsense"}, "INVALID_POSITION"), ({"room": "a b"}, "INVALID_ROOM"),
        ({"room": "a", "limit": 0}, "INVALID_REQUEST"), ({"room": "a", "limit": 1001}, "INVALID_REQUEST"),
        ({}, "INVALID_REQUEST"),
    ]:
        answer = socket.ask({"type": "history", "id": 4, **message})
        assert (answer["type"], answer["id"], answer["code"]) == ("error", 4, code), message
