"""How a client comes in and stays in, as its token is shown, refreshed and expires."""

import pytest

from support.credentials import bearer, now
from support.waiting import seconds, wait_until

# Seconds that a token lives which a test outlives, and the time for the first `auth`: enough to get that far.
SHORT = int(seconds(3))
BRIEF = f"{int(seconds(2))}s"


def auth(socket, token, id=1):
    """Sends the token, and returns the answer."""
    return socket.ask({"type": "auth", "id": id, "token": token})


def pong(socket):
    """Nothing is on its way to the client that it has not read."""
    assert socket.ask({"type": "ping", "id": "last"}) == {"type": "pong", "id": "last"}


# Coming in


def test_by_message(guard, credentials):
    hub = guard()
    socket = hub.websocket()
    welcome = socket.expect("welcome")
    assert "user" not in welcome
    claims = credentials.claims("ann", subscribe=["a"])
    assert auth(socket, credentials.sign(claims), id="x") == {
        "type": "authenticated", "id": "x", "user": "ann", "expires": claims["exp"] + 60
    }
    assert socket.ask({"type": "subscribe", "id": 2, "room": "a"})["type"] == "subscribed"
    assert socket.ask({"type": "subscribe", "id": 3, "room": "b"})["code"] == "FORBIDDEN"


def test_by_field_and_by_url(guard, credentials):
    hub = guard()
    token = credentials.token("ann", subscribe=["a"])
    for socket in (hub.secret_websocket(token), hub.websocket(f"/v1/ws?token={token}")):
        assert socket.expect("welcome")["user"] == "ann"
        assert socket.ask({"type": "subscribe", "room": "a"})["type"] == "subscribed"


def test_a_key_comes_in_like_a_token_and_has_no_user_and_no_end(guard, credentials):
    hub = guard()
    socket = hub.websocket("/v1/rooms/a/events")
    socket.expect("welcome")
    assert auth(socket, credentials.admin) == {"type": "authenticated", "id": 1}
    assert socket.expect("subscribed")["room"] == "a"


def test_who_says_nothing_is_put_out(guard, credentials):
    hub = guard("--handshake", BRIEF)
    for path in ("/v1/ws", "/v1/rooms/a/events"):
        socket = hub.websocket(path)
        socket.expect("welcome")
        pong(socket)
        socket.expect_refusal("TIMEOUT", 4108)


def test_who_came_in_in_time_stays(guard, credentials):
    hub = guard("--handshake", BRIEF)
    socket = hub.websocket()
    socket.expect("welcome")
    auth(socket, credentials.token("ann", subscribe=["a"]))
    # Another that came later is put out: the time is over for the first too.
    late = hub.websocket()
    late.expect("welcome")
    late.expect_refusal("TIMEOUT", 4108)
    pong(socket)


@pytest.mark.parametrize("more,code,close", [
    ({"life": -100}, "TOKEN_EXPIRED", 4101), ({"nbf": now() + 5000}, "UNAUTHORIZED", 4501)
])
def test_a_first_token_that_is_wrong_closes(guard, credentials, more, code, close):
    hub = guard()
    socket = hub.websocket("/v1/rooms/a/events")
    socket.expect("welcome")
    socket.send({"type": "auth", "id": 1, "token": credentials.token(subscribe=["a"], **more)})
    socket.expect_refusal(code, close)


@pytest.mark.parametrize("message", [{}, {"token": 7}, {"token": None}])
def test_an_auth_that_is_none_is_told_and_may_be_mended(guard, credentials, message):
    hub = guard()
    socket = hub.websocket()
    socket.expect("welcome")
    answer = socket.ask({"type": "auth", "id": 1, **message})
    assert (answer["type"], answer["id"], answer["code"]) == ("error", 1, "INVALID_REQUEST")
    assert auth(socket, credentials.token())["type"] == "authenticated"


def test_the_room_of_the_url_waits_for_the_token(guard, credentials):
    hub = guard()
    admin = {"headers": hub.fields}
    position = hub.publish("a", 1, **admin)["position"]
    newest = hub.publish("a", 2, **admin)["position"]
    socket = hub.websocket(f"/v1/rooms/a/events?after={position}")
    socket.expect("welcome")
    pong(socket)
    assert hub.get("/v1/rooms/a", **admin).json["subscribers"] == 0
    assert auth(socket, credentials.token(subscribe=["a"]))["type"] == "authenticated"
    assert socket.expect("subscribed") == {
        "type": "subscribed", "room": "a", "position": position, "recovered": True, "newest": newest
    }
    assert socket.expect("event")["data"] == 2


def test_a_token_that_does_not_allow_the_room_of_the_url_closes(guard, credentials):
    hub = guard()
    socket = hub.websocket("/v1/rooms/a/events")
    socket.expect("welcome")
    assert auth(socket, credentials.token(subscribe=["b"]))["type"] == "authenticated"
    socket.expect_refusal("FORBIDDEN", 4503)


# Rooms of the token


def test_the_rooms_of_a_token_are_subscribed_at_once(guard, credentials):
    hub = guard()
    token = credentials.token("ann", rooms=["news", "a"])
    sockets = [hub.secret_websocket(token), hub.websocket(f"/v1/ws?token={token}"), hub.websocket()]
    for socket in sockets:
        socket.expect("welcome")
    assert auth(sockets[2], token)["type"] == "authenticated"
    for socket in sockets:
        assert [frame["room"] for frame in (socket.expect("subscribed"), socket.expect("subscribed"))] == ["news", "a"]
    hub.publish("news", 1, headers=hub.fields)
    for socket in sockets:
        assert socket.expect("event")["room"] == "news"
        # What is subscribed for it, it may read.
        assert socket.ask({"type": "history", "room": "news"})["events"]


def test_a_room_of_the_token_that_is_the_urls_is_subscribed_once(guard, credentials):
    hub = guard()
    token = credentials.token("ann", rooms=["a", "b"])
    socket = hub.websocket(f"/v1/rooms/b/events?token={token}")
    socket.expect("welcome")
    assert sorted(socket.expect("subscribed")["room"] for _ in range(2)) == ["a", "b"]
    pong(socket)


def test_rooms_of_a_token_count_like_others(guard, credentials):
    hub = guard("--client-rooms", "2")
    socket = hub.secret_websocket(credentials.token(rooms=["a", "b", "c"], subscribe=["*"]))
    socket.expect("welcome")
    frames = {frame["room"]: frame for frame in socket.take(3)}
    assert [frames[room]["type"] for room in "abc"] == ["subscribed", "subscribed", "error"]
    assert frames["c"]["code"] == "TOO_MANY_ROOMS"
    assert socket.ask({"type": "subscribe", "room": "d"})["code"] == "TOO_MANY_ROOMS"
    assert hub.get("/v1/rooms/c", headers=hub.fields).json["subscribers"] == 0


# Refreshing


def test_a_refresh_over_the_open_connection(guard, credentials):
    hub = guard()
    socket = hub.secret_websocket(credentials.token("ann", subscribe=["a"]))
    socket.expect("welcome")
    socket.ask({"type": "subscribe", "room": "a"})
    assert socket.ask({"type": "subscribe", "room": "b"})["code"] == "FORBIDDEN"
    answer = auth(socket, credentials.token("ann", subscribe=["a", "b"]))
    assert (answer["type"], answer["user"]) == ("authenticated", "ann")
    assert socket.ask({"type": "subscribe", "room": "b"})["type"] == "subscribed"
    hub.publish("a", 1, headers=hub.fields)
    assert socket.expect("event")["room"] == "a"
    assert hub.get("/v1/rooms/a", headers=hub.fields).json["subscribers"] == 1


def test_a_refresh_that_is_wrong_leaves_the_old_token(guard, credentials):
    hub = guard()
    socket = hub.secret_websocket(credentials.token("ann", subscribe=["a"]))
    socket.expect("welcome")
    for token, code in [
        ("nonsense", "UNAUTHORIZED"), (credentials.token("ann", life=-100), "TOKEN_EXPIRED"),
        (credentials.token("bob", subscribe=["b"]), "FORBIDDEN"), (credentials.admin, "FORBIDDEN"),
    ]:
        answer = auth(socket, token, id=code)
        assert (answer["type"], answer["id"], answer["code"]) == ("error", code, code)
        assert token not in str(answer)
    assert socket.ask({"type": "subscribe", "room": "a"})["type"] == "subscribed"
    assert socket.ask({"type": "subscribe", "room": "b"})["code"] == "FORBIDDEN"


def test_a_refresh_that_allows_less_ends_what_it_does_not_allow(guard, credentials):
    hub = guard()
    socket = hub.secret_websocket(credentials.token("ann", subscribe=["*"], publish=["*"]))
    socket.expect("welcome")
    for room in ("a", "b", "c"):
        assert socket.ask({"type": "subscribe", "room": room})["type"] == "subscribed"
    assert auth(socket, credentials.token("ann", subscribe=["b"], rooms=["d"]))["type"] == "authenticated"
    frames = socket.take(3)
    ended = [frame for frame in frames if frame["type"] == "unsubscribed"]
    assert ended == [{"type": "unsubscribed", "room": room, "code": "FORBIDDEN"} for room in ("a", "c")]
    assert [frame["room"] for frame in frames if frame["type"] == "subscribed"] == ["d"]
    for message in ({"type": "history", "room": "a"}, {"type": "subscribe", "room": "a"}, {"type": "publish", "room": "b", "data": 1}):
        assert socket.ask(message)["code"] == "FORBIDDEN"
    for room in ("a", "b"):
        hub.publish(room, room, headers=hub.fields)
    assert socket.expect("event")["room"] == "b"
    assert hub.get("/v1/rooms/a", headers=hub.fields).json["subscribers"] == 0


# The end of a token


@pytest.fixture
def hasty(guard):
    return lambda grace: guard("--tokens-leeway", "0s", "--tokens-grace", grace)


def test_an_expired_token_is_told_and_then_ends_the_connection(hasty, credentials):
    hub = hasty("1s")
    socket = hub.secret_websocket(credentials.token("ann", subscribe=["a"], life=SHORT))
    socket.expect("welcome")
    assert socket.expect("error")["code"] == "TOKEN_EXPIRED"
    socket.expect_refusal("TOKEN_EXPIRED", 4101)


def test_while_it_is_expired_little_is_taken_until_it_is_refreshed(hasty, credentials):
    hub = hasty("60s")
    socket = hub.secret_websocket(credentials.token("ann", rooms=["a", "b"], publish=["*"], life=SHORT))
    socket.expect("welcome")
    socket.take(2)
    assert socket.expect("error")["code"] == "TOKEN_EXPIRED"
    for message in (
        {"type": "subscribe", "room": "c"}, {"type": "publish", "room": "a", "data": 1}, {"type": "history", "room": "a"}
    ):
        answer = socket.ask({"id": 5, **message})
        assert (answer["type"], answer["id"], answer["code"]) == ("error", 5, "TOKEN_EXPIRED")
    pong(socket)
    assert socket.ask({"type": "unsubscribe", "room": "b"})["type"] == "unsubscribed"
    # A wrong one does not help, and does not close.
    assert auth(socket, credentials.token("ann", life=-1))["code"] == "TOKEN_EXPIRED"
    assert auth(socket, credentials.token("bob"))["code"] == "FORBIDDEN"
    assert auth(socket, credentials.token("ann", rooms=["a"], publish=["*"], life=3600))["type"] == "authenticated"
    assert socket.ask({"type": "history", "room": "a"})["events"] == []
    socket.send({"type": "publish", "room": "a", "data": 1})
    assert {frame["type"] for frame in socket.take(2)} == {"event", "published"}


def test_refreshed_in_time_it_goes_on(hasty, credentials):
    hub = hasty("1s")
    short, long = credentials.token("ann", life=SHORT), credentials.token("ann", life=3600)
    refreshed, left = hub.secret_websocket(short), hub.secret_websocket(short)
    for socket in (refreshed, left):
        socket.expect("welcome")
    assert auth(refreshed, long)["type"] == "authenticated"
    assert left.expect("error")["code"] == "TOKEN_EXPIRED"
    left.expect_refusal("TOKEN_EXPIRED", 4101)
    pong(refreshed)


def test_an_event_stream_is_told_and_ended_too(hasty, credentials):
    hub = hasty("1s")
    stream = hub.events("/v1/rooms/a/events", headers=bearer(credentials.token("ann", subscribe=["a"], life=SHORT)))
    stream.expect("roomcast:subscribed")
    assert [stream.expect("roomcast:error").data["code"] for _ in range(2)] == ["TOKEN_EXPIRED"] * 2
    assert stream.next() is None


def test_a_request_on_a_kept_connection_is_refused_once_its_token_is_over(hasty, credentials):
    hub = hasty("60s")
    token = credentials.token("ann", subscribe=["a"], life=SHORT)
    client = hub.raw()

    def ask():
        client.request("GET", "/v1/rooms/a/events", [f"Authorization: Bearer {token}"])
        return client.response()

    assert ask().status == 200
    wait_until(lambda: ask().status != 200)
    ask().expect_problem(401, "TOKEN_EXPIRED")


# Those who show nothing


def test_namespaces_for_everyone(guard, credentials):
    credentials.settings["namespaces"] = [{"name": "news", "anonymous": True}, {"name": "pub*", "anonymous": True}, {"name": "x"}]
    hub = guard()
    for room, is_free in [
        ("news", True), ("news:1", True), ("news:a:b", True), ("newsroom", False), ("new", False), ("public:1", True), ("x", False),
        ("x:news", False), ("pu:news", False),
    ]:
        path = f"/v1/rooms/{room}/events"
        status = 200 if is_free else 401
        assert hub.get(path).status == status, room
        assert hub.get(f"/v1/rooms/{room}").status == status
        assert hub.events(path).status == status
        assert hub.events(f"/v1/events?room={room}").status == status
        hub.post(path, "1").expect_problem(401, "UNAUTHORIZED")
        socket = hub.websocket(path)
        socket.expect("welcome")
        if is_free:
            assert socket.expect("subscribed")["room"] == room
        else:
            pong(socket)
    assert hub.events("/v1/events?room=news&room=x").status == 401
    hub.get("/v1/rooms").expect_problem(401, "UNAUTHORIZED")


def test_who_shows_nothing_may_stay_with_a_free_room_and_become_somebody(guard, credentials):
    credentials.settings["namespaces"] = [{"name": "news", "anonymous": True}]
    hub = guard("--handshake", BRIEF)
    reader, idle = hub.websocket(), hub.websocket()
    for socket in (reader, idle):
        socket.expect("welcome")
    assert reader.ask({"type": "subscribe", "room": "news:1"})["type"] == "subscribed"
    assert reader.ask({"type": "subscribe", "room": "a"})["code"] == "UNAUTHORIZED"
    assert reader.ask({"type": "publish", "room": "news:1", "data": 1})["code"] == "UNAUTHORIZED"
    idle.expect_refusal("TIMEOUT", 4108)
    pong(reader)
    assert auth(reader, credentials.token("ann", subscribe=["a"]))["type"] == "authenticated"
    assert reader.ask({"type": "subscribe", "room": "a"})["type"] == "subscribed"
    # Anyone may read it, and so may ann.
    hub.publish("news:1", 1, headers=hub.fields)
    assert reader.expect("event")["room"] == "news:1"


def test_a_wrong_credential_does_not_fall_back_to_none(guard, credentials):
    credentials.settings["namespaces"] = [{"name": "news", "anonymous": True}]
    hub = guard()
    hub.get("/v1/rooms/news/events", headers=bearer("x")).expect_problem(401, "UNAUTHORIZED")
    hub.websocket("/v1/rooms/news/events?token=x").expect_refusal("UNAUTHORIZED", 4501)
