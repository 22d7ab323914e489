"""CloudEvents 1.0: posted in structured, batched and binary mode (CloudEvents HTTP protocol binding 1.0.2)."""

import json

import pytest

STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json; charset=utf-8"}


def cloud_event(**more):
    event = {
        "specversion": "1.0", "type": "com.example.order", "source": "/shop", "id": "1", "time": "2026-01-01T00:00:00Z",
        "datacontenttype": "application/json", "subject": "4711", "myextension": 1, "data": {"n": 1}, **more,
    }
    return {name: value for name, value in event.items() if value is not ...}


def post(hub, event, room="orders", **options):
    return hub.post(f"/v1/rooms/{room}/events", json.dumps(event), headers=STRUCTURED, **options)


def test_a_structured_event_is_published_once(hub):
    socket = hub.subscriber("orders")
    answer = post(hub, cloud_event())
    assert (answer.status, answer.json["offset"], answer.json["duplicate"]) == (201, 1, False)
    event = socket.expect("event")
    assert (event["event"], event["data"]) == ("com.example.order", {"n": 1})
    again = post(hub, cloud_event())
    assert (again.status, again.json["offset"], again.json["duplicate"]) == (201, 1, True)
    assert post(hub, cloud_event(data=2)).json["code"] == "CONFLICT"
    assert post(hub, cloud_event(source="/other")).json["offset"] == 2
    assert post(hub, cloud_event(id="2")).json["offset"] == 3


def test_bytes_null_and_no_data(hub):
    post(hub, cloud_event(data=..., data_base64="AAEC"))
    post(hub, cloud_event(data=None, id="2"))
    post(hub, cloud_event(data=..., id="3"))
    first, second, third = hub.history("orders")
    assert first["dataBase64"] == "AAEC" and second["data"] is None and third["data"] is None


@pytest.mark.parametrize("event, detail", [
    (cloud_event(specversion="0.3"), "1.0 is understood"), (cloud_event(specversion=...), "`specversion`"),
    (cloud_event(type=...), "`type`"), (cloud_event(source=...), "`source`"), (cloud_event(id=""), "`id`"),
    (cloud_event(id=7), "`id` is a number"), (cloud_event(data_base64="AAEC"), "not both"), ([1], "must be an object"),
])
def test_what_is_no_cloud_event_is_refused_by_name(hub, event, detail):
    answer = post(hub, event)
    assert (answer.status, answer.json["code"]) == (400, "INVALID_REQUEST") and detail in answer.json["detail"]
    assert hub.history("orders") == []


def test_the_type_must_be_an_event_name_and_is_the_only_one(hub):
    assert post(hub, cloud_event(type="roomcast:gap")).json["code"] == "INVALID_EVENT"
    answer = hub.post("/v1/rooms/orders/events?event=x", json.dumps(cloud_event()), headers=STRUCTURED)
    assert answer.status == 400 and "leave `event` out" in answer.json["detail"]


def binary(hub, body, type="application/json", **more):
    fields = {"ce-specversion": "1.0", "ce-type": "t", "ce-source": "s", "ce-id": "1", "Content-Type": type, **more}
    return hub.post("/v1/rooms/orders/events", body, headers={name: value for name, value in fields.items() if value})


def test_a_binary_event_has_its_attributes_in_fields(hub):
    assert binary(hub, '{"n":1}', **{"ce-type": "gr%C3%BC%C3%9Fe", "CE-Extension": "x"}).json["offset"] == 1
    assert binary(hub, '{"n":1}', **{"ce-type": "gr%C3%BC%C3%9Fe"}).json["duplicate"] is True
    assert binary(hub, b"\x00\x01", "application/octet-stream", **{"ce-id": "2"}).json["offset"] == 2
    assert binary(hub, "some text", "text/plain", **{"ce-id": "3"}).json["offset"] == 3
    first, second, third = hub.history("orders")
    assert (first["event"], first["data"]) == ("grüße", {"n": 1})
    assert second["dataBase64"] == "AAE=" and third["data"] == "some text"


@pytest.mark.parametrize("field", ["ce-specversion", "ce-type", "ce-source", "ce-id"])
def test_a_binary_event_must_have_every_attribute(hub, field):
    answer = binary(hub, "1", **{field: None})
    assert (answer.status, answer.json["code"]) == (400, "INVALID_REQUEST")
    assert f"`{field.removeprefix('ce-')}`" in answer.json["detail"]


def test_many_name_their_rooms(hub):
    events = [cloud_event(room="a"), cloud_event(room="b", id="2"), cloud_event(id="3"), cloud_event(room="a", type="")]
    answer = hub.post("/v1/events", json.dumps(events), headers=BATCH)
    assert answer.status == 200
    taken, other, lost, bad = answer.json["results"]
    assert (taken["room"], taken["offset"], other["room"]) == ("a", 1, "b")
    assert lost["code"] == "INVALID_REQUEST" and "`room`" in lost["detail"] and bad["code"] == "INVALID_EVENT"
    one = hub.post("/v1/events", json.dumps(cloud_event(room="a")), headers=STRUCTURED).json["results"]
    assert [result["duplicate"] for result in one] == [True]
    refused = hub.post("/v1/rooms/a/events", json.dumps(events), headers=BATCH)
    assert refused.status == 415 and "/v1/events" in refused.json["detail"]
