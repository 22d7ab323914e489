"""Behind nginx and HAProxy, and the client's address that they tell."""

import json
import socket
import struct
import subprocess

import pytest

from support import curl
from support.prometheus import parse
from support.proxies import HAProxy, Nginx
from support.raw import RawConnection
from support.waiting import seconds
from support.websocket import Socket

TRUSTED = ["--proxies-trusted", "127.0.0.1", "--log-level", "debug"]
PROTOCOL = [*TRUSTED, "--proxies-protocol"]
FLAGS = {Nginx: TRUSTED, HAProxy: PROTOCOL}

# Whom the proxies serve, and who is no proxy.
CLIENT = "127.0.0.5"
DIRECT = ["--interface", CLIENT]

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
ERRORS = "roomcast_proxy_header_errors_total"


@pytest.fixture(params=[Nginx, HAProxy], ids=lambda kind: kind.name)
def proxy(request, start, tmp_path):
    """A proxy in front of a hub that trusts it."""
    proxy = request.param(tmp_path, start(*FLAGS[request.param]))
    yield proxy
    proxy.stop()


def connect(hub, source="127.0.0.1"):
    connection = RawConnection(hub.host, hub.port, source=source)
    connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    hub.clients.append(connection)
    return connection


def version_2(source, fields=b"", command=0x21):
    body = socket.inet_aton(source) + socket.inet_aton("127.0.0.1") + struct.pack(">HH", 4711, 80) + fields
    return SIGNATURE + bytes([command, 0x11]) + struct.pack(">H", len(body)) + body


def version_1(source):
    return f"PROXY TCP4 {source} 127.0.0.1 4711 80\r\n".encode()


def metric(hub, name):
    return parse(hub.get("/metrics", options=DIRECT).text).value(name)


def test_events_pass_in_order_and_the_hub_knows_the_client(proxy):
    hub = proxy.hub
    socket = Socket(f"ws://{proxy.authority}/v1/ws", local_addr=(CLIENT, 0))
    socket.expect("welcome")
    socket.send({"type": "subscribe", "id": 1, "room": "a"})
    socket.expect("subscribed")
    stream = subprocess.Popen(
        ["curl", "-sN", *DIRECT, "--max-time", str(seconds(30)), "-H", "Accept: text/event-stream",
         proxy.url("/v1/rooms/a/events")],
        stdout=subprocess.PIPE, text=True,
    )
    lines = iter(stream.stdout.readline, "")
    assert "event: roomcast:subscribed\n" in lines
    for number in range(20):
        answer = curl.request("POST", proxy.url("/v1/rooms/a/events"), json.dumps(number), options=DIRECT)
        assert answer.status == 201, answer
    assert [frame["data"] for frame in socket.take(20)] == list(range(20))
    events = (json.loads(line[6:]) for line in lines if line.startswith("data: "))
    assert [event["data"] for event in (next(events) for _ in range(21)) if "data" in event] == list(range(20))
    stream.kill()
    stream.wait()
    socket.close()
    for path, status in (("/v1/ws", 101), ("/v1/rooms/a/events", 200), ("/v1/rooms/a/events", 201)):
        assert hub.wait_for_line(path=path, status=status)["peer"] == CLIENT
    assert {line["peer"] for line in hub.log_lines() if line.get("status") == 201} == {CLIENT}


def test_a_stream_of_envelopes_passes(proxy):
    body = "\n".join(json.dumps({"room": "a", "data": number}) for number in range(500))
    headers = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}
    answer = curl.request("POST", proxy.url("/v1/events"), body, headers=headers, options=DIRECT)
    assert answer.status == 200 and answer.json["accepted"] == 500, answer


def test_what_a_client_claims_through_a_proxy_is_not_believed(proxy):
    headers = {"X-Forwarded-For": "9.9.9.9", "Forwarded": "for=9.9.9.9"}
    assert curl.request("GET", proxy.url("/v1/rooms/x"), headers=headers, options=DIRECT).status == 200
    assert proxy.hub.wait_for_line(path="/v1/rooms/x")["peer"] == CLIENT


def test_what_a_client_claims_without_a_proxy_is_not_believed(start):
    hub = start(*TRUSTED)
    headers = {"X-Forwarded-For": "9.9.9.9", "Forwarded": "for=9.9.9.9"}
    hub.get("/v1/rooms/x", headers=headers, options=DIRECT)
    assert hub.wait_for_line(path="/v1/rooms/x")["peer"] == CLIENT


def test_each_request_of_a_proxy_has_its_own_client(start):
    hub = start(*TRUSTED)
    connection = connect(hub)
    fields = [
        ["X-Forwarded-For: 1.2.3.4"], ["X-Forwarded-For: 9.9.9.9, 2001:db8::1"], [], ["Forwarded: for=9.9.9.9"]
    ]
    for number, lines in enumerate(fields):
        connection.request("GET", f"/v1/rooms/r{number}", lines)
        assert connection.response().status == 200
    peers = [hub.wait_for_line(path=f"/v1/rooms/r{number}")["peer"] for number in range(4)]
    assert peers == ["1.2.3.4", "2001:db8::1", "127.0.0.1", "127.0.0.1"]


def test_the_standard_field_counts_where_it_is_set(start):
    hub = start(*TRUSTED, "--proxies-field", "forwarded")
    connection = connect(hub)
    connection.request("GET", "/v1/rooms/x", ["X-Forwarded-For: 9.9.9.9", 'Forwarded: for="[2001:db8::2]:80"'])
    assert connection.response().status == 200
    assert hub.wait_for_line(path="/v1/rooms/x")["peer"] == "2001:db8::2"


@pytest.mark.parametrize("header, peer", [
    (version_1("203.0.113.9"), "203.0.113.9"),
    (b"PROXY TCP6 2001:db8::9 ::1 4711 80\r\n", "2001:db8::9"),
    (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
    (version_2("203.0.113.9"), "203.0.113.9"),
    (version_2("203.0.113.9", fields=b"\x01\x00\x08http/1.1\x05\x00\x02id"), "203.0.113.9"),
    (version_2("203.0.113.9", command=0x20), "127.0.0.1"),
    (SIGNATURE + b"\x20\0\0\0", "127.0.0.1"),
], ids=["v1", "v1-ipv6", "v1-unknown", "v2", "v2-fields", "v2-local", "v2-local-empty"])
@pytest.mark.parametrize("split", ["whole", "bytes"])
def test_a_header_names_the_client(start, header, peer, split):
    hub = start(*PROTOCOL)
    connection = connect(hub)
    if split == "whole":
        connection.send(header + b"GET /v1/rooms/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
    else:
        for byte in header:
            connection.send(bytes([byte]))
        connection.request("GET", "/v1/rooms/x", host="localhost")
    assert connection.response().status == 200
    assert hub.wait_for_line(path="/v1/rooms/x")["peer"] == peer
    # Behind a proxy that relays bytes, fields are the client's own.
    connection.request("GET", "/v1/rooms/y", ["X-Forwarded-For: 9.9.9.9"])
    assert connection.response().status == 200
    assert hub.wait_for_line(path="/v1/rooms/y")["peer"] == peer
    assert metric(hub, ERRORS) == 0


def test_a_header_that_names_a_trusted_proxy_lets_its_fields_count(start):
    hub = start("--proxies-trusted", "127.0.0.1,10.0.0.0/8", "--proxies-protocol", "--log-level", "debug")
    connection = connect(hub)
    connection.send(version_2("10.1.2.3"))
    connection.request("GET", "/v1/rooms/x", ["X-Forwarded-For: 9.9.9.9, 203.0.113.9"])
    assert connection.response().status == 200
    assert hub.wait_for_line(path="/v1/rooms/x")["peer"] == "203.0.113.9"


@pytest.mark.parametrize("start_bytes", [
    b"GET /v1/rooms/x HTTP/1.1\r\nHost: localhost\r\n\r\n", b"PROXY TCP4 1.1.1.1\r\n", b"PROXY " + b"x" * 200,
    b"\x16\x03\x01", SIGNATURE + b"\x11\x11\x00\x0c", SIGNATURE + b"\x21\x11\xff\xff", SIGNATURE + b"\x21\x11\x00\x04",
], ids=["none", "short", "long", "tls", "version", "huge", "no-room"])
def test_a_proxy_without_a_right_header_is_refused(start, start_bytes):
    hub = start(*PROTOCOL)
    connection = connect(hub)
    connection.send(start_bytes)
    assert connection.rest() == b""
    assert hub.wait_for_line(message="proxy refused")["peer"] == "127.0.0.1"
    assert metric(hub, ERRORS) == 1
    assert hub.get("/health", options=DIRECT).status == 200


def test_a_header_that_ends_too_early_is_counted_and_a_silent_connection_is_not(start):
    hub = start(*PROTOCOL, "--headers-time", "1s")
    silent, late, cut = connect(hub), connect(hub), connect(hub)
    late.send(SIGNATURE)
    cut.send(b"PROXY TCP4 1.1.1.1")
    cut.socket.shutdown(socket.SHUT_WR)
    for connection in (cut, late, silent):
        assert connection.rest() == b""
    assert metric(hub, ERRORS) == 2


def test_who_is_not_trusted_is_served_without_a_header(start):
    hub = start(*PROTOCOL)
    connection = connect(hub, source=CLIENT)
    connection.request("GET", "/v1/rooms/x")
    assert connection.response().status == 200
    assert hub.wait_for_line(path="/v1/rooms/x")["peer"] == CLIENT
    liar = connect(hub, source=CLIENT)
    liar.send(version_1("127.0.0.1") + b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert liar.response().status == 400
    assert metric(hub, ERRORS) == 0


def test_curl_sends_the_header(start):
    hub = start(*PROTOCOL)
    assert hub.get("/health", options=["--haproxy-protocol"]).status == 200


def test_an_address_of_either_version_is_one_client(start):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    hub = start("--host", "::", "--insecure", "--proxies-trusted", "::1,127.0.0.1", "--log-level", "debug")
    for number, host in enumerate(("[::1]", "127.0.0.1")):
        url = f"http://{host}:{hub.port}/v1/rooms"
        assert curl.request("GET", f"{url}/own{number}").status == 200
        assert curl.request("GET", f"{url}/told{number}", headers={"X-Forwarded-For": "2001:DB8::7"}).status == 200
    peers = [hub.wait_for_line(path=f"/v1/rooms/{name}")["peer"] for name in ("own0", "told0", "own1", "told1")]
    assert peers == ["::1", "2001:db8::7", "127.0.0.1", "2001:db8::7"]
