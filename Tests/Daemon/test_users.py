"""Users as their tokens name them: what they publish, how many streams they have, and how they are put out."""

from support.credentials import bearer, now
from support.waiting import wait_until
from support.websocket import Closed
from test_token_life import auth, pong

STREAM = {"Accept": "text/event-stream"}


# Who publishes


def test_an_event_says_which_user_published_it(guard, credentials):
    hub = guard()
    reader = hub.secret_websocket(credentials.admin, "/v1/rooms/a/events")
    reader.expect("welcome")
    reader.expect("subscribed")
    token = credentials.token("ann é", publish=["a"])
    hub.publish("a", 1, headers=bearer(token))
    hub.post("/v1/events", '{"room":"a","data":2}', headers=bearer(token))
    hub.post("/v1/events", '{"room":"a","data":3}\n', headers={**bearer(token), "Content-Type": "application/x-ndjson"})
    socket = hub.secret_websocket(token)
    socket.expect("welcome")
    assert socket.ask({"type": "publish", "room": "a", "data": 4})["type"] == "published"
    assert [(frame["data"], frame.get("user")) for frame in reader.take(4)] == [(n, "ann é") for n in (1, 2, 3, 4)]
    hub.publish("a", 5, headers=hub.fields)
    assert "user" not in reader.expect("event")
    history = hub.get("/v1/rooms/a/events", headers=hub.fields).json["events"]
    assert [event.get("user") for event in history] == ["ann é"] * 4 + [None]


def test_an_idempotency_key_is_its_users_own(guard, credentials):
    hub = guard()
    other = credentials.key("never known")
    key = {"Idempotency-Key": "one"}

    def publish(credential):
        return hub.publish("a", 1, headers={**bearer(credential), **key})

    ann, bob = (credentials.token(user, publish=["a"]) for user in ("ann", "bob"))
    assert [publish(shown)["duplicate"] for shown in (ann, ann, bob, credentials.token("ann", publish=["a"]))] == [
        False, True, False, True
    ]
    assert publish(credentials.admin)["duplicate"] is False
    socket = hub.secret_websocket(ann)
    socket.expect("welcome")
    assert socket.ask({"type": "publish", "room": "a", "data": 1, "key": "one"})["duplicate"] is True
    hub.post("/v1/rooms/a/events", "1", headers=bearer(other)).expect_problem(401, "UNAUTHORIZED")


def test_api_keys_share_their_idempotency_keys(guard, credentials):
    first, second = credentials.key("first"), credentials.key("second")
    hub = guard()
    answers = [hub.publish("a", 1, headers={**bearer(key), "Idempotency-Key": "one"}) for key in (first, second)]
    assert [answer["duplicate"] for answer in answers] == [False, True]
    assert answers[0]["position"] == answers[1]["position"]


# Putting out


def delete(hub, user, query=""):
    return hub.curl("DELETE", f"/v1/users/{user}/connections{query}", headers=hub.fields)


def test_a_user_can_be_closed_and_comes_back(guard, credentials):
    hub = guard("--reactors", "2")
    tokens = {user: credentials.token(user, subscribe=["a"]) for user in ("ann", "bob")}
    sockets = [hub.secret_websocket(tokens["ann"]) for _ in range(4)]
    bob, key = hub.secret_websocket(tokens["bob"]), hub.secret_websocket(credentials.admin)
    for socket in [*sockets, bob, key]:
        socket.expect("welcome")
    stream = hub.events("/v1/rooms/a/events", headers=bearer(tokens["ann"]))
    stream.expect("roomcast:subscribed")
    answer = delete(hub, "ann")
    assert answer.status == 200 and answer.json == {"user": "ann", "closed": 5, "revoked": False}
    # A code that says to come back.
    assert {socket.expect_close() for socket in sockets} == {(4112, "closed")}
    assert stream.next() is None
    pong(bob)
    pong(key)
    assert hub.secret_websocket(tokens["ann"]).expect("welcome")["user"] == "ann"
    assert delete(hub, "nobody").json["closed"] == 0


def test_the_close_says_what_it_is_told_to_say(guard, credentials):
    hub = guard()
    socket = hub.secret_websocket(credentials.token("ann@example.org"))
    socket.expect("welcome")
    for query in ("?code=4000", "?code=1000", "?code=5000", "?code=x", "?revoke=maybe", f"?reason={'x' * 124}"):
        delete(hub, "ann%40example.org", query).expect_problem(400, "INVALID_REQUEST")
    pong(socket)
    assert delete(hub, "ann%40example.org", "?code=4999&reason=over%20there").json["closed"] == 1
    assert socket.expect_close() == (4999, "over there")


def test_a_revocation_ends_old_tokens_for_good(guard, credentials):
    hub = guard("--reactors", "2")
    old, bob = credentials.token("ann", subscribe=["a"]), credentials.token("bob", subscribe=["a"])
    nameless = credentials.token("ann", subscribe=["a"], iat=None)
    sockets = [hub.secret_websocket(old), hub.secret_websocket(nameless)]
    other = hub.secret_websocket(bob)
    for socket in [*sockets, other]:
        socket.expect("welcome")
    stream = hub.events("/v1/rooms/a/events", headers=bearer(old))
    stream.expect("roomcast:subscribed")
    kept = hub.raw()

    def ask(client, token):
        client.request("GET", "/v1/rooms/a/events", [f"Authorization: Bearer {token}"])
        return client.response()

    assert ask(kept, old).status == 200
    assert delete(hub, "ann", "?revoke=true").json == {"user": "ann", "closed": 3, "revoked": True}
    assert {socket.expect_close()[0] for socket in sockets} == {4501}
    assert stream.next() is None
    ask(kept, old).expect_problem(401, "UNAUTHORIZED")
    for token in (old, nameless):
        hub.get("/v1/rooms/a/events", headers=bearer(token)).expect_problem(401, "UNAUTHORIZED")
        hub.websocket(f"/v1/ws?token={token}").expect_refusal("UNAUTHORIZED", 4501)
        socket = hub.websocket()
        socket.expect("welcome")
        socket.send({"type": "auth", "token": token})
        socket.expect_refusal("UNAUTHORIZED", 4501)
    pong(other)
    assert ask(kept, bob).status == 200
    # The clock goes on: what is issued from the next second on is good.
    wait_until(
        lambda: hub.get("/v1/rooms/a/events", headers=bearer(credentials.token("ann", subscribe=["a"], iat=now()))).status == 200,
        what="a token issued later")
    ask(kept, old).expect_problem(401, "UNAUTHORIZED")


def test_an_old_token_does_not_refresh_after_a_revocation(guard, credentials):
    hub = guard()
    old = credentials.token("ann")
    delete(hub, "ann", "?revoke=true")
    new = credentials.token("ann", iat=now() + 5)
    socket = hub.secret_websocket(new)
    socket.expect("welcome")
    assert auth(socket, old)["code"] == "UNAUTHORIZED"
    pong(socket)


# How many


def test_a_users_streams_are_limited(guard, credentials):
    hub = guard("--limits-user-connections", "2")
    ann, bob = credentials.token("ann", subscribe=["a"]), credentials.token("bob", subscribe=["a"])
    first = hub.secret_websocket(ann)
    first.expect("welcome")
    stream = hub.events("/v1/rooms/a/events", headers=bearer(ann))
    stream.expect("roomcast:subscribed")

    def refused():
        answer = hub.get("/v1/rooms/a/events", headers={**STREAM, **bearer(ann)})
        assert "limits.user.connections" in answer.expect_problem(429, "TOO_MANY_CONNECTIONS")["detail"]
        for socket in (hub.secret_websocket(ann), hub.websocket(f"/v1/ws?token={ann}")):
            socket.expect("welcome")
            socket.expect_refusal("TOO_MANY_CONNECTIONS", 4129)
        socket = hub.websocket()
        socket.expect("welcome")
        socket.send({"type": "auth", "token": ann})
        socket.expect_refusal("TOO_MANY_CONNECTIONS", 4129)

    refused()
    # Another user has a limit of its own, and keys have none; requests are not streams.
    for credential in (bob, credentials.admin, credentials.admin, credentials.admin):
        hub.secret_websocket(credential).expect("welcome")
    assert hub.get("/v1/rooms/a/events", headers=bearer(ann)).status == 200
    # A refresh takes no second place.
    assert auth(first, ann)["type"] == "authenticated"
    refused()
    first.close()

    def comes_in():
        socket = hub.secret_websocket(ann)
        socket.expect("welcome")
        return socket.ask({"type": "ping"})["type"] == "pong"

    wait_until(comes_in, what="a free place")
    refused()


def test_a_place_is_free_again_however_a_stream_ends(guard, credentials):
    hub = guard("--limits-user-connections", "1")
    ann = credentials.token("ann", subscribe=["a"])

    def enter():
        socket = hub.secret_websocket(ann)
        socket.expect("welcome")
        try:
            return socket if socket.ask({"type": "ping"})["type"] == "pong" else None
        except Closed:
            return None  # the refusal was faster than the question

    def by_event_stream():
        stream = hub.events("/v1/rooms/a/events", headers=bearer(ann))
        return stream if stream.status == 200 else None

    wait_until(enter).abort()
    wait_until(by_event_stream).close()
    socket = wait_until(enter)
    delete(hub, "ann")
    socket.expect_close()
    socket.close()
    wait_until(by_event_stream).close()
    wait_until(enter)
