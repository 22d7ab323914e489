"""What happens while a backend thinks: nobody is served who may be refused, and nothing goes around its answer."""

import threading

import pytest

from support.credentials import bearer
from support.receiver import Receiver
from support.waiting import seconds, wait_until

ALLOW, REFUSE = (200, {"allow": True}), (200, {"allow": False, "detail": "not you"})


class Thinker:
    """Answers when it is told to; `asked` counts the questions."""

    def __init__(self):
        self.questions = []
        self._answer = threading.Event()
        self._verdict = ALLOW
        self.receiver = Receiver(self._think)

    def _think(self, request):
        self.questions.append(request.json)
        self._answer.wait(seconds(20))
        return self._verdict

    def wait_for_question(self, count=1):
        wait_until(lambda: len(self.questions) >= count, what=f"{count} questions")
        return self.questions[count - 1]

    def answer(self, verdict):
        self._verdict = verdict
        self._answer.set()


@pytest.fixture
def thinker():
    thinker = Thinker()
    yield thinker
    thinker.answer(ALLOW)
    thinker.receiver.stop()


@pytest.fixture
def decided(guard, credentials, thinker):
    def decided(*flags, connect=False, on=(), presence=False):
        webhooks = credentials.settings["webhooks"] = {"targets": [thinker.receiver.target()]}
        if connect:
            webhooks["connect"] = {"target": "ours", "time": "30s"}
        if on:
            credentials.settings["namespaces"] = [{
                "name": "chat", "presence": presence, "backend": {"target": "ours", "on": list(on), "time": "30s"}}]
        return guard(*flags)

    return decided


def socket_of(hub, credentials, user="ann"):
    return hub.secret_websocket(credentials.token(user, subscribe=["*"], publish=["*"], presence=["*"]))


def test_nobody_is_served_before_the_backend_has_let_them_in(decided, credentials, thinker):
    hub = decided(connect=True)
    socket = socket_of(hub, credentials)
    thinker.wait_for_question()
    answer = hub.post("/v1/users/ann/events", '"secret"', headers=hub.fields)
    assert answer.json == {"user": "ann", "connections": 0}
    assert hub.get("/v1/connections", headers=hub.fields).json["connections"] == []
    thinker.answer(REFUSE)
    socket.expect_refusal("FORBIDDEN", 4503)


def test_who_is_let_in_is_welcomed_first(decided, credentials, thinker):
    hub = decided(connect=True)
    socket = socket_of(hub, credentials)
    thinker.wait_for_question()
    hub.post("/v1/users/ann/events", "1", headers=hub.fields)
    thinker.answer(ALLOW)
    socket.expect("welcome")
    hub.post("/v1/users/ann/events", "2", headers=hub.fields)
    assert socket.expect("event")["data"] == 2


def test_a_room_is_subscribed_once_whoever_asks_for_it_meanwhile(decided, credentials, thinker):
    hub = decided(on=["subscribe"])
    socket = socket_of(hub, credentials)
    identity = socket.expect("welcome")["connection"]
    socket.send({"type": "subscribe", "id": 1, "room": "chat:1"})
    thinker.wait_for_question()
    path = f"/v1/connections/{identity}/rooms/chat:1"
    assert hub.curl("PUT", path, headers=hub.fields).status == 200
    assert "id" not in socket.expect("subscribed")
    thinker.answer(ALLOW)
    assert (socket.expect("error")["code"], hub.get("/v1/rooms/chat:1", headers=hub.fields).json["subscribers"]) == ("CONFLICT", 1)
    hub.publish("chat:1", "once", headers=hub.fields)
    assert socket.expect("event")["data"] == "once"
    assert socket.ask({"type": "unsubscribe", "id": 2, "room": "chat:1"})["type"] == "unsubscribed"
    assert hub.get("/v1/rooms/chat:1", headers=hub.fields).json["subscribers"] == 0


@pytest.mark.parametrize("read", ["history", "members", "GET history", "GET members"])
def test_what_a_subscriber_may_not_have_a_reader_may_not_have_either(decided, credentials, thinker, read):
    hub = decided(on=["subscribe"], presence=True)
    hub.publish("chat:1", "secret", headers=hub.fields)
    thinker.answer(REFUSE)
    if read.startswith("GET"):
        path = "/v1/rooms/chat:1/" + ("events" if "history" in read else "members")
        token = credentials.token("ann", subscribe=["*"])
        answer = hub.get(path, headers=bearer(token))
        assert (answer.status, answer.json["code"], answer.json["detail"]) == (403, "FORBIDDEN", "not you")
    else:
        socket = socket_of(hub, credentials)
        socket.expect("welcome")
        answer = socket.ask({"type": read, "id": 3, "room": "chat:1"})
        assert (answer["id"], answer["code"], answer["detail"]) == (3, "FORBIDDEN", "not you")
    assert thinker.questions[-1]["type"] == "subscribe" and thinker.questions[-1]["user"] == "ann"
    # Backend services are not asked about.
    assert len(hub.get("/v1/rooms/chat:1/events", headers=hub.fields).json["events"]) == 1


def test_a_right_that_is_lost_meanwhile_is_lost(decided, credentials, thinker):
    hub = decided(on=["publish"])
    token = credentials.token("ann", publish=["*"])
    answers = []
    poster = threading.Thread(target=lambda: answers.append(
        hub.post("/v1/rooms/chat:1/events", "1", headers=bearer(token))))
    poster.start()
    thinker.wait_for_question()
    closed = hub.curl("DELETE", "/v1/users/ann/connections?revoke=true", headers=hub.fields)
    assert closed.json["revoked"] is True
    thinker.answer(ALLOW)
    poster.join(seconds(20))
    assert (answers[0].status, answers[0].json["code"]) == (401, "UNAUTHORIZED")
    assert hub.get("/v1/rooms/chat:1/events", headers=hub.fields).json["events"] == []


def test_an_event_stream_has_its_head_before_anything_else(decided, credentials, thinker):
    hub = decided("--ping", "1s", on=["subscribe"])
    token = credentials.token("ann", subscribe=["*"])
    fields = [f"Authorization: Bearer {token}"]
    stream = hub.raw()
    stream.request("GET", "/v1/rooms/chat:1/events", ["Accept: text/event-stream", *fields])
    thinker.wait_for_question()
    # When one that came later is pinged, a heartbeat of the stream would have been due.
    watch = hub.raw()
    watch.upgrade(fields=fields)
    while watch.receive_frame()[0] != 9:
        pass
    thinker.answer(ALLOW)
    assert stream.receive().startswith(b"HTTP/1.1 200 ")
