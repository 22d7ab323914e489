"""What is told with bytes: the handshake, and frames that RFC 6455 does not allow."""

import struct

import pytest

from support.raw import frame
from support.waiting import seconds

HANDSHAKE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture
def client(hub):
    """An open WebSocket, after the welcome."""
    client = hub.raw()
    client.upgrade()
    opcode, payload = client.receive_frame()
    assert opcode == 1 and b'"welcome"' in payload
    return client


def test_the_accept_key_is_that_of_the_rfc(hub):
    client = hub.raw()
    client.request("GET", "/v1/ws", [f"{name}: {value}" for name, value in HANDSHAKE.items()])
    head = client.head().decode()
    assert head.startswith("HTTP/1.1 101 Switching Protocols\r\n")
    assert "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in head
    assert "Sec-WebSocket-Extensions" not in head


@pytest.mark.parametrize("field,value", [
    ("Sec-WebSocket-Key", None), ("Sec-WebSocket-Key", "short"), ("Sec-WebSocket-Version", "12"),
    ("Sec-WebSocket-Version", None), ("Connection", "keep-alive"), ("Upgrade", None),
])
def test_a_wrong_handshake_gets_an_http_answer(hub, field, value):
    fields = {**HANDSHAKE, field: value}
    client = hub.raw()
    client.request("GET", "/v1/ws", [f"{name}: {value}" for name, value in fields.items() if value])
    response = client.response()
    assert response.status in (400, 426), response
    assert response.field("Content-Type") == "application/problem+json"
    if response.status == 426:
        assert response.json["code"] == "UPGRADE_REQUIRED"
        assert response.field("Upgrade") == "websocket" and "13" in response.field("Sec-WebSocket-Version")


def test_a_plain_get_of_the_websocket_address_is_426(hub):
    answer = hub.get("/v1/ws")
    answer.expect_problem(426, "UPGRADE_REQUIRED")
    assert answer.field("Upgrade") == "websocket"


def test_frames_sent_with_the_handshake_are_read(hub):
    client = hub.raw()
    lines = [f"{name}: {value}" for name, value in HANDSHAKE.items()]
    request = f"GET /v1/ws HTTP/1.1\r\nHost: {client.authority}\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    client.send(request.encode() + frame(1, '{"type":"ping","id":1}') + frame(1, '{"type":"ping","id":2}'))
    client.head()
    assert b'"welcome"' in client.receive_frame()[1]
    assert client.receive_frame() == (1, b'{"type":"pong","id":1}')
    assert client.receive_frame() == (1, b'{"type":"pong","id":2}')


@pytest.mark.parametrize("opcode,payload,options,code", [
    (1, b'{"type":"ping"}', {"masked": False}, 1002),
    (9, b"", {"masked": False}, 1002),
    (3, b"", {}, 1002), (7, b"", {}, 1002), (11, b"", {}, 1002), (15, b"", {}, 1002),
    (1, b"{}", {"reserved": 4}, 1002), (1, b"{}", {"reserved": 1}, 1002),
    (9, b"", {"final": False}, 1002), (9, b"x" * 126, {}, 1002),
    (0, b"x", {}, 1002),
    (1, b"\xff", {}, 1007), (1, b'"\xc0\x80"', {}, 1007), (1, b"\xed\xa0\x80", {}, 1007), (1, b"\xe2\x82", {}, 1007),
    (8, b"\x03", {}, 1002), (8, struct.pack(">H", 1005), {}, 1002), (8, struct.pack(">H", 999), {}, 1002),
    (8, struct.pack(">H", 1000) + b"\xff", {}, 1007),
    (2, b"\x00\x01", {}, 1003), (2, b"", {}, 1003),
    (1, b'"' + b"x" * 65536 + b'"', {}, 1009),
])
def test_a_wrong_frame_closes_with_its_code(hub, client, opcode, payload, options, code):
    client.frame(opcode, payload, **options)
    assert client.expect_close() == code
    assert hub.get("/health").status == 200


def test_invalid_utf8_is_found_before_the_message_ends(client):
    client.frame(1, b'{"type":"\xff', final=False)
    assert client.expect_close() == 1007


def test_a_text_frame_between_fragments_is_refused(client):
    client.frame(1, b'{"ty', final=False)
    client.frame(1, b'{"type":"ping"}')
    assert client.expect_close() == 1002


def test_a_message_over_the_limit_is_refused_by_its_header_alone(client):
    client.send(b"\x81\xff" + struct.pack(">Q", 1 << 40) + b"\0\0\0\0")
    assert client.expect_close() == 1009


def test_fragments_count_together(client):
    for opcode in (1, 0, 0):
        client.frame(opcode, b"[" + b" " * 30000, final=False)
    assert client.expect_close() == 1009


def test_the_limit_of_a_message_is_a_setting(start):
    hub = start("--client-message-bytes", "200")
    client = hub.raw()
    client.upgrade()
    client.receive_frame()
    client.frame(1, b'{"type":"ping"}' + b" " * 185)
    assert client.receive_frame() == (1, b'{"type":"pong"}')
    client.frame(1, b'{"type":"ping"}' + b" " * 186)
    assert client.expect_close() == 1009


def test_a_message_in_many_fragments_with_pings_between_them(client):
    text = b'{"type":"ping","id":"caf\xc3\xa9"}'
    for index in range(len(text)):
        client.frame(1 if index == 0 else 0, text[index:index + 1], final=False)
        if index % 5 == 0:
            client.frame(9, b"%d" % index)
            assert client.receive_frame() == (10, b"%d" % index)
    client.frame(0, b"", final=True)
    assert client.receive_frame() == (1, '{"type":"pong","id":"café"}'.encode())


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
def test_a_close_is_answered_with_its_code_and_the_end(client, code):
    client.frame(8, struct.pack(">H", code) + b"bye")
    opcode, payload = client.receive_frame()
    assert opcode == 8 and struct.unpack(">H", payload[:2])[0] == code
    assert client.rest() == b""


def test_a_close_without_a_code_is_answered(client):
    client.frame(8)
    assert client.receive_frame() == (8, b"")
    assert client.rest() == b""


def test_an_unasked_pong_is_ignored(client):
    client.frame(10, b"anything")
    client.frame(1, b'{"type":"ping"}')
    assert client.receive_frame() == (1, b'{"type":"pong"}')


def test_every_split_of_the_bytes_is_the_same(hub):
    data = frame(1, b'{"type":"ping","id":1}') + frame(9, b"p") + frame(1, b'{"type":"ping","id":"' + b"x" * 120 + b'"}')
    for size in (1, 2, 3, 7, len(data)):
        client = hub.raw()
        client.upgrade()
        client.receive_frame()
        for start in range(0, len(data), size):
            client.send(data[start:start + size])
        # The protocol's own answer may overtake the hub's.
        frames = [client.receive_frame() for _ in range(3)]
        assert (10, b"p") in frames
        assert [payload for opcode, payload in frames if opcode == 1] == [
            b'{"type":"pong","id":1}', b'{"type":"pong","id":"' + b"x" * 120 + b'"}'
        ]


def test_a_connection_that_has_failed_is_ended_at_once(client):
    """RFC 6455 section 7.1.7: after the close frame the connection is closed, without waiting for the peer's."""
    client.frame(3)
    assert client.receive_frame()[0] == 8
    client.socket.settimeout(seconds(3))
    assert client.rest() == b""
