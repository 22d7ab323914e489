"""Which pages and host names may use an open hub on loopback."""

import pytest

from support.curl import Response
from test_websocket_frames import HANDSHAKE

WEBSOCKET = [f"{name}: {value}" for name, value in HANDSHAKE.items()]
ROOM = "/v1/rooms/a/events"

# Each way to write to the hub or to read from it.
WAYS = {
    "publish": ("POST", ROOM, [], b"1"),
    "publish as a form": ("POST", ROOM, ["Content-Type: text/plain"], b"1"),
    "publish many": ("POST", "/v1/events", [], b'{"room":"a","data":1}'),
    "publish lines": ("POST", "/v1/events", ["Content-Type: application/x-ndjson"], b'{"room":"a","data":1}\n'),
    "history": ("GET", ROOM, [], b""),
    "event stream": ("GET", ROOM, ["Accept: text/event-stream"], b""),
    "event stream of many": ("GET", "/v1/events?room=a", ["Accept: text/event-stream"], b""),
    "websocket": ("GET", "/v1/ws", WEBSOCKET, b""),
    "websocket of a room": ("GET", ROOM, WEBSOCKET, b""),
    "rooms": ("GET", "/v1/rooms", [], b""),
    "room": ("GET", "/v1/rooms/a", [], b""),
    "echo": ("GET", "/debug/echo", WEBSOCKET, b""),
}


def ask(hub, way, origin=None, host=None):
    method, path, fields, body = WAYS[way]
    client = hub.raw()
    client.request(method, path, [*fields, *([f"Origin: {origin}"] if origin is not None else [])], body, host=host)
    if "stream" in way or "websocket" in way or way == "echo":
        response = Response(client.head())
        if response.status in (200, 101):
            return response
        response.body = client.exactly(int(response.field("Content-Length")))
        return response
    return client.response()


@pytest.fixture
def echoing(start):
    return start("--debug-echo")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1:1", ""])
def test_a_page_of_another_origin_is_refused_everywhere(echoing, way, origin):
    ask(echoing, way, origin=origin).expect_problem(403, "ORIGIN_NOT_ALLOWED")
    assert echoing.get("/v1/rooms/a").json["position"].endswith("-0")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"])
def test_a_name_rebound_to_loopback_is_refused_everywhere(echoing, way, host):
    for origin in (None, f"http://{host}"):
        ask(echoing, way, host=host, origin=origin).expect_problem(403, "ORIGIN_NOT_ALLOWED")
    assert echoing.get("/v1/rooms/a").json["position"].endswith("-0")


@pytest.mark.parametrize("way", [way for way in WAYS if way != "publish lines"])
def test_a_page_of_the_hub_itself_and_a_client_without_a_page_are_let_in(echoing, way):
    for host in ("localhost", "127.0.0.1", "[::1]", "LocalHost"):
        host = f"{host}:{echoing.port}"
        for origin in (None, f"http://{host}"):
            assert ask(echoing, way, host=host, origin=origin).status in (200, 201, 101), (host, origin)


def test_probes_do_not_ask_who_calls(hub):
    for path in ("/health", "/ready"):
        assert hub.get(path, headers={"Host": "anything.example", "Origin": "https://evil.example"}).status == 200


def test_metrics_are_not_for_a_rebound_name(hub):
    hub.get("/metrics", headers={"Host": "evil.example"}).expect_problem(403, "ORIGIN_NOT_ALLOWED")


def test_the_allow_lists(start):
    hub = start("--allow-origins", "https://app.example,https://*.example.org", "--allow-hosts", "hub.internal")
    for origin, allowed in [
        ("https://app.example", True), ("http://app.example", False), ("https://app.example:8443", False),
        ("https://a.example.org", True), ("https://example.org", False), ("https://aexample.org", False),
        ("https://a.example.org.evil.example", False), ("https://x.app.example", False),
    ]:
        answer = hub.post(ROOM, "1", headers={"Origin": origin})
        assert answer.status == (201 if allowed else 403), origin
        assert answer.field("Access-Control-Allow-Origin") == (origin if allowed else None), origin
    assert hub.get("/v1/rooms", headers={"Host": "hub.internal"}).status == 200
    assert hub.get("/v1/rooms", headers={"Host": f"HUB.internal:{hub.port}"}).status == 200
    assert hub.get("/v1/rooms", headers={"Host": "other.internal"}).status == 403


def test_a_preflight_is_answered_for_the_allowed_alone(start):
    hub = start("--allow-origins", "https://app.example")
    fields = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,idempotency-key"}
    answer = hub.curl("OPTIONS", ROOM, headers={"Origin": "https://app.example", **fields})
    assert answer.status in (200, 204), answer
    assert answer.field("Access-Control-Allow-Origin") == "https://app.example"
    assert "POST" in answer.field("Access-Control-Allow-Methods")
    allowed = answer.field("Access-Control-Allow-Headers").lower()
    named = ["content-type", "idempotency-key", "last-event-id", "authorization", "traceparent"]
    assert all(name in allowed for name in named)
    assert "origin" in answer.field("Vary").lower()
    assert answer.field("Access-Control-Allow-Private-Network") is None
    refused = hub.curl("OPTIONS", ROOM, headers={"Origin": "https://evil.example", **fields})
    assert refused.status == 403 and refused.field("Access-Control-Allow-Origin") is None


def test_a_preflight_names_the_methods_of_the_path(start):
    hub = start("--allow-origins", "https://app.example")
    for path, methods in [
        (ROOM, {"GET", "HEAD", "POST", "OPTIONS"}), ("/v1/rooms", {"GET", "HEAD", "OPTIONS"}),
        ("/v1/users/ann/connections", {"GET", "HEAD", "DELETE", "OPTIONS"}),
    ]:
        answer = hub.curl("OPTIONS", path, headers={
            "Origin": "https://app.example", "Access-Control-Request-Method": "POST"})
        assert set(answer.field("Access-Control-Allow-Methods").split(", ")) == methods, path


def test_a_page_of_the_public_web_reaches_a_private_hub_only_where_it_is_allowed(start):
    hub = start("--allow-origins", "https://app.example")
    fields = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Private-Network": "true"}
    answer = hub.curl("OPTIONS", ROOM, headers={"Origin": "https://app.example", **fields})
    assert answer.status == 204 and answer.field("Access-Control-Allow-Private-Network") == "true"
    for headers in ({"Origin": "https://evil.example"}, {}):
        answer = hub.curl("OPTIONS", ROOM, headers={**headers, **fields})
        assert answer.field("Access-Control-Allow-Private-Network") is None, headers


def test_no_browser_takes_a_body_for_another_type_than_it_has(hub):
    answers = [
        hub.get(ROOM), hub.post(ROOM, "1"), hub.post(ROOM, "nonsense"), hub.get("/v1/nothing"), hub.get("/health"),
        hub.get("/metrics"), hub.post("/v1/events", '{"room":"a","data":1}'),
        hub.post("/v1/events?results=each", '{"room":"a","data":1}', headers={
            "Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}),
    ]
    for answer in answers:
        assert answer.field("Content-Type") and answer.field("X-Content-Type-Options") == "nosniff", answer
    assert hub.events(ROOM).fields["X-Content-Type-Options"] == "nosniff"


def test_an_allowed_page_may_read_streams_and_errors(start):
    hub = start("--allow-origins", "https://app.example")
    origin = {"Origin": "https://app.example"}
    stream = hub.events(ROOM, headers=origin)
    assert stream.fields["Access-Control-Allow-Origin"] == "https://app.example"
    assert "origin" in stream.fields["Vary"].lower()
    many = hub.events("/v1/events?room=a&room=b", headers=origin)
    assert many.fields["Access-Control-Allow-Origin"] == "https://app.example"
    error = hub.post(ROOM, "nonsense", headers=origin)
    assert error.status == 400 and error.field("Access-Control-Allow-Origin") == "https://app.example"
    assert "retry-after" in error.field("Access-Control-Expose-Headers").lower()
    lines = hub.post("/v1/events?results=each", '{"room":"a","data":1}', headers={
        **origin, "Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"
    })
    assert lines.field("Access-Control-Allow-Origin") == "https://app.example"


def test_two_origins_must_both_be_allowed(hub):
    client = hub.raw()
    client.request("POST", ROOM, [f"Origin: http://{hub.authority}", "Origin: https://evil.example"], b"1")
    assert client.response().status in (400, 403)


def test_anyone_may_call_an_insecure_hub_by_any_name_but_pages_still_may_not(start):
    hub = start("--host", "0.0.0.0", "--insecure")
    hub.host = "127.0.0.1"
    assert hub.get("/v1/rooms", headers={"Host": "hub.example"}).status == 200
    hub.get("/v1/rooms", headers={"Origin": "https://evil.example"}).expect_problem(403, "ORIGIN_NOT_ALLOWED")
    hub.wait_for_line(level="warning")
