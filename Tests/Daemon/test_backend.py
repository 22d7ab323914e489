"""A backend that decides what clients may do: connect, subscribe, publish."""

import threading
import time

import pytest

from support.credentials import bearer
from support.waiting import wait_until

ALLOW = (200, {"allow": True})


@pytest.fixture
def decided(guard, credentials):
    """Starts hubs whose rooms `chat:…` are decided by the backend."""

    def decided(backend, *flags, connect=None, **rule):
        credentials.settings["webhooks"] = {"targets": [backend.target()]}
        if connect is not None:
            credentials.settings["webhooks"]["connect"] = {"target": "ours", **connect}
        else:
            credentials.settings["namespaces"] = [{"name": "chat", "backend": {"target": "ours", **rule}}]
        return guard(*flags)

    return decided


@pytest.fixture
def client(credentials):
    """A WebSocket of a user who may do everything in the rooms `chat:…`."""

    def client(hub, user="ann", **options):
        socket = hub.secret_websocket(credentials.token(user, ["chat:*"], ["chat:*"]), **options)
        socket.connection = socket.expect("welcome")["connection"]
        return socket

    return client


def by_room(request):
    """Allows what happens in `chat:open`, and nothing else."""
    question = request.json
    return (200, {"allow": question["room"] == "chat:open", "detail": f"{question['type']} is not for you"})


def publish(socket, data, room="chat:open", event="said", **more):
    return socket.ask({"type": "publish", "id": 7, "room": room, "event": event, "data": data, **more})


# Publishing


def test_a_backend_allows_and_refuses_events(decided, client, receive):
    backend = receive(by_room)
    hub = decided(backend, on=["publish"])
    socket = client(hub)
    assert publish(socket, {"text": "hi"})["offset"] == 1
    refused = publish(socket, 1, room="chat:closed")
    assert (refused["code"], refused["detail"]) == ("FORBIDDEN", "publish is not for you")
    first = backend.requests[0]
    assert first.is_signed() and first.json["id"] == first.headers["webhook-id"]
    assert {key: first.json[key] for key in ("type", "room", "event", "data", "user", "connection")} == {
        "type": "publish", "room": "chat:open", "event": "said", "data": {"text": "hi"}, "user": "ann",
        "connection": socket.connection,
    }
    assert [event["data"] for event in hub.get("/v1/rooms/chat:open/events", headers=hub.fields).json["events"]] == [
        {"text": "hi"}
    ]


def test_services_are_not_asked_about(decided, receive):
    backend = receive(lambda request: (200, {"allow": False}))
    hub = decided(backend)
    hub.publish("chat:open", 1, headers=hub.fields)
    socket = hub.secret_websocket(hub.fields["Authorization"].split()[1])
    socket.expect("welcome")
    assert socket.ask({"type": "subscribe", "room": "chat:open"})["type"] == "subscribed"
    assert publish(socket, 1, echo=False)["type"] == "published"
    assert backend.requests == []


def test_only_the_named_events_are_asked_about(decided, client, receive):
    backend = receive(lambda request: (200, {"allow": False}))
    hub = decided(backend, on=["publish"], events=["move"])
    socket = client(hub)
    assert publish(socket, 1)["type"] == "published"
    assert publish(socket, 1, event="move")["code"] == "FORBIDDEN"
    assert socket.ask({"type": "subscribe", "room": "chat:open"})["type"] == "subscribed"
    assert len(backend.requests) == 1


def test_a_backend_publishes_something_else(decided, client, receive):
    backend = receive(lambda request: (200, {"allow": True, "event": "moved", "data": {"was": request.json["data"]}}))
    hub = decided(backend, on=["publish"])
    socket = client(hub)
    socket.send({"type": "subscribe", "room": "chat:1"})
    socket.expect("subscribed")
    socket.send({"type": "publish", "room": "chat:1", "event": "move", "data": [1]})
    frames = {frame["type"]: frame for frame in socket.take(2)}
    assert frames["published"]["offset"] == 1
    event = frames["event"]
    assert (event["event"], event["data"], event["user"]) == ("moved", {"was": [1]}, "ann")


def test_a_backend_replies_to_the_sender_alone(decided, client, receive):
    backend = receive(lambda request: (200, {"allow": False, "reply": {"event": "answer", "data": 42}}))
    hub = decided(backend, on=["publish"])
    other = client(hub, "bob")
    other.send({"type": "subscribe", "room": "chat:1"})
    other.expect("subscribed")
    socket = client(hub)
    socket.send({"type": "publish", "id": 9, "room": "chat:1", "event": "question", "data": 1})
    event, published = socket.take(2)
    assert event["type"] == "event" and (event["event"], event["data"]) == ("answer", 42)
    assert "position" not in event and "offset" not in event
    assert published == {"type": "published", "id": 9, "room": "chat:1", "duplicate": False}
    hub.publish("chat:1", "later", headers=hub.fields)
    assert other.expect("event")["data"] == "later"


def test_what_users_post_over_http_is_decided_too(decided, credentials, receive):
    answers = {"yes": {"allow": True}, "no": {"allow": False}, "reply": {"allow": False, "reply": {"data": 1}}}
    backend = receive(lambda request: (200, answers[request.json["event"]]))
    hub = decided(backend, on=["publish"])
    fields = bearer(credentials.token("ann", publish=["chat:*"]))
    assert hub.publish("chat:1", 1, "event=yes", headers=fields)["offset"] == 1
    hub.post("/v1/rooms/chat:1/events?event=no", "1", headers=fields).expect_problem(403, "FORBIDDEN")
    answer = hub.post("/v1/rooms/chat:1/events?event=reply", "1", headers=fields)
    assert (answer.status, answer.json) == (200, {"room": "chat:1", "reply": {"event": "message", "data": 1}})
    many = hub.post("/v1/events", '[{"room":"chat:1","event":"yes","data":1}]', headers=fields)
    assert many.json["results"][0]["code"] == "FORBIDDEN"
    assert [request.json.get("connection") for request in backend.requests] == [None] * 3


def test_the_order_of_one_clients_messages_holds(decided, client, receive):
    def slow_at_first(request):
        if request.json["data"] % 3 == 0:
            time.sleep(0.1)
        return ALLOW

    hub = decided(receive(slow_at_first), on=["publish"])
    socket = client(hub)
    for number in range(12):
        socket.send({"type": "publish", "id": number, "room": "chat:1", "data": number})
    assert [(frame["id"], frame["offset"]) for frame in socket.take(12)] == [(n, n + 1) for n in range(12)]


# Subscribing and connecting


def test_a_backend_decides_who_subscribes(decided, client, credentials, receive):
    backend = receive(by_room)
    hub = decided(backend, on=["subscribe"])
    socket = client(hub)
    assert socket.ask({"type": "subscribe", "room": "chat:open"})["type"] == "subscribed"
    assert socket.ask({"type": "subscribe", "room": "chat:closed"})["code"] == "FORBIDDEN"
    fields = bearer(credentials.token("ann", ["chat:*"]))
    stream = {"Accept": "text/event-stream"}
    hub.get("/v1/rooms/chat:closed/events", headers={**fields, **stream}).expect_problem(403, "FORBIDDEN")
    hub.events("/v1/rooms/chat:open/events", headers=fields)
    assert [request.json["type"] for request in backend.requests] == ["subscribe"] * 4


def test_answers_are_remembered_as_long_as_they_say(decided, client, receive):
    backend = receive(lambda request: (200, {"allow": True, "cacheSeconds": 3600 if request.json["user"] == "ann" else 0}))
    hub = decided(backend, on=["subscribe"], cache="1h")

    def subscribe(user, room):
        socket = client(hub, user)
        assert socket.ask({"type": "subscribe", "room": room})["type"] == "subscribed"

    for user, room in (("ann", "chat:1"), ("ann", "chat:1"), ("bob", "chat:1"), ("bob", "chat:1"), ("ann", "chat:2")):
        subscribe(user, room)
    asked = [(request.json["user"], request.json["room"]) for request in backend.requests]
    # Each reactor remembers for itself.
    assert asked.count(("bob", "chat:1")) == 2 and asked.count(("ann", "chat:2")) == 1
    assert 1 <= asked.count(("ann", "chat:1")) <= 2


def test_a_backend_decides_who_connects(decided, credentials, receive):
    backend = receive(lambda request: (200, {"allow": request.json.get("user") == "ann", "detail": "ann alone"}))
    hub = decided(backend, connect={})
    ann, bob = (credentials.token(user, ["a"]) for user in ("ann", "bob"))
    hub.secret_websocket(ann).expect("welcome")
    refused = hub.secret_websocket(bob)
    assert refused.expect("error")["detail"] == "ann alone"
    assert refused.expect_close()[0] == 4503
    late = hub.websocket()
    late.expect("welcome")
    late.send({"type": "auth", "token": bob})
    late.expect_refusal("FORBIDDEN", 4503)
    stream = {"Accept": "text/event-stream"}
    hub.get("/v1/rooms/a/events", headers={**bearer(bob), **stream}).expect_problem(403, "FORBIDDEN")
    assert {request.json["type"] for request in backend.requests} == {"connect"}
    assert all(request.is_signed() for request in backend.requests)


# Away


@pytest.mark.parametrize("answer", [
    500, (200, {"allow": "yes"}), (200, b"no json"), 204, None, (200, {"allow": True, "event": "roomcast:x"}),
    (200, {"allow": True, "data": "x" * (2 << 20)}),
])
def test_an_answer_that_is_none_leaves_the_decision_to_the_setting(decided, client, receive, answer):
    hub = decided(receive(lambda request: answer), on=["publish"])
    refused = publish(client(hub), 1)
    assert (refused["code"], refused["temporary"]) == ("BACKEND_UNAVAILABLE", True), refused


def test_a_backend_that_is_away_may_count_as_allowing(decided, client, receive):
    backend = receive(lambda request: 503)
    hub = decided(backend, away="allow")
    socket = client(hub)
    assert publish(socket, 1)["type"] == "published"
    assert socket.ask({"type": "subscribe", "room": "chat:2"})["type"] == "subscribed"
    backend.stop()
    assert publish(socket, 2)["offset"] == 2
    backend.answer = lambda request: (200, {"allow": False})
    backend.start(backend.port)
    assert publish(socket, 3)["code"] == "FORBIDDEN"
    assert hub.metrics().value("roomcast_backend_questions_total", {"target": "ours", "result": "failed"}) == 3


@pytest.mark.parametrize("answer", [404, 302, (200, b"what?"), (200, {}), (200, b"x" * (2 << 20))])
def test_a_backend_that_answers_wrongly_is_not_away(decided, client, receive, answer):
    backend = receive(lambda request: answer)
    socket = client(decided(backend, away="allow"))
    assert publish(socket, 1)["code"] == "BACKEND_UNAVAILABLE"
    assert socket.ask({"type": "subscribe", "room": "chat:2"})["code"] == "BACKEND_UNAVAILABLE"


def test_a_crowd_of_questions_does_not_make_a_backend_away(decided, client, receive):
    wait = threading.Event()
    backend = receive(lambda request: wait.wait(30) and ALLOW)
    hub = decided(
        backend, "--reactors", "1", "--webhooks-calls", "1",
        "--webhooks-waiting", "0", on=["publish"], time="20s", away="allow")
    first, second = client(hub), client(hub, "bob")
    first.send({"type": "publish", "room": "chat:1", "data": 1})
    wait_until(lambda: backend.connections == 1, what="the first question")
    assert publish(second, 1)["code"] == "BACKEND_UNAVAILABLE"
    wait.set()
    first.expect("published")


def test_a_backend_that_does_not_answer_in_time_is_away(decided, client, credentials, receive):
    wait = threading.Event()
    hub = decided(receive(lambda request: wait.wait(30) and ALLOW), on=["publish"], time="100ms")
    assert publish(client(hub), 1)["code"] == "BACKEND_UNAVAILABLE"
    fields = bearer(credentials.token("ann", publish=["chat:*"]))
    hub.post("/v1/rooms/chat:1/events", "1", headers=fields).expect_problem(503, "BACKEND_UNAVAILABLE")
    wait.set()


def test_questions_under_way_and_waiting_are_bounded(decided, client, receive):
    wait, lock, open_now, most = threading.Event(), threading.Lock(), [0], [0]

    def count(request):
        with lock:
            open_now[0] += 1
            most[0] = max(most[0], open_now[0])
        wait.wait(30)
        with lock:
            open_now[0] -= 1
        return ALLOW

    backend = receive(count)
    hub = decided(
        backend, "--reactors", "1", "--webhooks-calls", "2", "--webhooks-waiting", "3", on=["publish"], time="20s")
    sockets = [client(hub, f"user{number}") for number in range(8)]
    for socket in sockets[:5]:
        socket.send({"type": "publish", "room": "chat:1", "data": 1})
    wait_until(lambda: open_now[0] == 2, what="two questions under way")
    hub.wait_for_metric("roomcast_backend_waiting", lambda value: value == 3, {"target": "ours"})
    for socket in sockets[5:]:
        assert publish(socket, 1)["code"] == "BACKEND_UNAVAILABLE"
    wait.set()
    for socket in sockets[:5]:
        socket.expect("published")
    assert most[0] == 2 and len(backend.requests) == 5
