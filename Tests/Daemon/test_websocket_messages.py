"""The messages of the WebSocket protocol, and the errors that each can lead to."""

import json

import pytest


@pytest.fixture
def socket(hub):
    """A WebSocket that has been welcomed."""
    socket = hub.websocket()
    socket.welcome = socket.expect("welcome")
    return socket


def test_the_welcome_is_the_first_frame(start):
    hub = start("--ping", "17s")
    one, other = [hub.websocket().expect("welcome") for _ in range(2)]
    assert one["ping"] == 17
    assert one["connection"] != other["connection"] and len(one["connection"]) >= 22
    assert one["node"] == other["node"]
    assert "user" not in one


def test_the_subprotocol_is_chosen_when_it_is_offered(hub):
    assert hub.websocket(subprotocols=["roomcast.v1"]).subprotocol == "roomcast.v1"
    assert hub.websocket(subprotocols=["other", "roomcast.v1"]).subprotocol == "roomcast.v1"
    assert hub.websocket(subprotocols=["other"]).subprotocol is None
    assert hub.websocket().subprotocol is None


def test_the_resource_of_a_room_is_subscribed_already(hub):
    first = hub.publish("a", 1)
    socket = hub.websocket("/v1/rooms/a/events")
    socket.expect("welcome")
    assert socket.expect("subscribed") == {"type": "subscribed", "room": "a", "position": first["position"]}
    hub.publish("a", 2)
    assert socket.expect("event")["data"] == 2
    resumed = hub.websocket("/v1/rooms/a/events?after=" + first["position"])
    resumed.expect("welcome")
    assert resumed.expect("subscribed")["recovered"] is True
    assert resumed.expect("event")["data"] == 2


@pytest.mark.parametrize("id", [1, -1, 1.5, 0, "one", "", "é\"\n", 9007199254740993])
def test_the_id_comes_back_as_it_was(socket, id):
    assert socket.ask({"type": "ping", "id": id}) == {"type": "pong", "id": id}


def test_an_id_is_optional_and_is_a_number_or_a_string(socket):
    assert socket.ask({"type": "ping"}) == {"type": "pong"}
    for id in [True, [1], {}, "x" * 10000]:
        assert socket.ask({"type": "ping", "id": id})["code"] == "INVALID_REQUEST"
    assert socket.ask({"type": "ping", "id": 2}) == {"type": "pong", "id": 2}


def test_subscribe_and_unsubscribe(hub, socket):
    answer = socket.ask({"type": "subscribe", "id": 1, "room": "a"})
    assert answer == {"type": "subscribed", "id": 1, "room": "a", "position": answer["position"]}
    assert answer["position"].endswith("-0")
    hub.publish("a", 1)
    assert socket.expect("event")["data"] == 1
    assert socket.ask({"type": "unsubscribe", "id": 2, "room": "a"}) == {"type": "unsubscribed", "id": 2, "room": "a"}
    hub.publish("a", 2)
    assert socket.ask({"type": "ping"}) == {"type": "pong"}
    assert socket.ask({"type": "unsubscribe", "id": 3, "room": "a"}) == {"type": "unsubscribed", "id": 3, "room": "a"}
    answer = socket.ask({"type": "subscribe", "id": 4, "room": "a", "after": answer["position"]})
    assert answer["recovered"] is True
    assert [frame["data"] for frame in socket.take(2)] == [1, 2]


def test_subscribing_to_many_rooms_has_one_answer_a_room(hub, socket):
    position = hub.publish("a", 1)["position"]
    hub.publish("a", 2)
    socket.send({"type": "subscribe", "id": 1, "rooms": [
        {"room": "a", "after": position}, {"room": "b"}, {"room": "no room"}, {"room": "c", "after": "nonsense"}, {"room": "d"}
    ]})
    frames = socket.take(6)
    assert all(frame["id"] == 1 for frame in frames if frame["type"] != "event")
    answers = {frame["room"]: frame for frame in frames if frame["type"] != "event"}
    assert [answers[room]["type"] for room in "abd"] == ["subscribed"] * 3
    assert answers["a"]["recovered"] is True and "recovered" not in answers["b"]
    assert answers["no room"]["code"] == "INVALID_ROOM" and answers["c"]["code"] == "INVALID_POSITION"
    assert [frame["data"] for frame in frames if frame["type"] == "event"] == [2]


def test_subscribing_twice_is_a_conflict_and_changes_nothing(hub, socket):
    socket.ask({"type": "subscribe", "room": "a"})
    again = socket.ask({"type": "subscribe", "id": 2, "room": "a"})
    assert (again["type"], again["id"], again["code"], again["temporary"]) == ("error", 2, "CONFLICT", False)
    hub.publish("a", 1)
    assert socket.expect("event")["data"] == 1
    assert socket.ask({"type": "ping"}) == {"type": "pong"}
    twice = socket.ask({"type": "subscribe", "rooms": [{"room": "b"}, {"room": "b"}]})
    assert {twice["type"], socket.receive()["type"]} == {"subscribed", "error"}


def test_rooms_of_a_connection_are_limited(start):
    hub = start("--client-rooms", "3")
    socket = hub.websocket()
    socket.expect("welcome")
    for room in "abc":
        assert socket.ask({"type": "subscribe", "room": room})["type"] == "subscribed"
    refused = socket.ask({"type": "subscribe", "id": 4, "room": "d"})
    assert (refused["id"], refused["code"], refused["temporary"]) == (4, "TOO_MANY_ROOMS", True)
    assert "3" in refused["detail"]
    socket.ask({"type": "unsubscribe", "room": "a"})
    assert socket.ask({"type": "subscribe", "room": "d"})["type"] == "subscribed"


def test_128_rooms_by_default(socket):
    socket.send({"type": "subscribe", "rooms": [{"room": f"r{n}"} for n in range(128)]})
    assert {frame["type"] for frame in socket.take(128)} == {"subscribed"}
    assert socket.ask({"type": "subscribe", "room": "more"})["code"] == "TOO_MANY_ROOMS"


def test_publish(hub, socket):
    other = hub.subscriber("a")
    answer = socket.ask({"type": "publish", "id": 3, "room": "a", "event": "said", "data": {"x": [1]}})
    assert answer == {
        "type": "published", "id": 3, "room": "a", "position": answer["position"], "offset": 1, "duplicate": False
    }
    event = other.expect("event")
    assert (event["event"], event["data"], event["position"]) == ("said", {"x": [1]}, answer["position"])


def test_a_publisher_that_subscribes_gets_its_own_event_unless_it_says_echo_false(socket):
    socket.ask({"type": "subscribe", "room": "a"})
    socket.send({"type": "publish", "room": "a", "data": 1})
    assert sorted(frame["type"] for frame in socket.take(2)) == ["event", "published"]
    socket.send({"type": "publish", "room": "a", "data": 2, "echo": False})
    frames = {frame["type"]: frame for frame in socket.take(2)}
    assert set(frames) == {"skip", "published"} and frames["skip"]["offset"] == 2


@pytest.mark.parametrize("message,code", [
    ({"room": "a"}, "INVALID_REQUEST"),
    ({"data": 1}, "INVALID_REQUEST"),
    ({"room": 1, "data": 1}, "INVALID_REQUEST"),
    ({"room": "", "data": 1}, "INVALID_ROOM"),
    ({"room": "a b", "data": 1}, "INVALID_ROOM"),
    ({"room": "..", "data": 1}, "INVALID_ROOM"),
    ({"room": "a", "data": 1, "event": ""}, "INVALID_EVENT"),
    ({"room": "a", "data": 1, "event": "roomcast:gap"}, "INVALID_EVENT"),
    ({"room": "a", "data": 1, "event": "x" * 201}, "INVALID_EVENT"),
    ({"room": "a", "data": 1, "event": 7}, "INVALID_REQUEST"),
    ({"room": "a", "data": 1, "echo": "no"}, "INVALID_REQUEST"),
    ({"room": "a", "data": 1, "key": 7}, "INVALID_REQUEST"),
])
def test_what_is_wrong_with_a_publish_is_told_and_the_connection_lives(hub, socket, message, code):
    answer = socket.ask({"type": "publish", "id": "p", **message})
    assert (answer["type"], answer["id"], answer["code"], answer["temporary"]) == ("error", "p", code, False)
    assert answer["detail"]
    assert socket.ask({"type": "publish", "room": "good", "data": 1})["type"] == "published"
    assert hub.get("/v1/rooms/a").json["position"].endswith("-0")


@pytest.mark.parametrize("message,code", [
    ({}, "INVALID_REQUEST"), ({"type": 7}, "INVALID_REQUEST"), ({"type": "dance"}, "INVALID_REQUEST"),
    ({"type": "subscribe"}, "INVALID_REQUEST"), ({"type": "subscribe", "room": ["a"]}, "INVALID_REQUEST"),
    ({"type": "subscribe", "rooms": []}, "INVALID_REQUEST"), ({"type": "subscribe", "rooms": "a"}, "INVALID_REQUEST"),
    ({"type": "subscribe", "rooms": ["a"]}, "INVALID_REQUEST"),
    ({"type": "subscribe", "room": "a", "rooms": [{"room": "b"}]}, "INVALID_REQUEST"),
    ({"type": "subscribe", "room": "a b"}, "INVALID_ROOM"),
    ({"type": "subscribe", "room": "a", "after": "nonsense"}, "INVALID_POSITION"),
    ({"type": "subscribe", "room": "a", "after": ""}, "INVALID_POSITION"),
    ({"type": "subscribe", "room": "a", "after": 7}, "INVALID_REQUEST"),
    ({"type": "unsubscribe"}, "INVALID_REQUEST"), ({"type": "unsubscribe", "room": "a b"}, "INVALID_ROOM"),
])
def test_what_is_wrong_with_a_message_is_told_and_the_connection_lives(socket, message, code):
    answer = socket.ask({"id": 9, **message})
    assert (answer["type"], answer["id"], answer["code"]) == ("error", 9, code)
    assert socket.ask({"type": "ping"}) == {"type": "pong"}


@pytest.mark.parametrize("text", ["", "nonsense", "{", "[1", '{"type":"ping"}}', '{"type":"ping",}', "\ufeff{}"])
def test_what_cannot_be_parsed_closes_with_4500(socket, text):
    socket.send(text)
    socket.expect_refusal("INVALID_JSON", 4500)


def test_fields_that_nobody_knows_are_ignored(socket):
    assert socket.ask('{"type":"ping","id":1,"new":{"a":[1]}}') == {"type": "pong", "id": 1}


def test_answers_come_in_the_order_of_the_messages(socket):
    for number in range(300):
        socket.send({"type": "ping", "id": number})
    assert [frame["id"] for frame in socket.take(300)] == list(range(300))


def test_every_subscriber_of_a_room_gets_the_same_bytes(hub):
    sockets = [hub.subscriber("a", subprotocols=["roomcast.v1"] if n else None) for n in range(3)]
    stream = hub.events("/v1/rooms/a/events")
    stream.expect("roomcast:subscribed")
    hub.publish("a", {"x": "é"})
    texts = {socket.receive_text() for socket in sockets}
    assert len(texts) == 1 and stream.expect("message").data == json.loads(texts.pop())


def test_a_closed_connection_leaves_its_rooms(hub, socket):
    socket.ask({"type": "subscribe", "room": "a"})
    assert hub.get("/v1/rooms/a").json["subscribers"] == 1
    socket.close()
    hub.wait_for_metric("roomcast_subscriptions", lambda value: value == 0)
    assert hub.publish("a", 1)["subscribers"] == 0
