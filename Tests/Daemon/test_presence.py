"""Who is in a room: joins and leaves, the lists of members, who may be seen, and what a client is told that was late."""

import json

import pytest

from support.credentials import bearer
from support.waiting import wait_until


@pytest.fixture
def chat(guard, credentials):
    """A hub whose rooms `chat:…` tell who is there; its leaves are held back as long as they are told to."""

    def chat(*flags, leave="1ms", **presence):
        credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
        credentials.settings["presence"] = {"leave": leave, **presence}
        return guard("--reactors", "2", *flags)

    return chat


def token(credentials, user, **more):
    return credentials.token(user, subscribe=["*"], presence=["*"], **more)


def enter(hub, credentials, user, info=None, room="chat:1", seen=True):
    """A WebSocket of the user that has been told that it is subscribed."""
    socket = hub.secret_websocket(token(credentials, user))
    socket.expect("welcome")
    socket.send({"type": "subscribe", "room": room, **({"presence": info or {}} if seen else {})})
    socket.subscribed = socket.expect("subscribed")
    return socket


def names(frame):
    return [member["user"] for member in frame["members"]]


def member(user, info=None, connections=1):
    return {"user": user, "info": info or {}, "connections": connections}


# Coming and going


def test_a_user_joins_once_and_leaves_once_however_many_tabs_there_are(chat, credentials):
    hub = chat()
    watcher = enter(hub, credentials, "watcher", seen=False)
    assert watcher.subscribed["members"] == [] and watcher.subscribed["count"] == 0
    first = enter(hub, credentials, "ann", {"name": "Ann"})
    assert first.subscribed["members"] == [member("ann", {"name": "Ann"})]
    assert "cursor" not in first.subscribed
    told = {"type": "join", "room": "chat:1", "member": {"user": "ann", "info": {"name": "Ann"}}}
    assert watcher.receive() == told
    second = enter(hub, credentials, "ann", {"name": "Ann at work"})
    assert second.subscribed["members"] == [member("ann", {"name": "Ann at work"}, 2)]
    bob = enter(hub, credentials, "bob")
    for socket in (watcher, first, second):
        assert socket.expect("join")["member"] == {"user": "bob", "info": {}}
    assert names(bob.subscribed) == ["ann", "bob"]
    # However they go.
    first.close()
    second.abort()
    told = {"type": "leave", "room": "chat:1", "member": {"user": "ann", "info": {"name": "Ann at work"}}}
    assert watcher.receive() == told and bob.receive() == told
    assert bob.ask({"type": "unsubscribe", "room": "chat:1"})["type"] == "unsubscribed"
    assert watcher.expect("leave")["member"]["user"] == "bob"
    assert watcher.ask({"type": "members", "id": 1, "room": "chat:1"}) == {
        "type": "members", "id": 1, "room": "chat:1", "members": [], "count": 0
    }
    # The same connection comes again.
    bob.send({"type": "subscribe", "room": "chat:1", "presence": {}})
    assert names(bob.expect("subscribed")) == ["bob"]
    assert watcher.expect("join")["member"]["user"] == "bob"


def test_who_returns_while_the_leave_is_held_back_was_never_gone(chat, credentials):
    hub = chat(leave="1s")
    watcher = enter(hub, credentials, "watcher", seen=False)
    enter(hub, credentials, "ann").close()
    assert watcher.expect("join")["member"]["user"] == "ann"

    def ann():
        return watcher.ask({"type": "members", "room": "chat:1"})["members"]

    wait_until(lambda: ann() == [member("ann", connections=0)], what="a leave that is held back")
    back = enter(hub, credentials, "ann")
    assert back.subscribed["members"] == [member("ann")]
    enter(hub, credentials, "bob").close()
    # Bob's leave is told after the time of Ann's would have been.
    assert [(frame["type"], frame["member"]["user"]) for frame in watcher.take(2)] == [("join", "bob"), ("leave", "bob")]
    assert ann() == [member("ann")]


def test_joins_stand_between_the_events_in_order(chat, credentials):
    hub = chat()
    watcher = enter(hub, credentials, "watcher", seen=False)
    hub.publish("chat:1", 1, headers=hub.fields)
    ann = enter(hub, credentials, "ann")
    hub.publish("chat:1", 2, headers=hub.fields)
    ann.send({"type": "unsubscribe", "room": "chat:1"})
    seen = watcher.take(4)
    assert [frame["type"] for frame in seen] == ["event", "join", "event", "leave"]
    assert ann.expect("event")["data"] == 2


def test_a_connection_stays_for_as_long_as_it_is_there(chat, credentials):
    hub = chat(leave="3s", lease="1s")
    ann = enter(hub, credentials, "ann")
    enter(hub, credentials, "bob").close()
    assert ann.expect("join")["member"]["user"] == "bob"
    # When Bob's leave is told, three leases have gone by.
    assert ann.expect("leave")["member"]["user"] == "bob"
    assert ann.ask({"type": "members", "room": "chat:1"})["members"] == [member("ann")]
    assert hub.metrics().value("roomcast_member_leases_expired_total") == 0


# Lists


def test_a_big_room_is_told_page_by_page(chat, credentials):
    hub = chat(snapshot=3)
    sockets = [enter(hub, credentials, f"u{number}") for number in range(8)]
    subscribed = sockets[-1].subscribed
    assert names(subscribed) == ["u0", "u1", "u2"] and subscribed["count"] == 8
    reader = hub.secret_websocket(token(credentials, "reader"))
    reader.expect("welcome")
    page = reader.ask({"type": "members", "room": "chat:1", "cursor": subscribed["cursor"], "limit": 4})
    assert names(page) == ["u3", "u4", "u5", "u6"] and page["count"] == 8
    page = reader.ask({"type": "members", "room": "chat:1", "cursor": page["cursor"]})
    assert names(page) == ["u7"] and "cursor" not in page
    for wrong in ({"cursor": "x"}, {"cursor": 3}, {"limit": 0}, {"limit": 1001}):
        answer = reader.ask({"type": "members", "id": 5, "room": "chat:1", **wrong})
        assert (answer["type"], answer["id"], answer["code"]) == ("error", 5, "INVALID_REQUEST"), wrong
    answer = reader.ask({"type": "members", "id": 5, "room": "not one"})
    assert answer["code"] == "INVALID_ROOM"


def test_a_room_with_members_is_counted(chat, credentials):
    hub = chat(leave="1h")
    for user in ("ann", "bob", "ann"):
        enter(hub, credentials, user).close()
    hub.wait_for_metric("roomcast_subscriptions", lambda count: count == 0)
    # Nobody subscribes any more, but the leaves are held back.
    room = hub.get("/v1/rooms/chat:1", headers=hub.fields).json
    assert (room["subscribers"], room["members"]) == (0, 2)
    listed = hub.get("/v1/rooms", headers=hub.fields).json["rooms"]
    assert [(room["room"], room["members"]) for room in listed] == [("chat:1", 2)]
    metrics = hub.metrics()
    assert metrics.value("roomcast_members") == 2
    assert metrics.value("roomcast_member_joins_total") == 2 and metrics.value("roomcast_member_leaves_total") == 0


# Who may be seen


def test_who_may_not_be_seen_is_told_why_and_is_not_subscribed(chat, credentials):
    hub = chat(infoBytes=20)
    cases = [
        (credentials.token("ann", subscribe=["*"]), "chat:1", {}, "FORBIDDEN", "presence"),
        (credentials.token("ann", subscribe=["*"], presence=["chat:2"]), "chat:1", {}, "FORBIDDEN", "presence"),
        (token(credentials, "ann"), "news", {}, "FORBIDDEN", "namespace"),
        (credentials.admin, "chat:1", {}, "FORBIDDEN", "only users"),
        (token(credentials, "ann"), "chat:1", {"name": "x" * 20}, "PAYLOAD_TOO_LARGE", "presence.infoBytes"),
    ]
    for credential, room, info, code, detail in cases:
        socket = hub.secret_websocket(credential)
        socket.expect("welcome")
        error = socket.ask({"type": "subscribe", "id": 1, "room": room, "presence": info})
        assert (error["type"], error["id"], error["room"], error["code"]) == ("error", 1, room, code), error
        assert detail in error["detail"] and error["temporary"] is False
        # It can still subscribe, unseen.
        answer = socket.ask({"type": "subscribe", "id": 2, "room": room})
        assert answer["type"] == "subscribed" and answer.get("members") == ([] if room == "chat:1" else None)
    for wrong in ([], "ann", 1, True):
        error = socket.ask({"type": "subscribe", "id": 1, "room": "chat:2", "presence": wrong})
        assert error["code"] == "INVALID_REQUEST" and "`presence`" in error["detail"]


def test_members_are_for_those_who_may_read_where_presence_is_on(chat, credentials):
    hub = chat()
    socket = hub.secret_websocket(credentials.token("ann", subscribe=["chat:1", "news"]))
    socket.expect("welcome")
    assert socket.ask({"type": "members", "room": "chat:1"})["members"] == []
    for room in ("chat:2", "news"):
        error = socket.ask({"type": "members", "id": 1, "room": room})
        assert (error["id"], error["code"]) == (1, "FORBIDDEN")
    assert "namespace" in error["detail"]


def test_on_an_open_hub_nobody_can_be_seen(start, tmp_path):
    settings = tmp_path / "open.json5"
    settings.write_text(json.dumps({"namespaces": [{"name": "chat", "presence": True}]}))
    hub = start("--settings", str(settings))
    socket = hub.websocket()
    socket.expect("welcome")
    error = socket.ask({"type": "subscribe", "room": "chat:1", "presence": {}})
    assert error["code"] == "FORBIDDEN" and "tokens.keys" in error["detail"]
    assert socket.ask({"type": "subscribe", "room": "chat:1"})["members"] == []
    answer = hub.get("/v1/rooms/chat:1/events?presence=true", headers={"Accept": "text/event-stream"})
    answer.expect_problem(403, "FORBIDDEN")


def test_a_fresh_token_that_allows_less_takes_its_user_out(chat, credentials):
    hub = chat()
    watcher = enter(hub, credentials, "watcher", seen=False)
    ann = enter(hub, credentials, "ann")
    assert watcher.expect("join")["member"]["user"] == "ann"
    ann.send({"type": "auth", "token": credentials.token("ann", subscribe=["*"])})
    ann.expect("authenticated")
    assert watcher.expect("leave")["member"]["user"] == "ann"
    # It is subscribed still, and sees what the others see.
    assert ann.expect("leave")["member"]["user"] == "ann"
    hub.publish("chat:1", 1, headers=hub.fields)
    assert ann.expect("event")["data"] == 1


# By the URL


def test_a_websocket_url_can_say_that_its_user_is_there(chat, credentials):
    hub = chat()
    watcher = enter(hub, credentials, "watcher", seen=False)
    socket = hub.secret_websocket(token(credentials, "ann"), "/v1/rooms/chat:1/events?presence=true")
    socket.expect("welcome")
    assert socket.expect("subscribed")["members"] == [member("ann")]
    assert watcher.expect("join")["member"] == {"user": "ann", "info": {}}
    # The token may come in the first message.
    late = hub.websocket("/v1/rooms/chat:1/events?presence=true")
    late.expect("welcome")
    late.send({"type": "auth", "token": token(credentials, "bob")})
    late.expect("authenticated")
    assert names(late.expect("subscribed")) == ["ann", "bob"]
    unseen = hub.secret_websocket(token(credentials, "carl"), "/v1/rooms/chat:1/events?presence=false")
    unseen.expect("welcome")
    assert names(unseen.expect("subscribed")) == ["ann", "bob"]
    for path, code, close in (
        ("/v1/rooms/news/events?presence=true", "FORBIDDEN", 4503),
        ("/v1/rooms/chat:1/events?presence=yes", "INVALID_REQUEST", 4500),
        ("/v1/ws?presence=true", "INVALID_REQUEST", 4500),
    ):
        refused = hub.secret_websocket(token(credentials, "ann"), path)
        refused.expect("welcome") if code == "FORBIDDEN" else None
        refused.expect_refusal(code, close)
    refused = hub.secret_websocket(
        credentials.token("ann", subscribe=["*"]), "/v1/rooms/chat:1/events?presence=true")
    refused.expect_refusal("FORBIDDEN", 4503)


def test_an_event_stream_is_seen_and_sees(chat, credentials):
    hub = chat()
    path = "/v1/rooms/chat:1/events"
    stream = hub.events(f"{path}?presence=true", headers=bearer(token(credentials, "ann")))
    subscribed = stream.expect("roomcast:subscribed")
    assert subscribed.data["members"] == [member("ann")] and subscribed.data["count"] == 1
    bob = enter(hub, credentials, "bob", {"n": 1})
    assert names(bob.subscribed) == ["ann", "bob"]
    join = stream.expect("roomcast:join")
    assert join.id is None and join.data == {"type": "join", "room": "chat:1", "member": {"user": "bob", "info": {"n": 1}}}
    bob.close()
    leave = stream.expect("roomcast:leave")
    assert leave.id is None and leave.data["type"] == "leave"
    watcher = enter(hub, credentials, "watcher", seen=False)
    stream.close()
    assert watcher.expect("leave")["member"]["user"] == "ann"
    wanted = {"Accept": "text/event-stream"}
    for query, credential, status, code in (
        ("presence=true", credentials.admin, 403, "FORBIDDEN"), ("presence=1", credentials.admin, 400, "INVALID_REQUEST"),
        ("presence=true", credentials.token("ann", subscribe=["*"]), 403, "FORBIDDEN"),
    ):
        hub.get(f"{path}?{query}", headers={**wanted, **bearer(credential)}).expect_problem(status, code)
    ann = bearer(token(credentials, "ann"))
    hub.get("/v1/rooms/news/events?presence=true", headers={**wanted, **ann}).expect_problem(403, "FORBIDDEN")
    answer = hub.get("/v1/events?room=chat:1&room=chat:2&presence=true", headers={**wanted, **ann})
    answer.expect_problem(400, "INVALID_REQUEST")


def test_who_may_have_missed_somebody_is_told_the_members_anew(chat, credentials):
    hub = chat()
    ann = enter(hub, credentials, "ann")
    # Between `subscribed`, when all rooms stand, and the beginning of each room's stream somebody may come.
    stream = hub.events("/v1/events?room=chat:1&room=chat:2", headers=bearer(token(credentials, "watcher")))
    for room in ("chat:1", "chat:2"):
        assert stream.expect("roomcast:subscribed").data["room"] == room
    frames = [stream.expect("roomcast:members") for _ in range(2)]
    assert {(frame.data["room"], tuple(names(frame.data)), frame.id) for frame in frames} == {
        ("chat:1", ("ann",), None), ("chat:2", (), None)
    }
    ann.close()
    assert stream.expect("roomcast:leave").data["room"] == "chat:1"


def test_a_slow_subscriber_is_told_the_members_when_it_has_caught_up(chat, credentials):
    hub = chat("--outbox-frames", "8")
    slow = hub.raw(receive_buffer=4096)
    slow.upgrade("/v1/rooms/chat:1/events", [f"Authorization: Bearer {credentials.admin}"])

    def read():
        while True:
            opcode, payload = slow.receive_frame()
            if opcode == 1:
                return json.loads(payload)

    assert [read()["type"] for _ in range(2)] == ["welcome", "subscribed"]
    lines = "\n".join(json.dumps({"room": "chat:1", "data": "x" * 8000}) for _ in range(900))
    fields = {"Content-Type": "application/x-ndjson", **hub.fields}
    hub.post("/v1/events", lines, headers=fields)
    assert hub.metrics().value("roomcast_overflows_total") == 1
    ann = enter(hub, credentials, "ann")
    frames = [read() for _ in range(901)]
    # It was not live when Ann came, so what it is told is a list, once it has everything.
    assert [frame["type"] for frame in frames] == ["event"] * 900 + ["members"]
    assert names(frames[-1]) == ["ann"] and frames[-1]["count"] == 1 and "id" not in frames[-1]
    ann.close()
    assert read()["type"] == "leave"


def test_a_reload_that_switches_presence_is_told_to_who_is_there(chat, credentials):
    hub = chat(lease="3s")
    ann = enter(hub, credentials, "ann", {"name": "Ann"})
    watcher = enter(hub, credentials, "watcher", seen=False)

    def reload(presence):
        credentials.settings["namespaces"] = [{"name": "chat", "presence": presence}]
        credentials.write()
        assert hub.reload()["changed"] == "namespaces"

    reload(False)
    for socket in (ann, watcher):
        gone = socket.expect("members")
        assert (gone["members"], gone["count"]) == ([], 0)
    assert watcher.ask({"type": "members", "room": "chat:1"})["code"] == "FORBIDDEN"
    reload(True)
    # At the next renewal, a third of the lease later at most, who was there is seen again.
    for socket in (ann, watcher):
        frames = [socket.receive()]
        if frames[0].get("count") == 0:
            frames.append(socket.receive())
        seen = frames[-1].get("member") or frames[-1]["members"][0]
        assert (seen["user"], seen["info"]) == ("ann", {"name": "Ann"}), frames
