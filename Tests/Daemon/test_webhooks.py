"""What the hub tells services over HTTP: connections, rooms and members, signed, in batches, in order."""

import json
import pathlib

import pytest

from support.receiver import SECRET
from support import certificates


@pytest.fixture
def settle(tmp_path):
    """Writes a settings file, and returns the flags that name it."""

    def settle(settings, name="hub.json"):
        file = pathlib.Path(tmp_path / name)
        file.write_text(json.dumps(settings))
        file.chmod(0o600)
        return "--settings", str(file)

    return settle


def types(events):
    return [event["type"] for event in events]


def told(receiver, **more):
    """Settings of a hub that tells the receiver of connections."""
    return {"webhooks": {"targets": [receiver.target()], "connections": "ours", **more}}


# Connections


def test_connections_that_open_and_close_are_told_and_signed(start, receive, settle):
    receiver = receive()
    hub = start(*settle(told(receiver)))
    socket = hub.websocket()
    connection = socket.expect("welcome")["connection"]
    stream = hub.events("/v1/rooms/a/events")
    receiver.wait_for(2)
    socket.close()
    stream.close()
    events = receiver.wait_for(4)
    assert [event["sequence"] for event in events] == [1, 2, 3, 4]
    assert sorted((event["type"], event["kind"]) for event in events) == [
        ("connection.closed", "sse"), ("connection.closed", "websocket"),
        ("connection.opened", "sse"), ("connection.opened", "websocket"),
    ]
    assert [event["type"] for event in events if event["connection"] == connection] == [
        "connection.opened", "connection.closed"
    ]
    for request in receiver.requests:
        assert request.is_signed() and request.path == "/hooks?from=hub"
        assert request.headers["Content-Type"] == "application/json"
        assert request.headers["Host"] == f"127.0.0.1:{receiver.port}"
        assert request.json["id"] == request.headers["webhook-id"]
    assert len({(request.json["node"], request.json["run"]) for request in receiver.requests}) == 1
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == len(receiver.requests)


def test_who_a_connection_is_stands_in_what_is_told(guard, credentials, receive):
    receiver = receive()
    credentials.settings.update(told(receiver))
    hub = guard()
    socket = hub.secret_websocket(credentials.token("ann", subscribe=["a"]))
    socket.expect("welcome")
    late = hub.websocket()
    late.expect("welcome")
    assert [event["user"] for event in receiver.wait_for(1)] == ["ann"]
    # Who has not said who it is has not come in.
    assert late.ask({"type": "auth", "token": credentials.token("bob")})["type"] == "authenticated"
    assert [event["user"] for event in receiver.wait_for(2)] == ["ann", "bob"]
    never = hub.websocket()
    never.expect("welcome")
    never.close()
    late.close()
    assert receiver.wait_for(3)[2].items() >= {"type": "connection.closed", "user": "bob"}.items()


def test_many_events_leave_in_few_requests(start, receive, settle):
    receiver = receive()
    hub = start(*settle(told(receiver, batch={"events": 7, "time": "1s"})))
    sockets = [hub.websocket() for _ in range(20)]
    events = receiver.wait_for(20)
    assert [event["sequence"] for event in events] == list(range(1, 21))
    assert max(len(request.json["events"]) for request in receiver.requests) == 7
    # One connection is used for one request after the other.
    assert receiver.connections < len(receiver.requests) or len(receiver.requests) == 1
    for socket in sockets:
        socket.close()


def test_a_batch_that_fills_does_not_wait_for_its_time(start, receive, settle):
    receiver = receive()
    hub = start(*settle(told(receiver, batch={"events": 3, "time": "1m"})))
    for _ in range(3):
        hub.websocket().expect("welcome")
    assert [len(request.json["events"]) for request in receiver.wait_for(3) and receiver.requests] == [3]


def test_the_status_alone_says_whether_a_target_has_taken_it(start, receive, settle):
    receiver = receive(lambda request: (200, b"x" * (1 << 20)))
    hub = start("--drain", "0", *settle(told(receiver, batch={"events": 1})))
    for _ in range(3):
        hub.websocket().expect("welcome")
    hub.wait_for_metric("roomcast_webhook_events_total", lambda value: value == 3, {"target": "ours", "result": "delivered"})
    assert len(receiver.requests) == 3
    assert hub.metrics().value("roomcast_webhook_requests_total", {"target": "ours", "result": "failed"}) == 0


def test_a_reload_does_not_wait_for_the_time_of_a_batch(start, receive, settle):
    receiver = receive()
    hub = start(*settle(told(receiver, batch={"time": "1m"})))
    hub.websocket().expect("welcome")
    settle(told(receiver, batch={"events": 1, "time": "1m"}))
    hub.reload()
    receiver.wait_for(1)
    settle(told(receiver, batch={"time": "1m"}))
    hub.reload()
    hub.websocket().expect("welcome")
    settle({})
    hub.reload()
    line = hub.wait_for_line(message="webhooks dropped")
    assert (line["events"], line["reason"]) == (1, "removed")


def test_a_drain_tells_of_its_connections_before_the_end(start, receive, settle):
    receiver = receive()
    hub = start(*settle(told(receiver, batch={"time": "1m"})))
    for _ in range(3):
        hub.websocket().expect("welcome")
    hub.terminate()
    assert hub.wait() == 0
    assert sorted(types(receiver.events)) == ["connection.closed"] * 3 + ["connection.opened"] * 3
    assert [event["sequence"] for event in receiver.events] == list(range(1, 7))


def test_a_drain_that_takes_all_its_time_tells_of_its_connections_too(start, receive, settle):
    receiver = receive()
    hub = start("--drain", "3s", *settle(told(receiver, batch={"time": "1m"})))
    # It does not answer its close.
    hub.raw().upgrade("/v1/ws")
    hub.websocket().expect("welcome")
    hub.terminate()
    # What has happened is told while the connections are sent away.
    assert types(receiver.wait_for(2)) == ["connection.opened"] * 2
    assert hub.get("/health").status == 200
    assert hub.wait() == 0
    assert "connection.closed" in types(receiver.events)
    assert not [line for line in hub.log_lines() if line["message"] == "webhooks are left behind"]


# Targets


def test_a_target_with_tls_is_believed_by_its_authorities(start, receive, settle, tmp_path):
    authority = certificates.make(tmp_path, "authority", subject="authority", names=())
    pair = certificates.make(tmp_path, "target", issuer=authority)
    receiver = receive(pair=pair)
    settings = told(receiver)
    settings["webhooks"]["targets"] = [receiver.target(authorities=str(authority.certificate))]
    hub = start(*settle(settings))
    sockets = [hub.websocket() for _ in range(3)]
    assert types(receiver.wait_for(3)) == ["connection.opened"] * 3
    assert all(request.is_signed() for request in receiver.requests)
    for socket in sockets:
        socket.close()


@pytest.mark.parametrize("names, believed, reason", [
    (("DNS:elsewhere.example",), True, "IP address mismatch"),
    (("IP:127.0.0.1",), False, "self-signed certificate"),
])
def test_a_target_that_cannot_show_who_it_is_gets_nothing(start, receive, settle, tmp_path, names, believed, reason):
    pair = certificates.make(tmp_path, "target", names=names)
    other = certificates.make(tmp_path, "other")
    receiver = receive(pair=pair)
    settings = told(receiver)
    authorities = pair if believed else other
    settings["webhooks"]["targets"] = [receiver.target(authorities=str(authorities.certificate))]
    hub = start("--drain", "0", *settle(settings))
    hub.websocket().expect("welcome")
    line = hub.wait_for_line(target="ours", message="a webhook failed and is tried again")
    assert reason in line["reason"], line
    assert receiver.requests == []


def test_redirections_are_not_followed(start, receive, settle):
    receiver = receive(lambda request: 307)
    hub = start("--drain", "0", *settle(told(receiver)))
    hub.websocket().expect("welcome")
    assert "307" in hub.wait_for_line(target="ours")["reason"]
    assert {request.path for request in receiver.requests} == {"/hooks?from=hub"}


def test_a_reload_changes_who_is_told(start, receive, settle):
    first, second = receive(), receive()
    flags = settle(told(first))
    hub = start(*flags)
    one = hub.websocket()
    one.expect("welcome")
    first.wait_for(1)
    settle({"webhooks": {"targets": [second.target("theirs")], "connections": "theirs"}})
    assert hub.reload()["message"] == "reloaded"
    two = hub.websocket()
    two.expect("welcome")
    assert second.wait_for(1)[0]["sequence"] == 1
    settle({})
    assert hub.reload()["message"] == "reloaded"
    two.close()
    three = hub.websocket()
    three.expect("welcome")
    assert hub.get("/metrics").text.count("roomcast_webhook_waiting{") == 0
    assert len(first.events) == 1 and len(second.events) == 1
    settle({"webhooks": {"targets": [second.target("theirs")], "connections": "nobody"}})
    hub.reload()
    assert any("webhooks.targets" in json.dumps(line) for line in hub.log_lines())


def test_no_secret_is_shown(start, receive, settle, tmp_path):
    receiver = receive(lambda request: 500)
    hub = start("--log-level", "debug", "--drain", "0", *settle(told(receiver)))
    hub.websocket().expect("welcome")
    hub.wait_for_line(target="ours")
    assert SECRET not in hub.log_text() and "hooks?from" not in hub.log_text()
    assert SECRET not in hub.get("/metrics").text


# Rooms and members


def of_rooms(receiver, *namespaces):
    return {"webhooks": {"targets": [receiver.target()]}, "namespaces": list(namespaces)}


def test_a_room_tells_when_it_is_occupied_and_vacated(start, receive, settle):
    receiver = receive()
    hub = start(*settle(of_rooms(receiver, {"name": "chat", "webhooks": {"target": "ours"}})))
    first, second = hub.subscriber("chat:1"), hub.subscriber("chat:1")
    other = hub.subscriber("news:1")
    first.ask({"type": "unsubscribe", "room": "chat:1"})
    second.ask({"type": "unsubscribe", "room": "chat:1"})
    second.ask({"type": "subscribe", "room": "chat:1"})
    events = receiver.wait_for(3)
    assert [(event["type"], event["room"], event["sequence"]) for event in events] == [
        ("room.occupied", "chat:1", 1), ("room.vacated", "chat:1", 2), ("room.occupied", "chat:1", 3)
    ]
    second.close()
    other.close()
    assert types(receiver.wait_for(4))[3:] == ["room.vacated"]


def test_members_who_come_and_go_are_told(guard, credentials, receive):
    receiver = receive()
    credentials.settings.update(of_rooms(receiver, {
        "name": "chat", "presence": True, "webhooks": {"target": "ours", "events": ["member.joined", "member.left"]}
    }))
    hub = guard("--presence-leave", "0")
    claims = credentials.claims("ann", subscribe=["chat:*"])
    claims["roomcast"]["presence"] = ["chat:*"]
    sockets = [hub.secret_websocket(credentials.sign(claims)) for _ in range(2)]
    for socket in sockets:
        socket.expect("welcome")
        socket.send({"type": "subscribe", "room": "chat:1", "presence": {"name": "Ann"}})
        socket.expect("subscribed")
    for socket in sockets:
        socket.close()
    events = receiver.wait_for(2)
    assert [{key: event.get(key) for key in ("type", "room", "user", "info")} for event in events] == [
        {"type": "member.joined", "room": "chat:1", "user": "ann", "info": {"name": "Ann"}},
        {"type": "member.left", "room": "chat:1", "user": "ann", "info": {"name": "Ann"}},
    ]
    # The other two kinds were not wished for, and have no numbers.
    assert [event["sequence"] for event in events] == [1, 2]


def test_metrics_tell_what_became_of_events(start, receive, settle):
    receiver = receive()
    hub = start(*settle(told(receiver)))
    for _ in range(3):
        hub.websocket().expect("welcome")
    labels = {"target": "ours", "result": "delivered"}
    hub.wait_for_metric("roomcast_webhook_events_total", lambda value: value == 3, labels)
    metrics = hub.metrics()
    assert metrics.value("roomcast_webhook_requests_total", {"target": "ours", "result": "taken"}) >= 1
    assert metrics.value("roomcast_webhook_requests_total", {"target": "ours", "result": "failed"}) == 0
    assert metrics.value("roomcast_webhook_waiting", {"target": "ours"}) == 0
