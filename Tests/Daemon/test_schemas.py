"""Namespaces that say what the data of their events must look like."""

import json
import random

import jsonschema
import pytest

SCHEMA = {
    "type": "object", "required": ["id", "lines"], "additionalProperties": False,
    "properties": {
        "id": {"type": "integer", "minimum": 1}, "state": {"enum": ["open", "shut"]},
        "lines": {"type": "array", "minItems": 1, "items": {
            "type": "object", "required": ["price"], "properties": {"price": {"type": "number", "exclusiveMinimum": 0}}}},
    },
}
GOOD = {"id": 1, "lines": [{"price": 0.5}]}


@pytest.fixture
def checked(start, tmp_path):
    """Starts a hub whose namespace `orders` has these schemas."""

    def checked(schemas):
        file = tmp_path / "roomcast.json5"
        file.write_text(json.dumps({"namespaces": [{"name": "orders", "schemas": schemas}]}))
        return start("--settings", str(file))

    return checked


def test_each_way_to_publish_is_checked_and_the_field_is_named(checked):
    hub = checked({"order": SCHEMA, "note": {"type": "string", "maxLength": 3}})
    bad = {"id": 1, "lines": [{"price": 1}, {"price": -1}]}
    where = "`data.lines[1].price` is -1; it must be more than 0 (the schema of `order` in the namespace `orders`)"
    one = hub.post("/v1/rooms/orders:1/events?event=order", json.dumps(bad))
    assert (one.status, one.json["code"], one.json["detail"], one.json["temporary"]) == (400, "INVALID_EVENT", where, False)
    envelope = {"room": "orders:1", "event": "order", "data": bad}
    many = hub.post("/v1/events", json.dumps([envelope, {**envelope, "data": GOOD}])).json["results"]
    assert (many[0]["code"], many[0]["detail"], many[1]["offset"]) == ("INVALID_EVENT", where, 1)
    lines = hub.post(
        "/v1/events", json.dumps(envelope), headers={"Content-Type": "application/x-ndjson"}).json
    assert (lines["failed"], lines["errors"][0]["detail"]) == (1, where)
    socket = hub.subscriber("orders:1")
    refused = socket.ask({"type": "publish", "id": 2, **envelope})
    assert (refused["type"], refused["id"], refused["code"], refused["detail"]) == ("error", 2, "INVALID_EVENT", where)
    cloud = {"specversion": "1.0", "type": "order", "source": "s", "id": "1", "data": bad}
    structured = hub.post(
        "/v1/rooms/orders:1/events", json.dumps(cloud), headers={"Content-Type": "application/cloudevents+json"})
    assert structured.json["detail"] == where
    bytes_alone = hub.post(
        "/v1/rooms/orders:1/events?event=order", b"x", headers={"Content-Type": "application/octet-stream"})
    assert (bytes_alone.status, bytes_alone.json["code"]) == (400, "INVALID_EVENT")
    assert len(hub.history("orders:1")) == 1


def test_other_events_and_other_namespaces_are_free_unless_all_are_meant(checked):
    hub = checked({"order": SCHEMA})
    hub.publish("orders:1", 7, "event=other")
    hub.publish("else:1", 7, "event=order")
    strict = checked({"order": SCHEMA, "*": False})
    strict.publish("orders:1", GOOD, "event=order")
    strict.publish("orders:1", 7, "event=other", status=400)


def test_a_reload_changes_the_schema(checked, tmp_path):
    hub = checked({"*": {"type": "string"}})
    hub.publish("orders", 1, status=400)
    (tmp_path / "roomcast.json5").write_text('{ namespaces: [{ name: "orders", schemas: { "*": { type: "integer" } } }] }')
    assert hub.reload()["changed"] == "namespaces"
    hub.publish("orders", 1)
    hub.publish("orders", "x", status=400)


def test_it_agrees_with_another_implementation(checked):
    """Random data near the schema: both take it, or both refuse it."""
    seed = random.randrange(1 << 32)
    dice = random.Random(seed)
    hub = checked({"*": SCHEMA})
    validator = jsonschema.Draft202012Validator(SCHEMA)
    scalars = [0, 1, -1, 1.0, 1.5, "open", "ajar", None, True, [], {}]

    def price():
        return dice.choice([{"price": dice.choice([0, 0.001, 5, "5", None])}, {}, {"price": 1, "more": dice.choice(scalars)}])

    def data():
        value = {"id": dice.choice([1, 2, 2.0, 0, "1"]), "lines": [price() for _ in range(dice.randrange(3))]}
        if dice.random() < 0.3:
            value["state"] = dice.choice(scalars)
        if dice.random() < 0.1:
            value[dice.choice(["extra", "id", "lines"])] = dice.choice(scalars)
        if dice.random() < 0.1:
            del value[dice.choice(["id", "lines"])]
        return dice.choice(scalars) if dice.random() < 0.05 else value

    values = [data() for _ in range(1000)]
    answer = hub.post("/v1/events", json.dumps([{"room": "orders", "data": value} for value in values]))
    taken = ["offset" in result for result in answer.json["results"]]
    assert taken == [validator.is_valid(value) for value in values], seed
    assert 50 < sum(taken) < 950, seed
