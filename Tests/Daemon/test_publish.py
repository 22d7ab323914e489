"""Publishing one event: POST /v1/rooms/{room}/events."""

import base64
import json
import time
import urllib.parse

import pytest


def post(hub, body, type=None, query="", room="orders", **headers):
    fields = {key.replace("_", "-"): value for key, value in headers.items()}
    if type is not None:
        fields["Content-Type"] = type
    return hub.post(f"/v1/rooms/{room}/events{query}", body, headers=fields)


def last_event(hub, room="orders"):
    return hub.get(f"/v1/rooms/{room}/events?last=1").json["events"][0]


def test_the_answer_tells_room_position_offset_and_subscribers(hub):
    first = post(hub, '{"id":7}')
    assert first.status == 201 and first.field("Content-Type") == "application/json"
    answer = first.json
    position = answer.pop("position")
    assert answer == {"room": "orders", "offset": 1, "subscribers": 0, "duplicate": False}
    assert position.endswith("-1")
    hub.subscriber("orders")
    hub.subscriber("orders")
    second = hub.publish("orders", {"id": 8})
    assert (second["offset"], second["subscribers"]) == (2, 2)
    assert second["position"] == position[:-1] + "2"


def test_a_subscriber_gets_the_event_as_published(hub):
    socket = hub.subscriber("orders")
    before = time.time() * 1000
    answer = hub.publish("orders", {"id": 7, "tags": ["a", None, True]}, "event=order_created")
    event = socket.expect("event")
    assert before - 1000 <= event.pop("time") <= time.time() * 1000 + 1000
    assert event == {
        "type": "event", "room": "orders", "offset": 1, "position": answer["position"], "event": "order_created",
        "data": {"id": 7, "tags": ["a", None, True]},
    }


@pytest.mark.parametrize("body", ["null", "true", "0", "-1.5e+30", '"text"', "[]", "{}", '["é\\u0041"]', " 1 "])
def test_any_json_value_is_data(hub, body):
    assert post(hub, body).status == 201
    assert last_event(hub)["data"] == json.loads(body)


@pytest.mark.parametrize("type", [
    None, "application/json", "application/json; charset=utf-8", "application/vnd.x+json", "image/png", "APPLICATION/JSON"
])
def test_every_type_but_text_and_octets_must_hold_json(hub, type):
    assert post(hub, '{"a":1}', type).status == 201
    assert last_event(hub)["data"] == {"a": 1}
    post(hub, "no json", type).expect_problem(400, "INVALID_JSON")


@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"{}{}", b"{'a':1}", b"[1,]", b"01", b"nul", b"+1", b"1.", b'"\t"', b'"\xff"', b"\xef\xbb\xbf1",
    b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\\x"', b"NaN", b"[" * 257 + b"]" * 257,
])
def test_what_is_no_json_is_refused(hub, body):
    post(hub, body).expect_problem(400, "INVALID_JSON")
    assert hub.get("/v1/rooms/orders/events").json["events"] == []


def test_256_levels_of_nesting_are_taken(hub):
    body = "[" * 256 + "]" * 256
    socket = hub.subscriber("orders")
    assert post(hub, body).status == 201
    assert f'"data":{body},' in socket.receive_text()


def test_json_is_kept_as_it_came(hub):
    body = '{"b":1.10,"a":1E2,\n\t"b":12345678901234567890,\r\n"e":"\\u00e9 \\n\\t", "d":"é"}'
    assert post(hub, body).status == 201
    stream = hub.events("/v1/rooms/orders/events?after=earliest")
    assert [event.name for event in stream.take(2)] == ["roomcast:subscribed", "message"]
    text = hub.subscriber("orders", after="earliest").receive_text()
    for part in ['"b":1.10', '"a":1E2', '"b":12345678901234567890', '"e":"\\u00e9 \\n\\t"', '"d":"é"']:
        assert part in text
    assert text.index('"b":1.10') < text.index('"a":1E2') < text.index('"b":123')
    assert not set(text) & {"\n", "\r", "\t"}


def test_text_becomes_a_string(hub):
    for type, body in [("text/plain", 'a "quoted"\nline\t\\ é \x01'), ("text/html; charset=utf-8", "<p>"), ("text/csv", "")]:
        assert post(hub, body, type).status == 201
        assert last_event(hub)["data"] == body
    assert post(hub, b"\xff\xfe", "text/plain").status == 400


def test_octets_travel_as_base64(hub):
    for body, text in [(bytes(range(256)), None), (b"", ""), (b"A", "QQ=="), (b"AB", "QUI="), (b"ABC", "QUJD")]:
        assert post(hub, body, "application/octet-stream").status == 201
        event = last_event(hub)
        assert "data" not in event
        assert text is None or event["dataBase64"] == text
        assert base64.b64decode(event["dataBase64"], validate=True) == body


def test_an_encoded_body_is_415(hub):
    post(hub, "1", Content_Encoding="gzip").expect_problem(415, "UNSUPPORTED_MEDIA_TYPE")
    assert post(hub, "1", Content_Encoding="identity").status == 201


def test_a_body_over_the_limit_is_413_and_names_it(start):
    hub = start("--body-bytes", "1000")
    assert post(hub, '"' + "a" * 998 + '"').status == 201
    problem = post(hub, '"' + "a" * 999 + '"').expect_problem(413, "PAYLOAD_TOO_LARGE")
    assert "1001" in problem["detail"] and "1000" in problem["detail"]
    chunked = post(hub, '"' + "a" * 5000 + '"', Transfer_Encoding="chunked")
    chunked.expect_problem(413, "PAYLOAD_TOO_LARGE")


def test_a_body_of_1_mib_passes_by_default_and_a_larger_one_does_not(hub):
    socket = hub.subscriber("orders")
    body = '"' + "a" * ((1 << 20) - 2) + '"'
    assert post(hub, body).status == 201
    assert len(socket.receive()["data"]) == (1 << 20) - 2
    assert post(hub, body + " ").status == 413


def test_a_chunked_body_is_a_body(hub):
    assert post(hub, '{"a":[1,2,3]}', Transfer_Encoding="chunked").status == 201
    assert last_event(hub)["data"] == {"a": [1, 2, 3]}


@pytest.mark.parametrize("name", ["a", "order_created", "a" * 200, "é" * 100, "with space", "roomcast", "a:b"])
def test_event_names(hub, name):
    assert post(hub, "1", query="?event=" + urllib.parse.quote(name)).status == 201
    assert last_event(hub)["event"] == name


@pytest.mark.parametrize("name", ["", "a" * 201, "%C3%A9" * 101, "roomcast:x", "roomcast%3Asubscribed", "a%0Ab", "%00", "%7F"])
def test_refused_event_names(hub, name):
    post(hub, "1", query=f"?event={name}").expect_problem(400, "INVALID_EVENT")


def test_the_event_name_is_message_unless_said(hub):
    post(hub, "1")
    assert last_event(hub)["event"] == "message"


def test_a_query_that_cannot_be_read_is_refused(hub):
    for query in ["?event=%FF", "?event=%zz", "?ephemeral=maybe", "?exclude=nobody"]:
        assert post(hub, "1", query=query).status == 400, query
    assert hub.get("/v1/rooms/orders/events").json["events"] == []


@pytest.mark.parametrize("room", ["a", "A-Z_=@,.;:9", "a" * 200, "...", "chat:1", "orders%3A1", ".a"])
def test_room_names(hub, room):
    assert post(hub, "1", room=room).status == 201


@pytest.mark.parametrize("room", ["a" * 201, "%20", "a%2Fb", "%2E", "%2E%2E", "%C3%A9", "a%00", "a+b", "a!b", "%zz"])
def test_refused_room_names(hub, room):
    post(hub, "1", room=room).expect_problem(400, "INVALID_ROOM")


def test_an_excluded_connection_gets_a_skip_in_the_events_place(hub):
    one, other = hub.subscriber("orders"), hub.subscriber("orders")
    answer = hub.publish("orders", "for the other", f"exclude={one.welcome['connection']}")
    hub.publish("orders", "for both")
    assert one.receive() == {"type": "skip", "room": "orders", "offset": 1, "position": answer["position"]}
    assert one.expect("event")["offset"] == 2
    assert [event["data"] for event in other.take(2)] == ["for the other", "for both"]


def test_an_exclusion_holds_for_that_connection_alone(hub):
    one = hub.subscriber("orders")
    hub.publish("orders", 1, f"exclude={one.welcome['connection']}")
    one.expect("skip")
    resumed = hub.subscriber("orders", after=one.subscribed["position"])
    assert resumed.expect("event")["data"] == 1


def test_an_exclusion_holds_in_the_connections_own_catch_up(hub):
    socket = hub.websocket()
    me = socket.expect("welcome")["connection"]
    hub.publish("orders", 1)
    hub.publish("orders", 2, f"exclude={me}")
    hub.publish("orders", 3)
    assert socket.ask({"type": "subscribe", "room": "orders", "after": "earliest"})["recovered"] is True
    assert [(frame["type"], frame["offset"]) for frame in socket.take(3)] == [("event", 1), ("skip", 2), ("event", 3)]


def test_an_excluded_event_stream_gets_a_skip_with_its_id(hub):
    stream = hub.events("/v1/rooms/orders/events")
    connection = stream.expect("roomcast:subscribed").data["connection"]
    answer = hub.publish("orders", 1, f"exclude={connection}")
    skip = stream.expect("roomcast:skip")
    assert skip.id == answer["position"]
    assert skip.data == {"type": "skip", "room": "orders", "offset": 1, "position": answer["position"]}


def test_an_ephemeral_event_is_seen_live_and_not_kept(hub):
    socket = hub.subscriber("orders")
    stream = hub.events("/v1/rooms/orders/events")
    stream.expect("roomcast:subscribed")
    answer = hub.publish("orders", "now", "ephemeral=true")
    assert answer == {"room": "orders", "subscribers": 2, "duplicate": False}
    frame = socket.expect("event")
    assert frame["data"] == "now" and not {"offset", "position"} & set(frame)
    event = stream.next()
    assert event.id is None and event.data == frame
    assert hub.publish("orders", "kept")["offset"] == 1
    assert [event["data"] for event in hub.get("/v1/rooms/orders/events").json["events"]] == ["kept"]


def test_many_publishers_make_one_order(hub):
    sockets = [hub.subscriber("orders") for _ in range(4)]
    for number in range(40):
        sockets[number % 4].send({"type": "publish", "room": "orders", "data": number})
    seen = []
    for socket in sockets:
        frames = [frame for frame in socket.take(40 + 10) if frame["type"] == "event"]
        assert [frame["offset"] for frame in frames] == list(range(1, 41))
        seen.append([frame["data"] for frame in frames])
    assert all(data == seen[0] for data in seen) and sorted(seen[0]) == list(range(40))
