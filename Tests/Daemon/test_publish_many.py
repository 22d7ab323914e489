"""Publishing many at once: POST /v1/events with one envelope or an array of them."""

import json

import pytest


def post(hub, body, **options):
    return hub.post("/v1/events", body if isinstance(body, (str, bytes)) else json.dumps(body), **options)


def results(hub, body):
    answer = post(hub, body)
    assert answer.status == 200, answer
    assert set(answer.json) == {"results"}
    return answer.json["results"]


def error_codes(hub, body):
    return [result.get("code") for result in results(hub, body)]


def test_one_envelope(hub):
    socket = hub.subscriber("orders")
    [result] = results(hub, {"room": "orders", "event": "created", "data": {"id": 1}})
    event = socket.expect("event")
    assert (event["event"], event["data"]) == ("created", {"id": 1})
    assert result == {
        "room": "orders", "position": event["position"], "offset": 1, "subscribers": 1, "duplicate": False
    }


def test_results_stand_in_the_order_of_envelopes_and_of_their_rooms(hub):
    found = results(hub, [
        {"rooms": ["a", "b"], "data": 1}, {"room": "b", "data": 2}, {"room": "c", "data": 3}, {"rooms": ["b", "a"], "data": 4}
    ])
    assert [(result["room"], result["offset"]) for result in found] == [
        ("a", 1), ("b", 1), ("b", 2), ("c", 1), ("b", 3), ("a", 2)
    ]


def test_one_bad_envelope_harms_no_other(hub):
    found = results(hub, [
        {"room": "a", "data": 1}, {"data": 2}, {"rooms": ["a", "no room", "b"], "data": 3}, 7, {"room": "a", "data": 4}
    ])
    assert [result.get("code") for result in found] == [
        None, "INVALID_REQUEST", None, "INVALID_ROOM", None, "INVALID_REQUEST", None
    ]
    for problem in (result for result in found if "code" in result):
        assert set(problem) >= {"type", "title", "status", "code", "detail", "temporary", "traceId"}
        assert problem["status"] == 400
    assert [event["data"] for event in hub.get("/v1/rooms/a/events").json["events"]] == [1, 3, 4]
    assert [event["data"] for event in hub.get("/v1/rooms/b/events").json["events"]] == [3]


@pytest.mark.parametrize("envelope,code", [
    ({"rooms": [], "data": 1}, "INVALID_REQUEST"),
    ({"room": "a", "rooms": ["b"], "data": 1}, "INVALID_REQUEST"),
    ({"room": 7, "data": 1}, "INVALID_REQUEST"),
    ({"room": ".", "data": 1}, "INVALID_ROOM"),
    ({"room": "a"}, "INVALID_REQUEST"),
    ({"room": "a", "data": 1, "dataBase64": "QQ=="}, "INVALID_REQUEST"),
    ({"room": "a", "dataBase64": "Q"}, "INVALID_REQUEST"),
    ({"room": "a", "dataBase64": 7}, "INVALID_REQUEST"),
    ({"room": "a", "data": 1, "event": ""}, "INVALID_EVENT"),
    ({"room": "a", "data": 1, "event": "roomcast:x"}, "INVALID_EVENT"),
    ({"room": "a", "data": 1, "event": "a\nb"}, "INVALID_EVENT"),
    ({"room": "a", "data": 1, "ephemeral": "yes"}, "INVALID_REQUEST"),
    ({"room": "a", "data": 1, "exclude": "nobody"}, "INVALID_REQUEST"),
    ({"rooms": [f"r{n}" for n in range(101)], "data": 1}, "INVALID_REQUEST"),
])
def test_what_is_wrong_with_an_envelope_is_its_result(hub, envelope, code):
    assert set(error_codes(hub, [envelope, {"room": "good", "data": 1}])) == {code, None}
    assert hub.get("/v1/rooms/a").json["position"].endswith("-0")


def test_a_hundred_rooms_and_a_thousand_envelopes_are_taken(hub):
    assert error_codes(hub, {"rooms": [f"r{n}" for n in range(100)], "data": 1}) == [None] * 100
    found = results(hub, [{"room": "a", "data": n} for n in range(1000)])
    assert [result["offset"] for result in found] == list(range(1, 1001))


def test_more_than_a_thousand_are_refused_as_a_whole(hub):
    answer = post(hub, [{"room": "a", "data": n} for n in range(1001)])
    assert 400 <= answer.status < 500, answer
    answer.expect_problem(answer.status, answer.json["code"])
    assert "1000" in answer.json["detail"].replace(",", "")
    assert hub.get("/v1/rooms/a/events").json["events"] == []


def test_an_empty_array_has_no_results(hub):
    assert results(hub, []) == []


@pytest.mark.parametrize("body", ["", "[", "{}x", '[{"room":"a","data":1},]', "nothing"])
def test_a_body_that_is_no_json_is_refused_as_a_whole(hub, body):
    post(hub, body).expect_problem(400, "INVALID_JSON")


def test_event_data_exclude_and_ephemeral_of_an_envelope(hub):
    one, other = hub.subscriber("a"), hub.subscriber("a")
    results(hub, [
        {"room": "a", "event": "x", "dataBase64": "AAEC"},
        {"room": "a", "data": 2, "exclude": one.welcome["connection"]},
        {"room": "a", "data": 3, "ephemeral": True},
    ])
    assert [frame["type"] for frame in one.take(3)] == ["event", "skip", "event"]
    first, second, third = other.take(3)
    assert (first["event"], first["dataBase64"]) == ("x", "AAEC") and "data" not in first
    assert second["data"] == 2
    assert third["data"] == 3 and "position" not in third


def test_data_is_kept_as_it_was_spelt(hub):
    socket = hub.subscriber("a")
    post(hub, '{"room":"a","data":{"z":1.0,"a":1e5,"z":2}}')
    assert '"data":{"z":1.0,"a":1e5,"z":2}' in socket.receive_text()


def test_events_of_one_request_keep_their_order(hub):
    socket = hub.subscriber("a")
    results(hub, [{"room": "a", "data": n} for n in range(500)])
    frames = socket.take(500)
    assert [frame["data"] for frame in frames] == list(range(500))
    assert [frame["offset"] for frame in frames] == list(range(1, 501))


def test_a_body_over_the_limit_is_413(hub):
    post(hub, [{"room": "a", "data": "x" * (1 << 20)}]).expect_problem(413, "PAYLOAD_TOO_LARGE")
