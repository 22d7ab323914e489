"""Every message of a client with each error that it may be answered, over a real socket.

The document of the WebSocket messages names the errors of each message; the cases here must be those and no others.
"""

import json

import pytest

from support.receiver import Receiver
from support.small import Filler
from support.store import StoredHub
from support.waiting import wait_until

SUBSCRIBE, HISTORY, MEMBERS = ({"type": name, "room": "a"} for name in ("subscribe", "history", "members"))
PUBLISH = {"type": "publish", "room": "a", "data": 1}
LONG_NAME = "x" * 201

# By who asks: each message, and the error it is answered.
CASES = {
    "anybody": [
        ({"type": "subscribe"}, "INVALID_REQUEST"), ({**SUBSCRIBE, "presence": 1}, "INVALID_REQUEST"),
        ({"type": "subscribe", "room": "a b"}, "INVALID_ROOM"), ({**SUBSCRIBE, "after": "x"}, "INVALID_POSITION"),
        ({**SUBSCRIBE, "presence": {}}, "FORBIDDEN"), ({"type": "subscribe", "room": "taken"}, "CONFLICT"),
        ({"type": "unsubscribe"}, "INVALID_REQUEST"), ({"type": "unsubscribe", "room": "a b"}, "INVALID_ROOM"),
        ({"type": "publish", "room": "a"}, "INVALID_REQUEST"), ({**PUBLISH, "room": "a b"}, "INVALID_ROOM"),
        ({**PUBLISH, "event": LONG_NAME}, "INVALID_EVENT"), ({**PUBLISH, "room": "taken", "key": "k"}, "CONFLICT"),
        ({**HISTORY, "limit": 0}, "INVALID_REQUEST"), ({**HISTORY, "room": ""}, "INVALID_ROOM"),
        ({**HISTORY, "after": "x"}, "INVALID_POSITION"),
        ({**MEMBERS, "limit": 0}, "INVALID_REQUEST"), ({**MEMBERS, "room": "."}, "INVALID_ROOM"), (MEMBERS, "FORBIDDEN"),
        ({"type": "auth"}, "INVALID_REQUEST"), ({"type": "auth", "token": "x"}, "UNAUTHORIZED"),
        ({"type": "ping", "id": []}, "INVALID_REQUEST"),
    ],
    "who may little": [
        (SUBSCRIBE, "FORBIDDEN"), (PUBLISH, "FORBIDDEN"), (HISTORY, "FORBIDDEN"), (MEMBERS, "FORBIDDEN"),
        ({"type": "auth", "token": "another user's"}, "FORBIDDEN"), ({"type": "auth", "token": "expired"}, "TOKEN_EXPIRED"),
        ({"type": "subscribe", "room": "own:1", "presence": {"x": "y" * 5000}}, "PAYLOAD_TOO_LARGE"),
    ],
    "who has shown nothing": [
        (SUBSCRIBE, "UNAUTHORIZED"), (PUBLISH, "UNAUTHORIZED"), (HISTORY, "UNAUTHORIZED"), (MEMBERS, "UNAUTHORIZED"),
    ],
    "whose token has expired": [
        (SUBSCRIBE, "TOKEN_EXPIRED"), (PUBLISH, "TOKEN_EXPIRED"), (HISTORY, "TOKEN_EXPIRED"), (MEMBERS, "TOKEN_EXPIRED"),
    ],
    "who asks too much": [
        ({"type": kind, "room": "a", "data": 1, "token": "x"}, "RATE_LIMITED")
        for kind in ("subscribe", "unsubscribe", "publish", "history", "members", "auth", "ping")
    ],
    "who has enough rooms": [(SUBSCRIBE, "TOO_MANY_ROOMS")],
    "on a full node": [(PUBLISH, "TOO_MANY_ROOMS"), (HISTORY, "TOO_MANY_ROOMS")],
    "without a backend": [
        ({"type": "subscribe", "room": "own:1"}, "BACKEND_UNAVAILABLE"),
        ({**PUBLISH, "room": "own:1"}, "BACKEND_UNAVAILABLE"), ({**HISTORY, "room": "own:1"}, "BACKEND_UNAVAILABLE"),
        ({**MEMBERS, "room": "own:1"}, "BACKEND_UNAVAILABLE"),
    ],
    "while draining": [(SUBSCRIBE, "DRAINING")],
    "on a full disk": [(PUBLISH, "ENGINE_UNAVAILABLE")],
}


@pytest.fixture
def who(request, start, tmp_path, credentials):
    """Opens the socket of whoever asks, after its welcome."""

    def guarded(namespaces, *flags):
        credentials.settings["namespaces"] = namespaces
        return start("--settings", credentials.write(), *flags)

    def welcomed(socket):
        socket.expect("welcome")
        return socket

    def anybody():
        socket = welcomed(start().websocket())
        socket.ask({"type": "subscribe", "room": "taken"})
        socket.send({"type": "publish", "room": "taken", "data": 0, "key": "k"})
        socket.take(2)
        return socket

    def little():
        hub = guarded([{"name": "own", "presence": True}])
        token = credentials.token("ann", roomcast={"subscribe": ["own:*"], "presence": ["own:*"]})
        return welcomed(hub.secret_websocket(token))

    def nothing():
        hub = guarded([{"name": "news", "anonymous": True}])
        return welcomed(hub.websocket())

    def expired():
        hub = guarded([], "--tokens-leeway", "0s", "--tokens-grace", "60s")
        socket = welcomed(hub.secret_websocket(credentials.token("ann", subscribe=["*"], publish=["*"], life=2)))
        assert socket.expect("error")["code"] == "TOKEN_EXPIRED"
        return socket

    def hasty():
        socket = welcomed(start("--limits-messages", "1").websocket())
        socket.send({"type": "ping"})
        socket.expect("pong")
        return socket

    def full_of_rooms():
        socket = welcomed(start("--client-rooms", "1").websocket())
        socket.ask({"type": "subscribe", "room": "b"})
        return socket

    def full_node():
        socket = welcomed(start("--rooms", "1", "--reactors", "1").websocket())
        socket.ask({"type": "subscribe", "room": "b"})
        return socket

    def no_backend():
        gone = Receiver()
        gone.stop()
        credentials.settings["webhooks"] = {"targets": [gone.target("app")]}
        hub = guarded([{"name": "own", "backend": {"target": "app", "on": ["subscribe", "publish"]}}])
        return welcomed(hub.secret_websocket(credentials.token("ann", subscribe=["own:*"], publish=["own:*"])))

    def draining():
        hub = start("--drain", "10s")
        sockets = [welcomed(hub.websocket()) for _ in range(400)]
        hub.terminate()
        # The last to be announced is closed last: there is time to ask.
        late = sockets[-1]
        late.expect("reconnect")
        return late

    def full_disk():
        small = request.getfixturevalue("small")
        stored = StoredHub(tmp_path, directory=small / "store")
        request.addfinalizer(stored.finish)
        hub = stored.start()
        filler = Filler(small)
        request.addfinalizer(filler.remove)
        socket = welcomed(hub.websocket())
        filler.take_rest()
        wait_until(lambda: socket.ask({**PUBLISH, "data": "x" * 20_000})["type"] == "error", what="a refusal")
        return socket

    return {
        "anybody": anybody, "who may little": little, "who has shown nothing": nothing,
        "whose token has expired": expired, "who asks too much": hasty, "who has enough rooms": full_of_rooms,
        "on a full node": full_node, "without a backend": no_backend, "while draining": draining,
        "on a full disk": full_disk,
    }[request.param]()


def fill(message, credentials):
    """The tokens that a case names."""
    tokens = {
        "another user's": lambda: credentials.token("bob", subscribe=["*"]),
        "expired": lambda: credentials.token("ann", life=-1000),
    }
    token = tokens.get(message.get("token"))
    return {**message, "token": token()} if token else message


@pytest.mark.parametrize("who, cases", CASES.items(), ids=CASES, indirect=["who"])
def test_each_error_is_answered_with_the_id_and_the_connection_lives(who, cases, credentials):
    temporary = {
        "RATE_LIMITED", "TOO_MANY_ROOMS", "TOKEN_EXPIRED", "ENGINE_UNAVAILABLE", "BACKEND_UNAVAILABLE", "DRAINING"}
    for message, code in cases:
        answer = who.ask({"id": 5, **fill(message, credentials)})
        expected = {"type": "error", "code": code, "temporary": code in temporary}
        assert expected.items() <= answer.items() and answer["detail"], (message, answer)
        # An id that is none cannot come back.
        assert answer.get("id") == (None if message.get("id") == [] else 5), (message, answer)


def test_the_cases_are_the_errors_that_the_document_names(hub):
    document = hub.get("/asyncapi.json").json
    named = {
        (message["name"].removeprefix("client."), code) for message in document["components"]["messages"].values()
        for code in message.get("x-errors", [])
    }
    tried = {(message["type"], code) for cases in CASES.values() for message, code in cases}
    assert tried == named


@pytest.mark.parametrize("data, code, close", [
    ("nonsense", "INVALID_JSON", 4500), (b"\x00", None, 1003), (json.dumps({"type": "ping", "x": "y" * 70_000}), None, 1009),
])
def test_what_is_no_message_ends_the_connection(hub, data, code, close):
    socket = hub.websocket()
    socket.expect("welcome")
    socket.send(data)
    if code:
        assert socket.expect("error")["code"] == code
    assert socket.expect_close()[0] == close
