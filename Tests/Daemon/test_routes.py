"""Paths and methods, and the resources that tell of rooms."""

import email.utils

import pytest

GETTABLE = ["/health", "/ready", "/metrics", "/v1/rooms", "/v1/rooms/a", "/v1/rooms/a/events"]


@pytest.mark.parametrize("path", GETTABLE)
def test_head_works_wherever_get_does(hub, path):
    got, head = hub.get(path), hub.curl("HEAD", path)
    assert head.status == got.status == 200
    assert head.body == b"" and head.field("Content-Type") == got.field("Content-Type")
    if path != "/metrics":
        assert head.field("Content-Length") == got.field("Content-Length")


def test_head_leaves_the_connection_open(hub):
    client = hub.raw()
    for _ in range(3):
        client.request("HEAD", "/v1/rooms/a/events")
        assert client.response(head_only=True).status == 200
    client.request("GET", "/health")
    assert client.response().status == 200


@pytest.mark.parametrize("method,path,allow", [
    ("DELETE", "/health", {"GET", "HEAD"}), ("POST", "/ready", {"GET", "HEAD"}), ("PUT", "/metrics", {"GET", "HEAD"}),
    ("PUT", "/v1/rooms/a/events", {"GET", "HEAD", "POST"}), ("PATCH", "/v1/events", {"GET", "POST"}),
    ("POST", "/v1/rooms", {"GET", "HEAD"}), ("POST", "/v1/ws", {"GET"}), ("BREW", "/v1/rooms/a/events", {"POST"}),
])
def test_a_method_that_does_not_work_is_405_with_what_does(hub, method, path, allow):
    answer = hub.curl(method, path)
    answer.expect_problem(405, "METHOD_NOT_ALLOWED")
    assert allow <= set(answer.field("Allow").split(", "))
    assert method not in answer.field("Allow").split(", ")


@pytest.mark.parametrize("path", [
    "/v1", "/v1/", "/v2/rooms", "/v1/rooms/a/b", "/v1/rooms/a/events/1", "/v1/rooms//events", "/V1/rooms", "/v1/events/",
    "/debug/echo", "/health/", "/v1/rooms/a/../b%2F",
])
def test_nothing_is_there(hub, path):
    answer = hub.get(path, options=["--path-as-is"])
    assert answer.status in (400, 404), answer
    answer.expect_problem(answer.status, "NOT_FOUND" if answer.status == 404 else "INVALID_ROOM")


def test_answers_carry_a_date(hub):
    assert email.utils.parsedate_to_datetime(hub.get("/health").field("Date"))


# Rooms


def test_an_unknown_room_has_zeros(hub):
    room = hub.get("/v1/rooms/nobody").json
    assert room["room"] == "nobody" and room["subscribers"] == 0 and room["position"].endswith("-0")
    assert room["history"]["events"] == 0


def test_a_room_tells_its_counts_its_position_and_its_history(hub):
    hub.subscriber("a")
    hub.subscriber("a")
    hub.events("/v1/rooms/a/events").expect("roomcast:subscribed")
    position = [hub.publish("a", number) for number in range(5)][-1]["position"]
    room = hub.get("/v1/rooms/a").json
    assert (room["subscribers"], room["position"], room["history"]["events"]) == (3, position, 5)


def test_rooms_are_those_with_subscribers(hub):
    assert hub.get("/v1/rooms").json["rooms"] == []
    socket = hub.subscriber("b")
    socket.ask({"type": "subscribe", "room": "a"})
    hub.publish("history-only", 1)
    rooms = hub.get("/v1/rooms").json["rooms"]
    assert [(room["room"], room["subscribers"]) for room in rooms] == [("a", 1), ("b", 1)]
    socket.ask({"type": "unsubscribe", "room": "a"})
    assert [room["room"] for room in hub.get("/v1/rooms").json["rooms"]] == ["b"]


def test_rooms_by_prefix_and_page(hub):
    names = sorted([f"orders:{n:02}" for n in range(25)] + [f"chat:{n}" for n in range(5)])
    socket = hub.websocket()
    socket.expect("welcome")
    socket.send({"type": "subscribe", "rooms": [{"room": name} for name in names]})
    assert {frame["type"] for frame in socket.take(len(names))} == {"subscribed"}

    def walk(query):
        seen, cursor, pages = [], "", 0
        while True:
            page = hub.get(f"/v1/rooms?{query}{cursor}").json
            seen += [room["room"] for room in page["rooms"]]
            pages += 1
            if not page.get("cursor"):
                return seen, pages
            cursor = "&cursor=" + page["cursor"]

    assert walk("") == (names, 1)
    assert walk("limit=7") == (names, 5)
    assert walk("limit=10&prefix=orders:") == ([name for name in names if name.startswith("orders:")], 3)
    assert walk("limit=5&prefix=chat:") == ([name for name in names if name.startswith("chat:")], 1)
    assert walk("prefix=nothing") == ([], 1)


@pytest.mark.parametrize("query", ["limit=0", "limit=many", "limit=1001", "limit=-1"])
def test_a_limit_that_is_none_is_refused(hub, query):
    hub.get(f"/v1/rooms?{query}").expect_problem(400, "INVALID_REQUEST")
