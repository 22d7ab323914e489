"""Idempotency keys: one event, however often it is sent."""

import json
import threading

from support.waiting import wait_until


def send(hub, body, key="k1", room="orders", query=""):
    return hub.post(f"/v1/rooms/{room}/events{query}", json.dumps(body), headers={"Idempotency-Key": key})


def test_the_same_key_publishes_once_and_answers_the_first_answer_again(hub):
    socket = hub.subscriber("orders")
    first = send(hub, {"id": 1})
    again = send(hub, {"id": 1})
    assert first.status == again.status == 201
    assert first.json["duplicate"] is False
    assert again.json == {**first.json, "duplicate": True}
    hub.publish("orders", "next")
    assert [event["data"] for event in socket.take(2)] == [{"id": 1}, "next"]


def test_the_answer_is_the_first_one_though_subscribers_came_since(hub):
    first = send(hub, 1)
    hub.subscriber("orders")
    assert send(hub, 1).json == {**first.json, "duplicate": True}


def test_another_body_with_the_same_key_is_a_conflict(hub):
    send(hub, {"id": 1})
    send(hub, {"id": 2}).expect_problem(409, "CONFLICT")
    assert len(hub.get("/v1/rooms/orders/events").json["events"]) == 1


def test_a_key_counts_for_its_room_alone(hub):
    assert send(hub, 1, room="a").json["duplicate"] is False
    assert send(hub, 2, room="b").json["duplicate"] is False


def test_a_refused_event_does_not_use_up_its_key(hub):
    hub.post("/v1/rooms/orders/events", "no json", headers={"Idempotency-Key": "k1"}).expect_problem(400, "INVALID_JSON")
    assert send(hub, 1).json["duplicate"] is False


def test_an_ephemeral_event_is_sent_once_as_well(hub):
    socket = hub.subscriber("orders")
    assert send(hub, 1, query="?ephemeral=true").json["duplicate"] is False
    assert send(hub, 1, query="?ephemeral=true").json["duplicate"] is True
    hub.publish("orders", "next")
    assert [event["data"] for event in socket.take(2)] == [1, "next"]


def test_a_key_that_is_too_long_is_refused(hub):
    assert send(hub, 1, key="k" * 200).status == 201
    send(hub, 1, key="k" * 201).expect_problem(400, "INVALID_REQUEST")


def test_a_key_is_forgotten_after_its_time(start):
    hub = start("--idempotency-time", "1s")
    send(hub, 1)
    wait_until(lambda: send(hub, 1).json["duplicate"] is False, what="a key that is new again")


def test_the_same_key_in_an_envelope_and_over_a_websocket(hub):
    socket = hub.websocket()
    socket.expect("welcome")
    envelope = {"room": "orders", "data": [1], "id": "k1"}
    first = hub.post("/v1/events", json.dumps(envelope)).json["results"][0]
    assert first["duplicate"] is False
    assert hub.post("/v1/events", json.dumps(envelope)).json["results"][0] == {**first, "duplicate": True}
    frame = socket.ask({"type": "publish", "id": 5, "room": "orders", "data": [1], "key": "k2"})
    assert frame["duplicate"] is False and frame["offset"] == 2
    again = socket.ask({"type": "publish", "id": 6, "room": "orders", "data": [1], "key": "k2"})
    assert again == {**frame, "id": 6, "duplicate": True}
    conflict = socket.ask({"type": "publish", "id": 7, "room": "orders", "data": [2], "key": "k2"})
    assert (conflict["type"], conflict["id"], conflict["code"]) == ("error", 7, "CONFLICT")


def test_one_key_for_several_rooms_of_one_envelope(hub):
    envelope = json.dumps({"rooms": ["a", "b"], "data": 1, "id": "k1"})
    assert [result["duplicate"] for result in hub.post("/v1/events", envelope).json["results"]] == [False, False]
    assert [result["duplicate"] for result in hub.post("/v1/events", envelope).json["results"]] == [True, True]


def test_many_at_the_same_time_publish_once(hub):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(send(hub, {"id": 1}))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [201] * 20
    assert sorted(answer.json["duplicate"] for answer in answers) == [False] + [True] * 19
    assert {answer.json["position"] for answer in answers} == {answers[0].json["position"]}
    assert len(hub.get("/v1/rooms/orders/events").json["events"]) == 1
