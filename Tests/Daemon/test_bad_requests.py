"""Input that is no request, or that two servers could read differently: refused, with a code, and forgotten."""

import pytest

HEAD = "GET /health HTTP/1.1\r\nHost: localhost\r\n"
POST = "POST /v1/rooms/a/events HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n"

REFUSED = {
    "no version": ("GET /health\r\nHost: localhost\r\n\r\n", 400, "INVALID_REQUEST"),
    "nonsense": ("\x16\x03\x01\x02\x00\r\n\r\n", 400, "INVALID_REQUEST"),
    "two spaces": ("GET  /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "INVALID_REQUEST"),
    "space in the target": ("GET /he alth HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "INVALID_REQUEST"),
    "lower case version": ("GET /health http/1.1\r\nHost: localhost\r\n\r\n", 400, "INVALID_REQUEST"),
    "bad method": ("G@T /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "INVALID_REQUEST"),
    "http 2 preface": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "INVALID_REQUEST"),
    "both lengths": (POST + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "both lengths, turned": (POST + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "two lengths": (POST + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n12", 400, "INVALID_REQUEST"),
    "a list of lengths": (POST + "Content-Length: 1, 2\r\n\r\n12", 400, "INVALID_REQUEST"),
    "signed length": (POST + "Content-Length: +1\r\n\r\n1", 400, "INVALID_REQUEST"),
    "negative length": (POST + "Content-Length: -1\r\n\r\n1", 400, "INVALID_REQUEST"),
    "hexadecimal length": (POST + "Content-Length: 0x1\r\n\r\n1", 400, "INVALID_REQUEST"),
    "overflowing length": (POST + "Content-Length: 18446744073709551617\r\n\r\n1", 400, "INVALID_REQUEST"),
    "empty length": (POST + "Content-Length:\r\n\r\n1", 400, "INVALID_REQUEST"),
    "chunked twice": (POST + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "chunked not last": (POST + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", None, "INVALID_REQUEST"),
    "unknown coding": (POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501, "INVALID_REQUEST"),
    "vertical tab before chunked": (POST + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "chunked in 1.0": (POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "bare line feed": ("GET /health HTTP/1.1\nHost: localhost\n\n", 400, "INVALID_REQUEST"),
    "bare line feed in a field": (HEAD + "X: 1\nY: 2\r\n\r\n", 400, "INVALID_REQUEST"),
    "bare carriage return": (HEAD + "X: 1\rY: 2\r\n\r\n", 400, "INVALID_REQUEST"),
    "folded field": (HEAD + "X: 1\r\n 2\r\n\r\n", 400, "INVALID_REQUEST"),
    "space before the colon": (HEAD + "X : 1\r\n\r\n", 400, "INVALID_REQUEST"),
    "space before the name": ("GET /health HTTP/1.1\r\n Host: localhost\r\n\r\n", 400, "INVALID_REQUEST"),
    "nul in a value": (HEAD + "X: a\0b\r\n\r\n", 400, "INVALID_REQUEST"),
    "nul in a name": (HEAD + "X\0: a\r\n\r\n", 400, "INVALID_REQUEST"),
    "no colon": (HEAD + "X\r\n\r\n", 400, "INVALID_REQUEST"),
    "empty name": (HEAD + ": 1\r\n\r\n", 400, "INVALID_REQUEST"),
    "no host": ("GET /health HTTP/1.1\r\n\r\n", 400, "INVALID_REQUEST"),
    "two hosts": (HEAD + "Host: localhost\r\n\r\n", 400, "INVALID_REQUEST"),
    "a host that is none": ("GET /health HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "INVALID_REQUEST"),
    "chunk size with a sign": (CHUNKED + "+1\r\n1\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "chunk size with 0x": (CHUNKED + "0x1\r\n1\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "chunk size that overflows": (CHUNKED + "fffffffffffffffff\r\n1\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "chunk without its end": (CHUNKED + "1\r\n12\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "chunk line with a line feed": (CHUNKED + "1\n1\r\n0\r\n\r\n", 400, "INVALID_REQUEST"),
    "folded trailer": (CHUNKED + "0\r\nX: 1\r\n 2\r\n\r\n", 400, "INVALID_REQUEST"),
    "100 KiB of headers": (HEAD + "X: " + "a" * 102_400 + "\r\n\r\n", 431, "HEADERS_TOO_LARGE"),
    "headers without an end": (HEAD + "X: 1\r\n" * 20_000, 431, "HEADERS_TOO_LARGE"),
    "101 fields": (HEAD + "".join(f"X{n}: 1\r\n" for n in range(100)) + "\r\n", 431, "HEADERS_TOO_LARGE"),
    "a long target": ("GET /" + "a" * 40_000 + " HTTP/1.1\r\nHost: localhost\r\n\r\n", (414, 431), None),
    "a 2 MiB body": (POST + "Content-Length: 2097152\r\n\r\n" + "1" * 2097152, 413, "PAYLOAD_TOO_LARGE"),
    "a chunk of 2 MiB": (CHUNKED + "200000\r\n" + "1" * 2097152, 413, "PAYLOAD_TOO_LARGE"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_request_is_refused_and_the_next_is_served(hub, name):
    data, status, code = REFUSED[name]
    client = hub.raw()
    try:
        client.send(data)
    except (BrokenPipeError, ConnectionResetError):
        pass
    response = client.response()
    if isinstance(status, int):
        assert response.status == status, response
    else:
        assert response.status in (status or (400, 501)), response
    if code:
        assert response.expect_problem(response.status, code)
    assert response.field("Connection") == "close"
    assert client.rest() == b""
    next_client = hub.raw()
    next_client.send(HEAD + "\r\n")
    assert next_client.response().status == 200
    assert hub.get("/v1/rooms/a/events").json["events"] == []


@pytest.mark.parametrize("request_text,codes", [
    ("POST /v1/rooms/a/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\n{a}", (400, "INVALID_JSON")),
    ("POST /v1/rooms/a%20b/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n1", (400, "INVALID_ROOM")),
    ("GET /v1/rooms/a/events?after=x HTTP/1.1\r\nHost: localhost\r\n\r\n", (400, "INVALID_POSITION")),
    ("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n", (404, "NOT_FOUND")),
])
def test_what_is_wrong_with_the_content_leaves_the_connection_open(hub, request_text, codes):
    client = hub.raw()
    for _ in range(3):
        client.send(request_text)
        client.response().expect_problem(*codes)
    client.send(HEAD + "\r\n")
    assert client.response().status == 200


def test_a_request_hidden_in_a_body_is_a_body(hub):
    hidden = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    client = hub.raw()
    client.send(POST + f"Content-Length: {len(hidden)}\r\n\r\n{hidden}" + HEAD + "\r\n")
    client.response().expect_problem(400, "INVALID_JSON")
    assert client.response().status == 200
    client.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.receive()


def test_pipelined_requests_are_answered_in_order(hub):
    client = hub.raw()
    client.send("".join(POST + f"Content-Length: {len(str(n))}\r\n\r\n{n}" for n in range(50)))
    assert [client.response().json["offset"] for _ in range(50)] == list(range(1, 51))
    assert [event["data"] for event in hub.get("/v1/rooms/a/events").json["events"]] == list(range(50))


def test_a_request_byte_by_byte(hub):
    client = hub.raw()
    text = POST + "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
    for byte in text:
        client.send(byte)
    assert client.response().status == 201


def test_absolute_form_its_authority_beats_the_host(hub):
    client = hub.raw()
    client.send(f"GET http://{client.authority}/health HTTP/1.1\r\nHost: {client.authority}\r\n\r\n")
    assert client.response().status == 200
    client.send(f"GET http://evil.example/v1/rooms HTTP/1.1\r\nHost: {client.authority}\r\n\r\n")
    assert client.response().status == 403


def test_expect_100_continue_gets_its_go_ahead_or_the_refusal(hub):
    client = hub.raw()
    client.send(POST + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n")
    assert client.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send("1")
    assert client.response().status == 201
    client.send(POST + "Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
    client.response().expect_problem(413, "PAYLOAD_TOO_LARGE")
