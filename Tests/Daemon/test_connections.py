"""Users and connections from the server's side: events to users, lists, looks, closes, rooms that the server chooses."""

import re
import time

import pytest

from support.credentials import bearer
from support.waiting import wait_until

ID = re.compile("[0-9a-f]{32}")


def connect(hub, credentials, user, **claims):
    socket = hub.secret_websocket(credentials.token(user, **claims))
    socket.id = socket.expect("welcome")["connection"]
    return socket


def ids(page):
    return [connection["connection"] for connection in page["connections"]]


def listed(hub, query=""):
    return hub.get(f"/v1/connections{query}", headers=hub.fields).json


# Events to users


def test_an_event_reaches_every_connection_of_its_user_and_nobody_else(guard, credentials):
    hub = guard("--reactors", "2")
    sockets = [connect(hub, credentials, "ann", subscribe=["a"]) for _ in range(5)]
    bob = connect(hub, credentials, "bob")
    stream = hub.events("/v1/rooms/a/events", headers=bearer(credentials.token("ann", subscribe=["a"])))
    stream.expect("roomcast:subscribed")
    answer = hub.post("/v1/users/ann/events?event=hint", '{"text":"hi"}', headers=hub.fields)
    assert (answer.status, answer.json) == (200, {"user": "ann", "connections": 6})
    frames = [socket.expect("event") for socket in sockets]
    assert all(frame == frames[0] for frame in frames)
    assert set(frames[0]) == {"type", "user", "event", "data", "time"}
    assert (frames[0]["user"], frames[0]["event"], frames[0]["data"]) == ("ann", "hint", {"text": "hi"})
    event = stream.next()
    assert (event.id, event.name, event.data) == (None, "hint", frames[0])
    assert bob.ask({"type": "ping"})["type"] == "pong"
    assert hub.post("/v1/users/nobody/events", "1", headers=hub.fields).json["connections"] == 0


def test_who_says_later_who_it_is_is_found_and_who_leaves_is_not(guard, credentials):
    hub = guard()

    def send():
        return hub.post("/v1/users/ann/events", "1", headers=hub.fields).json["connections"]

    socket = hub.websocket()
    socket.expect("welcome")
    assert send() == 0
    assert socket.ask({"type": "auth", "token": credentials.token("ann")})["type"] == "authenticated"
    assert send() == 1 and socket.expect("event")["user"] == "ann"
    # A refresh does not make two of one.
    assert socket.ask({"type": "auth", "token": credentials.token("ann")})["type"] == "authenticated"
    assert send() == 1
    socket.close()
    wait_until(lambda: send() == 0, what="the end of the connection")


@pytest.mark.parametrize("path,body,headers,code", [
    ("/v1/users/ann/events", "{", {}, "INVALID_JSON"), ("/v1/users/ann/events", "", {}, "INVALID_JSON"),
    ("/v1/users/ann/events?event=roomcast:x", "1", {}, "INVALID_EVENT"), ("/v1/users/%FF/events", "1", {}, "INVALID_REQUEST"),
    ("/v1/users/ann/events", "1", {"Content-Encoding": "gzip"}, "UNSUPPORTED_MEDIA_TYPE"),
])
def test_a_wrong_event_for_a_user_is_refused(hub, path, body, headers, code):
    assert hub.post(path, body, headers=headers).json["code"] == code


def test_events_for_users_need_a_key_for_all_rooms(guard, credentials):
    every, some = credentials.key("every", ["publish"]), credentials.key("some", ["publish"], rooms=["a:*"])
    reads = credentials.key("reads", ["read"])
    hub = guard()
    token = credentials.token("ann", publish=["*"])
    statuses = [
        hub.post("/v1/users/ann/events", "1", headers=bearer(shown)).status for shown in (every, some, reads, token, None)
    ]
    assert statuses == [200, 403, 403, 403, 401]


# Lists and looks


def test_connections_are_listed_page_by_page_by_user_and_by_room(guard, credentials):
    hub = guard("--reactors", "2")
    sockets = [connect(hub, credentials, f"user{n % 3}", subscribe=["*"]) for n in range(20)]
    for socket in sockets[:7]:
        assert socket.ask({"type": "subscribe", "room": "a"})["type"] == "subscribed"
    stream = hub.events("/v1/rooms/b/events", headers=hub.fields)
    streamed = stream.expect("roomcast:subscribed").data["connection"]
    every = sorted([socket.id for socket in sockets] + [streamed])
    assert ids(listed(hub)) == every
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = listed(hub, f"?limit=8{cursor}")
        seen += ids(page)
        pages += 1
        cursor = f"&cursor={page['cursor']}" if "cursor" in page else None
    assert (seen, pages) == (every, 3)
    assert ids(listed(hub, "?room=a")) == sorted(socket.id for socket in sockets[:7])
    assert ids(listed(hub, "?room=b")) == [streamed]
    assert ids(listed(hub, "?user=user1")) == sorted(socket.id for socket in sockets[1::3])
    assert ids(listed(hub, "?user=user1&room=a")) == sorted(socket.id for socket in sockets[1:7:3])
    assert hub.get("/v1/users/user1/connections", headers=hub.fields).json == listed(hub, "?user=user1")
    assert listed(hub, "?user=nobody") == {"connections": []}


def test_a_connection_can_be_looked_at(guard, credentials):
    hub = guard()
    socket = connect(hub, credentials, "ann", subscribe=["*"])
    socket.send({"type": "subscribe", "rooms": [{"room": "b"}, {"room": "a"}]})
    socket.take(2)
    one = hub.get(f"/v1/connections/{socket.id}", headers=hub.fields).json
    assert one == {
        "connection": socket.id, "node": hub.get("/v1/nodes", headers=hub.fields).json["nodes"][0]["node"],
        "kind": "websocket", "user": "ann", "address": "127.0.0.1", "subscriptions": 2,
        "rooms": ["a", "b"],
    }
    stream = hub.events("/v1/rooms/b/events", headers=hub.fields)
    id = stream.expect("roomcast:subscribed").data["connection"]
    one = hub.get(f"/v1/connections/{id}", headers=hub.fields).json
    assert (one["kind"], one["rooms"], "user" in one) == ("sse", ["b"], False)


def test_what_is_no_connection_is_not_there(hub):
    for method, path in (("GET", ""), ("DELETE", ""), ("PUT", "/rooms/a"), ("DELETE", "/rooms/a")):
        hub.curl(method, f"/v1/connections/{'0f' * 16}{path}").expect_problem(404, "NOT_FOUND")
        hub.curl(method, f"/v1/connections/x{path}").expect_problem(400, "INVALID_REQUEST")
    hub.curl("PUT", f"/v1/connections/{'0f' * 16}/rooms/%25").expect_problem(400, "INVALID_ROOM")


@pytest.mark.parametrize("query", ["limit=0", "limit=%2B5", "cursor=x", "room=%25", "user="])
def test_a_wrong_query_is_refused_by_name(hub, query):
    answer = hub.get(f"/v1/connections?{query}")
    assert answer.status == 400 and query.split("=")[0] in answer.json["detail"], answer


# Closing


def test_a_connection_can_be_closed(guard, credentials):
    hub = guard("--reactors", "2")
    sockets = [connect(hub, credentials, "ann") for _ in range(3)]
    path = f"/v1/connections/{sockets[0].id}"
    answer = hub.curl("DELETE", path, headers=hub.fields)
    assert (answer.status, answer.json) == (200, {"connection": sockets[0].id, "closed": True})
    assert sockets[0].expect_close() == (4112, "closed")
    hub.curl("DELETE", path, headers=hub.fields).expect_problem(404, "NOT_FOUND")
    hub.curl("DELETE", f"/v1/connections/{sockets[1].id}?code=4500&reason=over", headers=hub.fields)
    assert sockets[1].expect_close() == (4500, "over")
    for query in ("code=1000", "code=x", f"reason={'x' * 124}"):
        hub.curl("DELETE", f"/v1/connections/{sockets[2].id}?{query}", headers=hub.fields).expect_problem(400, "INVALID_REQUEST")
    assert sockets[2].ask({"type": "ping"})["type"] == "pong"
    stream = hub.events("/v1/rooms/a/events", headers=hub.fields)
    id = stream.expect("roomcast:subscribed").data["connection"]
    assert hub.curl("DELETE", f"/v1/connections/{id}", headers=hub.fields).json["closed"] is True
    assert stream.next() is None


# Rooms that the server chooses


def room(hub, method, id, name):
    return hub.curl(method, f"/v1/connections/{id}/rooms/{name}", headers=hub.fields)


def test_the_server_subscribes_a_client_to_a_room_that_its_token_does_not_name(guard, credentials):
    hub = guard("--reactors", "2")
    socket = connect(hub, credentials, "ann")
    answer = room(hub, "PUT", socket.id, "secret")
    assert (answer.status, answer.json) == (200, {"connection": socket.id, "room": "secret", "subscribed": True})
    frame = socket.expect("subscribed")
    assert frame["room"] == "secret" and "id" not in frame
    # Again changes nothing.
    assert room(hub, "PUT", socket.id, "secret").json["subscribed"] is True
    hub.publish("secret", 1, headers=hub.fields)
    assert socket.expect("event")["data"] == 1
    # A fresh token, which does not name the room either, leaves it where the server has put it.
    assert socket.ask({"type": "auth", "token": credentials.token("ann")})["type"] == "authenticated"
    hub.publish("secret", 2, headers=hub.fields)
    assert socket.expect("event")["data"] == 2
    answer = room(hub, "DELETE", socket.id, "secret")
    assert answer.json == {"connection": socket.id, "room": "secret", "subscribed": False}
    assert socket.expect("unsubscribed") == {"type": "unsubscribed", "room": "secret", "code": "FORBIDDEN"}
    assert room(hub, "DELETE", socket.id, "secret").status == 200
    hub.publish("secret", 3, headers=hub.fields)
    assert socket.ask({"type": "ping"})["type"] == "pong"


def test_the_server_keeps_to_the_limit_of_rooms(guard, credentials):
    hub = guard("--client-rooms", "2")
    socket = connect(hub, credentials, "ann")
    for name in "ab":
        assert room(hub, "PUT", socket.id, name).status == 200
    room(hub, "PUT", socket.id, "c").expect_problem(429, "TOO_MANY_ROOMS")
    assert room(hub, "PUT", socket.id, "a").status == 200


def test_an_event_stream_cannot_change_its_rooms(hub):
    stream = hub.events("/v1/rooms/a/events")
    id = stream.expect("roomcast:subscribed").data["connection"]
    for method in ("PUT", "DELETE"):
        room(hub, method, id, "a").expect_problem(409, "CONFLICT")


# Who may


def test_managing_needs_the_scope_admin(guard, credentials):
    key = credentials.key("all but admin", ["publish", "read"])
    hub = guard()
    socket = connect(hub, credentials, "ann", subscribe=["*"], publish=["*"])
    for shown, status in ((key, 403), (credentials.token("ann", subscribe=["*"]), 403), (None, 401)):
        for method, path in (
            ("GET", "/v1/connections"), ("GET", f"/v1/connections/{socket.id}"), ("DELETE", f"/v1/connections/{socket.id}"),
            ("PUT", f"/v1/connections/{socket.id}/rooms/a"), ("DELETE", f"/v1/connections/{socket.id}/rooms/a"),
            ("GET", "/v1/users/ann/connections"), ("DELETE", "/v1/users/ann/connections"), ("GET", "/v1/nodes"),
            ("DELETE", "/v1/rooms/a"),
        ):
            assert hub.curl(method, path, headers=bearer(shown)).status == status, (method, path)
    assert socket.ask({"type": "ping"})["type"] == "pong"


def test_a_page_that_may_ask_may_also_manage(start):
    hub = start("--allow-origins", "https://app.example.org")
    origin = {"Origin": "https://app.example.org"}
    answer = hub.curl("OPTIONS", f"/v1/connections/{'0f' * 16}/rooms/a", headers=origin)
    assert answer.status == 204 and answer.field("Access-Control-Allow-Methods") == "PUT, DELETE, OPTIONS"
    assert answer.field("Access-Control-Allow-Origin") == origin["Origin"]
    hub.get("/v1/connections", headers={"Origin": "https://evil.example"}).expect_problem(403, "ORIGIN_NOT_ALLOWED")


# The node


def test_the_node_tells_of_itself(hub):
    hub.subscriber("a")
    nodes = hub.get("/v1/nodes").json["nodes"]
    assert len(nodes) == 1 and nodes[0]["node"] == hub.wait_for_line(message="listening")["node"]
    assert nodes[0]["connections"] == 2 and nodes[0]["draining"] is False
    assert 0 <= nodes[0]["load"] <= 1 and 0 < time.time() - nodes[0]["since"] / 1000 < 600
