"""Limits on who may connect and how fast: what happens at each, one past it, and when one leaves."""

import json
import select

import pytest

from support.raw import frame
from support.waiting import wait_until
from support.websocket import Closed

# Another address of this machine, which the limits of 127.0.0.1 do not touch.
ELSEWHERE = ["--interface", "127.0.0.2"]


class Observer:
    """Asks on one connection that was there before everybody else, so that asking is no new connection."""

    def __init__(self, hub):
        self.connection = hub.raw()
        self.get("/health")

    def get(self, path):
        self.connection.request("GET", path)
        return self.connection.response()

    def refused(self, limit):
        prefix = f'roomcast_refused_total{{limit="{limit}"}} '
        return next(int(line[len(prefix):]) for line in self.get("/metrics").text.split("\n") if line.startswith(prefix))


def ask(hub, path="/v1/rooms", fields=()):
    client = hub.raw()
    client.request("GET", path, fields)
    response = client.response()
    return client, response


# Connections of one address


@pytest.fixture
def narrow(start):
    """A hub that takes two connections of an address, and both are taken."""
    hub = start("--limits-address-connections", "2")
    hub.held = [hub.subscriber("a") for _ in range(2)]
    return hub


def test_one_connection_too_many_of_an_address_is_told_and_closed(narrow):
    client, response = ask(narrow)
    problem = response.expect_problem(429, "TOO_MANY_CONNECTIONS")
    assert "limits.address.connections" in problem["detail"] and problem["temporary"] is True
    assert response.field("Connection") == "close" and client.rest() == b""


def test_an_event_stream_too_many_is_429(narrow):
    stream = narrow.events("/v1/rooms/a/events")
    assert (stream.status, stream.read()["code"]) == (429, "TOO_MANY_CONNECTIONS")
    assert int(stream.fields["Retry-After"]) >= 1


def test_a_websocket_too_many_is_told_in_a_frame(narrow):
    refusal = narrow.websocket("/v1/rooms/a/events")
    error = refusal.expect("error")
    assert error["code"] == "TOO_MANY_CONNECTIONS" and "limits.address.connections" in error["detail"]
    assert refusal.expect_close()[0] == 4129
    assert narrow.held[0].ask({"type": "ping"}) == {"type": "pong"}


def test_another_address_is_served_and_sees_the_count(narrow):
    for _ in range(3):
        ask(narrow)
    answer = narrow.get("/v1/rooms", options=ELSEWHERE)
    assert answer.status == 200
    metrics = narrow.get("/metrics", options=ELSEWHERE).text
    assert 'roomcast_refused_total{limit="address"} 3\n' in metrics
    assert 'roomcast_errors_total{code="TOO_MANY_CONNECTIONS"} 3\n' in metrics


def test_probes_are_answered_whatever_the_limit(narrow):
    for path in ("/health", "/ready"):
        client, response = ask(narrow, path)
        assert response.status == 200 and response.field("Connection") == "close" and client.rest() == b""


def test_when_one_leaves_the_next_is_served(narrow):
    for _ in range(3):
        narrow.held.pop().close()
        wait_until(lambda: narrow.get("/v1/rooms").status == 200, what="room for one more")

        def enter():
            socket = narrow.websocket()
            return socket if socket.receive()["type"] == "welcome" else None

        narrow.held.append(wait_until(enter, what="room for one more"))
        assert narrow.get("/v1/rooms").status == 429


def test_whoever_waits_to_be_told_is_bounded_too(start):
    """As many again as the limit, at least 64, may be told; more are closed at once."""
    hub = start("--limits-address-connections", "2")
    clients = [hub.raw() for _ in range(2 + 64 + 10)]
    closed = set()

    def look():
        ready, _, _ = select.select([c.socket for c in clients if c not in closed], [], [], 0.1)
        closed.update(client for client in clients if client.socket in ready and client.receive() == b"")
        return len(closed) >= 10

    wait_until(look, what="ten closed without a word")
    assert len(closed) == 10
    # Which of them came first is for the reactors to say.
    answers = []
    for client in clients:
        if client not in closed:
            client.request("GET", "/v1/rooms")
            answers.append(client.response())
    assert sorted(answer.status for answer in answers) == [200] * 2 + [429] * 64
    metrics = hub.get("/metrics", options=ELSEWHERE).text
    assert 'roomcast_refused_total{limit="address"} 74\n' in metrics


def test_all_connections_are_counted_by_one_name(start):
    hub = start("--connections", "2")
    observer, held = Observer(hub), hub.subscriber("a")
    client, response = ask(hub)
    assert "`connections`" in response.expect_problem(429, "TOO_MANY_CONNECTIONS")["detail"]
    assert observer.refused("connections") == 1
    assert held.ask({"type": "ping"}) == {"type": "pong"}


# New connections a second


def test_new_connections_beyond_the_rate_are_told_and_the_next_second_takes_more(start):
    hub = start("--limits-handshakes", "1")
    observer = Observer(hub)
    clients = [hub.raw() for _ in range(20)]
    answers = []
    for client in clients:
        client.request("GET", "/v1/rooms")
        answers.append(client.response())
    refusals = [answer for answer in answers if answer.status != 200]
    assert refusals, answers
    for answer in refusals:
        problem = answer.expect_problem(429, "RATE_LIMITED")
        assert "limits.handshakes" in problem["detail"] and int(answer.field("Retry-After")) >= 1
        assert answer.field("Connection") == "close"
    assert observer.refused("handshakes") == len(refusals)
    assert observer.get("/v1/rooms").status == 200
    wait_until(lambda: ask(hub)[1].status == 200, what="a second that takes one")


def test_a_websocket_beyond_the_rate_is_told_in_a_frame(start):
    hub = start("--limits-handshakes", "1")
    codes = set()

    def knock():
        socket = hub.websocket()
        first = socket.receive()
        if first["type"] == "error":
            codes.add((first["code"], socket.expect_close()[0]))
        return codes

    wait_until(knock, what="a refusal")
    assert codes == {("RATE_LIMITED", 4129)}


def test_probes_are_answered_whatever_the_rate(start):
    hub = start("--limits-handshakes", "1")
    assert [hub.get("/health").status for _ in range(10)] == [200] * 10


# Messages and bytes of a client


def flood(socket, count, first=0, padding=""):
    """Sends so many pings with ids at once, and returns the answers."""
    for number in range(first, first + count):
        socket.send({"type": "ping", "id": number, **({"x": padding} if padding else {})})
    return socket.take(count)


def test_messages_beyond_the_rate_are_dropped_and_each_is_told(start):
    hub = start("--limits-messages", "2")
    socket = hub.websocket()
    socket.expect("welcome")
    answers = flood(socket, 30)
    assert [answer["id"] for answer in answers] == list(range(30))
    assert [answer["type"] for answer in answers[:2]] == ["pong"] * 2
    errors = [answer for answer in answers if answer["type"] == "error"]
    assert errors and {(error["code"], error["temporary"]) for error in errors} == {("RATE_LIMITED", True)}
    assert "limits.messages" in errors[0]["detail"]
    assert hub.metrics().value("roomcast_refused_total", {"limit": "messages"}) == len(errors)
    wait_until(lambda: socket.ask({"type": "ping"})["type"] == "pong", what="an answer again")


def test_one_clients_rate_is_not_anothers(start):
    hub = start("--limits-messages", "2")
    sockets = [hub.websocket() for _ in range(3)]
    for socket in sockets:
        socket.expect("welcome")
        assert [answer["type"] for answer in flood(socket, 2)] == ["pong"] * 2


def test_a_dropped_message_does_nothing(start):
    hub = start("--limits-messages", "2")
    socket = hub.websocket()
    socket.expect("welcome")
    for number in range(20):
        socket.send({"type": "publish", "id": number, "room": "a", "data": number})
    answers = socket.take(20)
    published = [answer["id"] for answer in answers if answer["type"] == "published"]
    kept = [event["data"] for event in hub.get("/v1/rooms/a/events").json["events"]]
    assert len(published) < 20 and kept == published


def test_who_never_slows_down_is_closed(start):
    hub = start("--limits-messages", "1")
    socket = hub.websocket()
    socket.expect("welcome")

    def closed():
        try:
            flood(socket, 10)
        except Closed as end:
            return end

    end = wait_until(closed, limit=30, what="a close")
    assert (end.code, end.reason) == (4129, "RATE_LIMITED")
    assert hub.publish("a", 1)["offset"] == 1


def test_pings_of_the_protocol_count_and_are_not_all_answered(start):
    hub = start("--limits-messages", "1")
    client = hub.raw()
    client.upgrade()
    client.receive_frame()
    for number in range(20):
        client.frame(9, str(number))
    client.frame(8, b"\x03\xe8")
    answers = []
    while True:
        opcode, payload = client.receive_frame()
        if opcode == 8:
            break
        answers.append((opcode, payload))
    assert answers[0] == (10, b"0") and len(answers) < 20
    assert hub.metrics().value("roomcast_refused_total", {"limit": "messages"}) == 20 - len(answers)


def test_bytes_beyond_the_rate_are_dropped(start):
    hub = start("--limits-bytes", "500", "--client-message-bytes", "1000")
    socket = hub.websocket()
    socket.expect("welcome")
    # The largest message is always taken, though it is more than a second's worth.
    answers = flood(socket, 10, padding="x" * 900)
    assert answers[0]["type"] == "pong"
    errors = [answer for answer in answers if answer["type"] == "error"]
    assert errors and {error["code"] for error in errors} == {"RATE_LIMITED"}
    assert "limits.bytes" in errors[0]["detail"] and errors[-1]["id"] == 9
    assert hub.metrics().value("roomcast_refused_total", {"limit": "bytes"}) == len(errors)


def test_many_messages_in_one_segment_are_counted_one_by_one(start):
    hub = start("--limits-messages", "3")
    client = hub.raw()
    client.upgrade()
    client.receive_frame()
    client.send(b"".join(frame(1, '{"type":"ping"}') for _ in range(50)))
    answers = [json.loads(client.receive_frame()[1])["type"] for _ in range(50)]
    assert answers[:3] == ["pong"] * 3 and "error" in answers


def test_the_hub_itself_is_not_slowed_by_a_clients_rate(start):
    hub = start("--limits-messages", "1", "--limits-bytes", "128", "--client-message-bytes", "128")
    socket = hub.subscriber("a")
    hub.publish_lines([{"room": "a", "data": number} for number in range(500)])
    assert [event["data"] for event in socket.take(500)] == list(range(500))


# Publishes of a key or user


def test_publishes_beyond_the_rate_are_429_with_the_time_to_wait(start):
    hub = start("--limits-publishes", "2")
    client = hub.raw()
    answers = []
    for number in range(20):
        client.request("POST", "/v1/rooms/a/events", ["Content-Type: application/json"], b"%d" % number)
    for number in range(20):
        answers.append(client.response())
    taken = [number for number, answer in enumerate(answers) if answer.status == 201]
    assert taken[:2] == [0, 1] and len(taken) < 20
    for answer in answers:
        if answer.status != 201:
            problem = answer.expect_problem(429, "RATE_LIMITED")
            assert "limits.publishes" in problem["detail"] and int(answer.field("Retry-After")) >= 1
    assert [event["data"] for event in hub.get("/v1/rooms/a/events").json["events"]] == taken
    assert hub.metrics().value("roomcast_refused_total", {"limit": "publishes"}) == 20 - len(taken)
    wait_until(lambda: hub.post("/v1/rooms/a/events", "1").status == 201, what="a publish that is taken")


def test_each_envelope_and_each_of_its_rooms_counts(start):
    hub = start("--limits-publishes", "3")
    envelopes = [{"rooms": ["a", "b"], "data": 1}, {"rooms": ["c", "d"], "data": 2}, *[{"room": "e", "data": 3}] * 20]
    results = hub.post("/v1/events", json.dumps(envelopes), headers={"Content-Type": "application/json"}).json["results"]
    assert len(results) == 24
    assert [result.get("room") for result in results[:3]] == ["a", "b", "c"]
    refusals = [result for result in results if "code" in result]
    assert refusals and {result["code"] for result in refusals} == {"RATE_LIMITED"}


def test_each_line_counts(start):
    hub = start("--limits-publishes", "3")
    body = "\n".join(json.dumps({"room": "a", "data": number}) for number in range(50))
    report = hub.post("/v1/events", body, headers={"Content-Type": "application/x-ndjson"}).json
    assert report["accepted"] >= 3 and report["failed"] == 50 - report["accepted"] > 0
    assert {error["code"] for error in report["errors"]} == {"RATE_LIMITED"}
    assert "limits.publishes" in report["errors"][0]["detail"]


def test_a_clients_publishes_count_too(start):
    hub = start("--limits-publishes", "2")
    socket = hub.websocket()
    socket.expect("welcome")
    for number in range(20):
        socket.send({"type": "publish", "id": number, "room": "a", "data": number})
    answers = socket.take(20)
    assert [answer["type"] for answer in answers[:2]] == ["published"] * 2
    errors = [answer for answer in answers if answer["type"] == "error"]
    assert errors and errors[0]["code"] == "RATE_LIMITED" and "limits.publishes" in errors[0]["detail"]
    assert socket.ask({"type": "ping"}) == {"type": "pong"}


def test_what_is_wrong_with_a_publish_counts_as_well(start):
    """Nonsense has to be read too: it must not be a way around the limit."""
    hub = start("--limits-publishes", "1")
    answers = [hub.post("/v1/rooms/a/events", "{").status for _ in range(20)]
    assert set(answers) == {400, 429} and answers[0] == 400
    assert hub.metrics().value("roomcast_refused_total", {"limit": "publishes"}) == answers.count(429)


# Names


@pytest.fixture
def terse(start):
    return start("--limits-room-name", "3", "--limits-event-name", "3")


def test_a_room_name_beyond_the_limit_is_refused_wherever_it_stands(terse):
    assert terse.publish("abc", 1)["offset"] == 1
    for method, path in [("POST", "/v1/rooms/abcd/events"), ("GET", "/v1/rooms/abcd/events"), ("GET", "/v1/rooms/abcd")]:
        problem = terse.curl(method, path, data=b"1" if method == "POST" else None).expect_problem(400, "INVALID_ROOM")
        assert "limits.roomName" in problem["detail"] and "3" in problem["detail"]
    stream = terse.events("/v1/events?room=abc&room=abcd")
    assert (stream.status, stream.read()["code"]) == (400, "INVALID_ROOM")
    results = terse.post("/v1/events", '{"rooms":["abc","abcd"],"data":1}').json["results"]
    assert results[0]["offset"] == 2 and results[1]["code"] == "INVALID_ROOM"
    socket = terse.websocket()
    socket.expect("welcome")
    for kind in ("subscribe", "unsubscribe", "publish", "history"):
        error = socket.ask({"type": kind, "id": kind, "room": "abcd", "data": 1})
        assert (error["id"], error["code"]) == (kind, "INVALID_ROOM") and "limits.roomName" in error["detail"]


def test_an_event_name_beyond_the_limit_is_refused_wherever_it_stands(terse):
    assert terse.publish("abc", 1, "event=%C3%A9a")["offset"] == 1
    problem = terse.post("/v1/rooms/abc/events?event=%C3%A9ab", "1").expect_problem(400, "INVALID_EVENT")
    assert "limits.eventName" in problem["detail"]
    results = terse.post("/v1/events", '[{"room":"abc","event":"abc","data":1},{"room":"abc","event":"abcd","data":1}]').json
    assert [result.get("code") for result in results["results"]] == [None, "INVALID_EVENT"]
    socket = terse.websocket()
    socket.expect("welcome")
    error = socket.ask({"type": "publish", "id": 1, "room": "abc", "event": "abcd", "data": 1})
    assert (error["id"], error["code"]) == (1, "INVALID_EVENT") and "limits.eventName" in error["detail"]
    assert socket.ask({"type": "publish", "id": 2, "room": "abc", "event": "abc", "data": 1})["type"] == "published"
