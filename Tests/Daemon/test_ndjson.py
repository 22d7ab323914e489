"""Publishing a stream of lines: POST /v1/events with application/x-ndjson."""

import http.client
import json
import socket
import threading

import pytest

from support.waiting import seconds

NDJSON = {"Content-Type": "application/x-ndjson"}


def post(hub, lines, query=""):
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    answer = hub.post("/v1/events" + query, body, headers=NDJSON)
    assert answer.status == 200, answer
    return answer


def test_the_report_counts_and_tells_the_last_position_of_each_room(hub):
    report = post(hub, [{"room": "a", "data": 1}, {"rooms": ["a", "b"], "data": 2}, {"room": "c", "data": 3}]).json
    assert (report["accepted"], report["failed"], report["errors"]) == (4, 0, [])
    assert set(report["last"]) == {"a", "b", "c"}
    for room, position in report["last"].items():
        assert position == hub.get(f"/v1/rooms/{room}").json["position"]


def test_errors_carry_their_line(hub):
    report = post(hub, [
        {"room": "a", "data": 1}, "", "nonsense", {"room": "a b", "data": 2}, " \t", {"room": "a", "data": 3}, "{}"
    ]).json
    assert (report["accepted"], report["failed"]) == (2, 3)
    assert [(error["line"], error["code"]) for error in report["errors"]] == [
        (3, "INVALID_JSON"), (4, "INVALID_ROOM"), (7, "INVALID_REQUEST")
    ]
    assert [event["data"] for event in hub.get("/v1/rooms/a/events").json["events"]] == [1, 3]


def test_only_the_first_hundred_errors_and_rooms_are_listed(hub):
    report = post(hub, ["bad"] * 250 + [{"room": f"r{n}", "data": 1} for n in range(150)]).json
    assert (report["accepted"], report["failed"]) == (150, 250)
    assert [error["line"] for error in report["errors"]] == list(range(1, 101))
    assert len(report["last"]) == 100


def test_crlf_and_a_last_line_without_an_end(hub):
    body = '{"room":"a","data":1}\r\n{"room":"a","data":2}'
    report = hub.post("/v1/events", body, headers=NDJSON).json
    assert (report["accepted"], report["failed"]) == (2, 0)


def test_an_empty_stream(hub):
    report = hub.post("/v1/events", "", headers=NDJSON).json
    assert report == {"accepted": 0, "failed": 0, "errors": [], "last": {}}


def test_more_lines_than_an_array_may_have_keep_their_order(hub):
    received = hub.subscriber("a")
    report = post(hub, [{"room": "a", "data": n} for n in range(3000)], "?results=summary").json
    assert report["accepted"] == 3000
    assert report["last"]["a"].endswith("-3000")
    offsets, data = [], []
    while not offsets or offsets[-1] < 3000:
        frame = received.receive()
        if frame["type"] == "event":
            offsets.append(frame["offset"])
            data.append(frame["data"])
    assert offsets == sorted(set(offsets))
    assert data == [offset - 1 for offset in offsets]


def test_results_each_is_one_result_a_line_and_the_report(hub):
    answer = post(hub, [{"rooms": ["a", "b"], "data": 1}, "bad", {"room": "a", "data": 2}], "?results=each")
    assert answer.field("Content-Type") == "application/x-ndjson"
    *results, report = [json.loads(line) for line in answer.text.splitlines()]
    assert [(result.get("room"), result.get("offset"), result.get("code")) for result in results] == [
        ("a", 1, None), ("b", 1, None), (None, None, "INVALID_JSON"), ("a", 2, None)
    ]
    assert (report["accepted"], report["failed"]) == (3, 1)


def test_a_result_comes_while_the_stream_is_open(hub):
    client = hub.raw()
    client.request("POST", "/v1/events?results=each", ["Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"])
    assert b" 200 OK\r\n" in client.head()
    for number in range(1, 4):
        line = b'{"room":"a","data":1}\n'
        client.send(b"%x\r\n%s\r\n" % (len(line), line))
        assert json.loads(chunk(client))["offset"] == number
    client.send("0\r\n\r\n")
    assert json.loads(chunk(client))["accepted"] == 3
    assert chunk(client) == b""
    client.request("GET", "/health")
    assert client.response().status == 200


def test_an_error_of_the_stream_is_marked_as_no_line_s_result(hub):
    client = hub.raw()
    client.request("POST", "/v1/events?results=each", ["Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"])
    client.head()
    client.send(b'7\r\n{"room"\r\nno size\r\n')
    error = json.loads(chunk(client))
    assert (error["code"], error["scope"]) == ("INVALID_REQUEST", "stream")
    assert chunk(client) == b""


def test_the_one_result_of_a_line_over_the_limit_is_marked(start):
    hub = start("--body-bytes", "1000")
    answer = post(hub, [{"rooms": ["a", "b"], "data": "x" * 1000}, {"rooms": ["a b", "c d"], "data": 1}], "?results=each")
    *results, _ = [json.loads(line) for line in answer.text.splitlines()]
    assert [(result["code"], result.get("scope")) for result in results] == [
        ("PAYLOAD_TOO_LARGE", "line"), ("INVALID_ROOM", None), ("INVALID_ROOM", None)
    ]


def chunk(client):
    """One chunk of an answer."""
    size = b""
    while not size.endswith(b"\r\n"):
        size += client.exactly(1)
    data = client.exactly(int(size, 16))
    assert client.exactly(2) == b"\r\n"
    return data


def test_an_unknown_kind_of_results_is_refused(hub):
    hub.post("/v1/events?results=some", "", headers=NDJSON).expect_problem(400, "INVALID_REQUEST")


def test_a_line_over_the_limit_fails_alone(start):
    hub = start("--body-bytes", "1000")
    lines = [json.dumps({"room": "a", "data": data}) for data in (1, "x" * 200_000, 3)]
    report = hub.post("/v1/events", "\n".join(lines), headers=NDJSON).json
    assert (report["accepted"], report["failed"]) == (2, 1)
    assert [(error["line"], error["code"]) for error in report["errors"]] == [(2, "PAYLOAD_TOO_LARGE")]
    assert [event["data"] for event in hub.get("/v1/rooms/a/events").json["events"]] == [1, 3]


@pytest.mark.measure
def test_a_long_stream_costs_constant_memory(start):
    hub = start("--history-room-events", "100")
    line = json.dumps({"room": "a", "data": "x" * 8000}).encode() + b"\n"
    block = line * 16
    before = []

    def body():
        for number in range(64 * 1024 * 1024 // len(block)):
            if number == 50:
                before.append(hub.resident())
            yield block

    connection = http.client.HTTPConnection(hub.host, hub.port, timeout=seconds(120))
    connection.request("POST", "/v1/events", body=body(), headers=NDJSON, encode_chunked=True)
    report = json.loads(connection.getresponse().read())
    connection.close()
    assert report["accepted"] == 64 * 1024 * 1024 // len(block) * 16
    assert hub.resident() - before[0] < 16 << 20


@pytest.mark.measure
def test_the_hub_stops_reading_while_its_answer_is_not_read(hub):
    client = hub.raw(receive_buffer=4096)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    client.request("POST", "/v1/events?results=each", ["Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"])
    lines = b'{"room":"a","data":1}\n' * 1000
    block = b"%x\r\n%s\r\n" % (len(lines), lines)
    client.socket.settimeout(seconds(3))
    blocks, rest = 0, b""
    while blocks < 3000 and not rest:
        view = memoryview(block)
        while view:
            try:
                view = view[client.socket.send(view):]
            except socket.timeout:
                rest = bytes(view)
                break
        blocks += 1
    assert rest, "66 MB were taken from a client that reads nothing"
    assert hub.resident() < 200 << 20
    client.socket.settimeout(seconds(60))
    finish = threading.Thread(target=lambda: client.send(rest + b"0\r\n\r\n"))
    finish.start()
    client.head()
    results = b""
    while part := chunk(client):
        results += part
    finish.join()
    assert json.loads(results.splitlines()[-1])["accepted"] == blocks * 1000
