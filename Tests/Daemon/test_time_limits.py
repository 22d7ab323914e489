"""Time limits of a request: a client that dawdles is told so and does not hold a connection."""

import time

import pytest

from support.waiting import wait_until

HEAD = "POST /v1/rooms/a/events HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def hasty(start):
    """A hub with the shortest limits."""
    return start("--headers-time", "1s", "--body-time", "1s", "--keep-alive", "1s")


def expect_end(client, began, least=0.9):
    assert client.rest() == b""
    assert time.monotonic() - began >= least


def test_a_client_that_says_nothing_is_closed_without_a_word(hasty):
    began, client = time.monotonic(), hasty.raw()
    expect_end(client, began)


@pytest.mark.parametrize("text", ["G", "GET /health HTTP/1.1\r\n", HEAD + "X: 1\r\n"])
def test_a_head_that_does_not_end_is_408(hasty, text):
    began, client = time.monotonic(), hasty.raw()
    client.send(text)
    response = client.response()
    response.expect_problem(408, "TIMEOUT")
    assert response.json["temporary"] is True and response.field("Connection") == "close"
    expect_end(client, began)


def test_dripping_a_head_does_not_stretch_its_time(hasty):
    began, client = time.monotonic(), hasty.raw()
    client.socket.settimeout(0.2)
    text = HEAD + "X: 1\r\n" * 1000
    answer = b""
    for byte in text:
        client.send(byte)
        try:
            answer = client.receive()
            break
        except TimeoutError:
            assert time.monotonic() - began < 10
    assert answer.startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("text", [HEAD + "Content-Length: 10\r\n\r\n12", HEAD + "Transfer-Encoding: chunked\r\n\r\n2\r\n12\r\n"])
def test_a_body_that_does_not_end_is_408(hasty, text):
    began, client = time.monotonic(), hasty.raw()
    client.send(text)
    client.response().expect_problem(408, "TIMEOUT")
    expect_end(client, began)
    assert hasty.get("/v1/rooms/a/events").json["events"] == []


def test_lines_have_the_time_anew_with_each_part(hasty):
    client = hasty.raw()
    client.request("POST", "/v1/events", ["Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"])
    line = b'{"room":"a","data":1}\n'
    for _ in range(5):
        client.send(b"%x\r\n%s\r\n" % (len(line), line))
        time.sleep(0.5)
    client.send("0\r\n\r\n")
    assert client.response().json["accepted"] == 5


def test_lines_without_progress_are_408_and_what_came_counts(hasty):
    client = hasty.raw()
    client.request("POST", "/v1/events", ["Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"])
    line = b'{"room":"a","data":1}\n'
    client.send(b"%x\r\n%s\r\n" % (len(line), line))
    client.response().expect_problem(408, "TIMEOUT")
    assert client.rest() == b""
    assert len(hasty.get("/v1/rooms/a/events").json["events"]) == 1


def test_lines_with_results_of_each_end_with_the_error(hasty):
    client = hasty.raw()
    client.request("POST", "/v1/events?results=each", ["Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"])
    client.head()
    rest = client.rest()
    assert b'"code":"TIMEOUT"' in rest and rest.endswith(b"0\r\n\r\n")


def test_an_idle_connection_is_closed_without_a_word(hasty):
    client = hasty.raw()
    for _ in range(2):
        client.request("GET", "/health")
        assert client.response().status == 200
    began = time.monotonic()
    expect_end(client, began)


def test_a_stream_is_not_idle(start):
    hub = start("--headers-time", "1s", "--body-time", "1s", "--keep-alive", "1s")
    socket, stream = hub.subscriber("a"), hub.events("/v1/rooms/a/events")
    stream.expect("roomcast:subscribed")
    idle = hub.raw()
    assert idle.rest() == b""
    hub.publish("a", 1)
    assert socket.expect("event")["data"] == stream.expect("message").data["data"] == 1


def test_connections_beyond_the_limit_are_told_and_closed(start):
    hub = start("--connections", "3")
    sockets = [hub.subscriber("a") for _ in range(3)]
    client = hub.raw()
    client.request("GET", "/v1/rooms")
    response = client.response()
    problem = response.expect_problem(429, "TOO_MANY_CONNECTIONS")
    assert "3" in problem["detail"] or "limit" in problem["detail"]
    assert response.field("Connection") == "close" and client.rest() == b""
    client.close()
    sockets[0].close()
    wait_until(lambda: hub.get("/health").status == 200, what="room for one more")


def test_a_websocket_beyond_the_limit_is_told_in_a_frame(start):
    """Section 2.4: browsers cannot see the status of a failed handshake."""
    hub = start("--connections", "2")
    sockets = [hub.subscriber("a") for _ in range(2)]
    refused = hub.websocket()
    refused.expect_refusal("TOO_MANY_CONNECTIONS", 4129)
    assert sockets[0].ask({"type": "ping"}) == {"type": "pong"}
