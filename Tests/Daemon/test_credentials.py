"""Every way into the hub, with every kind of credential: what opens, and what is answered where it does not."""

import json
import pathlib
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from support.credentials import base64url, bearer
from support.curl import Response
from test_websocket_frames import HANDSHAKE

ROOM = "orders:1"
EVENTS = f"/v1/rooms/{ROOM}/events"
NOBODY = f"/v1/connections/{'0f' * 16}"
LINES = {"Content-Type": "application/x-ndjson"}
STREAM = {"Accept": "text/event-stream"}
REPOSITORY = pathlib.Path(__file__).parents[2]


def http(method, path, data=None, fields=None, good=200):
    """A request that is answered with `good` where it is allowed."""

    def ask(hub, credential):
        answer = hub.curl(method, path, data=data, headers={**bearer(credential), **(fields or {})})
        if answer.status == good:
            return "yes"
        challenge = answer.field("WWW-Authenticate")
        assert (challenge is not None) == (answer.status == 401), answer
        if answer.status == 401:
            # RFC 6750 section 3: who shows nothing is told no error.
            wanted = 'Bearer realm="roomcast"' + (', error="invalid_token"' if credential else "")
            assert challenge == wanted, answer
        code = "" if method == "HEAD" else " " + answer.expect_problem(answer.status, answer.json["code"])["code"]
        return f"{answer.status}{code}"

    return ask


def results(path, data, fields=None):
    """A body of envelopes: each has its own result."""

    def ask(hub, credential):
        answer = hub.post(path, data, headers={**bearer(credential), **(fields or {})})
        if answer.status != 200:
            return f"{answer.status} {answer.json['code']}"
        found = answer.json.get("results")
        if found is None:
            assert answer.json["accepted"] + answer.json["failed"] == 2
            found = answer.json["errors"]
        codes = {result.get("code") for result in found}
        assert len(codes) <= 1, answer
        return f"each {codes.pop()}" if codes and codes != {None} else "yes"

    return ask


def stream(path):
    def ask(hub, credential):
        events = hub.events(path, headers=bearer(credential))
        if events.status != 200:
            return f"{events.status} {events.read()['code']}"
        assert events.expect("roomcast:subscribed").data["room"] == ROOM
        return "yes"

    return ask


def refused_handshake(hub, path, credential):
    """The status and code in place of a handshake, or None where it went well."""
    client = hub.raw()
    fields = [f"{name}: {value}" for name, value in {**HANDSHAKE, **bearer(credential)}.items()]
    client.request("GET", path, fields)
    answer = Response(client.head())
    if answer.status == 101:
        client.close()
        return None
    answer.body = client.exactly(int(answer.field("Content-Length")))
    return f"{answer.status} {answer.json['code']}"


def room_socket(hub, credential):
    refusal = refused_handshake(hub, EVENTS, credential)
    if refusal:
        return refusal
    socket = hub.secret_websocket(credential, EVENTS)
    frame = socket.receive()
    if frame["type"] == "error":
        return f"{frame['code']} {socket.expect_close()[0]}"
    assert frame["type"] == "welcome"
    frame = socket.ask({"type": "ping", "id": 1})
    if frame["type"] == "pong":
        return "waits"
    assert frame["type"] == "subscribed" and frame["room"] == ROOM
    return "yes"


def message(content, good):
    """A message on a WebSocket of no room."""

    def ask(hub, credential):
        refusal = refused_handshake(hub, "/v1/ws", credential)
        if refusal:
            return refusal
        socket = hub.secret_websocket(credential)
        socket.expect("welcome")
        answer = socket.ask({"id": 7, "room": ROOM, **content})
        assert answer["id"] == 7 and answer["temporary" if answer["type"] == "error" else "type"] in (False, good), answer
        # Whatever it was told, the client may go on.
        assert socket.ask({"type": "ping", "id": 8}) == {"type": "pong", "id": 8}
        return "yes" if answer["type"] == good else f"error {answer['code']}"

    return ask


# The case of the router's Endpoint, what is needed, and how to ask.
WAYS = {
    "publish": ("roomEvents", "publish", http("POST", EVENTS, "1", good=201)),
    "history": ("roomEvents", "read", http("GET", EVENTS)),
    "head of history": ("roomEvents", "read", http("HEAD", EVENTS)),
    "event stream": ("roomEvents", "read", stream(EVENTS)),
    "websocket of a room": ("roomEvents", "socket", room_socket),
    "publish one envelope": ("events", "each", results("/v1/events", f'{{"room":"{ROOM}","data":1}}')),
    "publish an array": ("events", "each", results("/v1/events", f'[{{"rooms":["{ROOM}","{ROOM}"],"data":1}}]')),
    "publish lines": ("events", "each", results("/v1/events", f'{{"room":"{ROOM}","data":1}}\n' * 2, LINES)),
    "publish lines with results": (
        "events", "each", http("POST", "/v1/events?results=each", f'{{"room":"{ROOM}","data":1}}\n', LINES)
    ),
    "event stream of rooms": ("events", "read", stream(f"/v1/events?room={ROOM}")),
    "head of an event stream": ("events", "read", http("HEAD", f"/v1/events?room={ROOM}", fields=STREAM)),
    "subscribe": ("webSocket", "message", message({"type": "subscribe"}, "subscribed")),
    "publish a message": ("webSocket", "message to publish", message({"type": "publish", "data": 1}, "published")),
    "history by message": ("webSocket", "message", message({"type": "history"}, "history")),
    "rooms": ("rooms", "admin", http("GET", "/v1/rooms")),
    "head of rooms": ("rooms", "admin", http("HEAD", "/v1/rooms")),
    "room": ("room", "read", http("GET", f"/v1/rooms/{ROOM}")),
    "head of a room": ("room", "read", http("HEAD", f"/v1/rooms/{ROOM}")),
    "close a user's": ("userConnections", "admin", http("DELETE", "/v1/users/nobody/connections")),
    "revoke a user's": ("userConnections", "admin", http("DELETE", "/v1/users/nobody/connections?revoke=true")),
    "list a user's": ("userConnections", "admin", http("GET", "/v1/users/nobody/connections")),
    "delete a room": ("room", "admin", http("DELETE", "/v1/rooms/orders:1")),
    "members": ("roomMembers", "read", http("GET", f"/v1/rooms/{ROOM}/members")),
    "an event for a user": ("userEvents", "everywhere", http("POST", "/v1/users/nobody/events", "1")),
    "connections": ("connections", "admin", http("GET", "/v1/connections")),
    "connection": ("connection", "admin", http("GET", NOBODY, good=404)),
    "close a connection": ("connection", "admin", http("DELETE", NOBODY, good=404)),
    "subscribe a connection": ("connectionRoom", "admin", http("PUT", f"{NOBODY}/rooms/{ROOM}", good=404)),
    "unsubscribe a connection": ("connectionRoom", "admin", http("DELETE", f"{NOBODY}/rooms/{ROOM}", good=404)),
    "nodes": ("nodes", "admin", http("GET", "/v1/nodes")),
    "openapi": ("openAPI", "nothing", http("GET", "/openapi.json")),
    "asyncapi": ("asyncAPI", "nothing", http("GET", "/asyncapi.json")),
    "the console": ("file", "nothing", http("GET", "/")),
    "the browser's client": ("file", "nothing", http("GET", "/roomcast.js")),
    "metrics": ("metrics", "admin", http("GET", "/metrics")),
    "head of metrics": ("metrics", "admin", http("HEAD", "/metrics")),
    "health": ("health", "nothing", http("GET", "/health")),
    "head of health": ("health", "nothing", http("HEAD", "/health")),
    "ready": ("ready", "nothing", http("GET", "/ready")),
    "options of a room": ("roomEvents", "nothing", http("OPTIONS", EVENTS, good=204)),
    "options of events": ("events", "nothing", http("OPTIONS", "/v1/events", good=204)),
    "options of rooms": ("rooms", "nothing", http("OPTIONS", "/v1/rooms", good=204)),
    "options of a user's": ("userConnections", "nothing", http("OPTIONS", "/v1/users/a/connections", good=204)),
}

SHOWN = [
    "nothing", "a wrong key", "no key at all", "a key without the scope", "a key for other rooms", "an expired token",
    "a token of a stranger", "a token without the room", "the right key", "the right token",
]


def show(credentials, shown, need):
    """The credential to show; the key that lacks a scope lacks the one that is needed, and has the others."""
    scopes = {"publish", "read", "admin"}
    lacking = {"admin": "admin", "publish": "publish", "everywhere": "publish", "each": "publish", "message to publish": "publish"}.get(need, "read")
    right = {"subscribe": ["orders:*"], "publish": ["orders:1"]}
    if shown == "nothing":
        return None
    if shown == "a wrong key":
        return credentials.note("rc_" + "A" * 43)
    if shown == "no key at all":
        return credentials.note("secret")
    if shown == "a key without the scope":
        return credentials.key("scoped", sorted(scopes - {lacking}))
    if shown == "a key for other rooms":
        return credentials.key("elsewhere", sorted(scopes), ["orders:2", "orders:10*", "orders", "news*"])
    if shown == "an expired token":
        return credentials.token(life=-120, **right)
    if shown == "a token of a stranger":
        claims = credentials.claims(**right)
        credentials.replace_secret()
        token = credentials.sign(claims)
        credentials.replace_secret()
        return token
    if shown == "a token without the room":
        return credentials.token(subscribe=["orders:2", "news*"], publish=["orders:2", "news*"])
    if shown == "the right key":
        return credentials.key("right", sorted(scopes), ["orders:*"])
    return credentials.token(**right)


def expected(shown, need, way):
    """What the documentation says."""
    is_head = way.startswith("head")
    bare = (lambda text: text.split(" ")[0]) if is_head else (lambda text: text)
    if need == "nothing":
        return "yes"
    if shown in ("a wrong key", "no key at all", "a token of a stranger"):
        return bare("401 UNAUTHORIZED")
    if shown == "an expired token":
        return bare("401 TOKEN_EXPIRED")
    if shown == "nothing":
        return {"socket": "waits", "message": "error UNAUTHORIZED", "message to publish": "error UNAUTHORIZED"}.get(
            need, bare("401 UNAUTHORIZED"))
    # What belongs to no room needs a key for all of them.
    if need == "everywhere":
        return "403 FORBIDDEN"
    # Managing is not bound to rooms, and no token may do it.
    if shown == "the right key" or (shown == "a key for other rooms" and need == "admin"):
        return "yes"
    if shown == "the right token" and need != "admin":
        return "yes"
    # Each line has its own answer, in a body that is answered with 200.
    if way == "publish lines with results":
        return "yes"
    return {
        "socket": "FORBIDDEN 4503", "message": "error FORBIDDEN", "message to publish": "error FORBIDDEN",
        "each": "each FORBIDDEN",
    }.get(need, bare("403 FORBIDDEN"))


@pytest.mark.parametrize("shown", SHOWN)
def test_what_a_credential_opens(guard, credentials, shown):
    needs = sorted({need for _, need, _ in WAYS.values()})
    credentials.settings["namespaces"] = [{"name": "orders", "presence": True}]
    for need in needs:
        credentials.forget_key("scoped")
        credential = show(credentials, shown, need)
        hub = guard()
        for way, (_, needed, ask) in WAYS.items():
            if needed == need:
                assert ask(hub, credential) == expected(shown, need, way), (way, need, hub.log_text()[-2000:])
        hub.terminate()
        assert hub.wait() == 0
        for name in ("elsewhere", "right"):
            credentials.forget_key(name)


def test_nothing_is_published_by_those_who_may_not(guard, credentials):
    hub = guard()
    for shown in SHOWN[:8]:
        for way, (_, need, ask) in WAYS.items():
            if need in ("publish", "each", "message to publish"):
                credential = show(credentials, shown, need)
                # The hub was started before these keys were made: they are wrong here.
                ask(hub, credential)
    assert hub.get(f"/v1/rooms/{ROOM}", headers=hub.fields).json["position"].endswith("-0")


def test_every_route_of_the_router_is_asked():
    text = (REPOSITORY / "Sources/HubServer/Endpoint.swift").read_text()
    cases = re.findall(r"^  case (\w+)", text.partition("init(")[0], re.M)
    # The echo is mounted for conformance suites alone; test_access looks at it.
    assert set(cases) - {"echo"} == {endpoint for endpoint, _, _ in WAYS.values()}


def test_refused_lines_have_a_result_each(guard, credentials):
    hub = guard()
    token = credentials.token(publish=["a"])
    body = "".join(f'{{"room":"{room}","data":1}}\n' for room in "abab")
    answer = hub.post("/v1/events?results=each", body, headers={**bearer(token), **LINES})
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [result.get("code") for result in results[:4]] == [None, "FORBIDDEN", None, "FORBIDDEN"]
    assert (results[4]["accepted"], results[4]["failed"]) == (2, 2)
    answer = hub.post("/v1/events", '{"rooms":["a","b"],"data":1}', headers=bearer(token))
    assert [result.get("code") for result in answer.json["results"]] == [None, "FORBIDDEN"]


@pytest.mark.parametrize("scheme", ["Basic", "bearer", "BEARER", "Token"])
def test_the_scheme_is_bearer_in_any_case(guard, credentials, scheme):
    hub = guard()
    answer = hub.get("/v1/rooms", headers={"Authorization": f"{scheme} {credentials.admin}"})
    assert answer.status == (200 if scheme.lower() == "bearer" else 401), answer


@pytest.mark.parametrize("field", ["Bearer", "Bearer ", "rc_x", "Bearer a b", "", "Bearer\ta"])
def test_a_field_that_shows_nothing_is_refused_and_does_not_count_as_none(guard, credentials, field):
    credentials.settings["namespaces"] = [{"name": "orders", "anonymous": True}]
    hub = guard()
    client = hub.raw()
    client.request("GET", EVENTS, [f"Authorization: {field}"])
    assert client.response().expect_problem(401, "UNAUTHORIZED")


def test_a_credential_may_stand_in_the_url_of_a_get(guard, credentials):
    hub = guard()
    for credential in (credentials.admin, credentials.token(subscribe=["orders:1"])):
        assert hub.get(f"{EVENTS}?token={credential}").status == 200
        assert hub.curl("HEAD", f"{EVENTS}?token={credential}").status == 200
        assert hub.events(f"{EVENTS}?token={credential}").status == 200
        socket = hub.websocket(f"{EVENTS}?token={credential}")
        socket.expect("welcome")
        assert socket.expect("subscribed")["room"] == ROOM


@pytest.mark.parametrize("path", ["/v1/ws", EVENTS])
@pytest.mark.parametrize("shown,code,close", [
    ("a wrong key", "UNAUTHORIZED", 4501), ("no key at all", "UNAUTHORIZED", 4501), ("", "UNAUTHORIZED", 4501),
    ("an expired token", "TOKEN_EXPIRED", 4101), ("a token of a stranger", "UNAUTHORIZED", 4501),
])
def test_what_is_wrong_with_a_token_in_a_websockets_url_is_told_behind_the_handshake(
    guard, credentials, path, shown, code, close
):
    hub = guard()
    credential = show(credentials, shown, "read") if shown else ""
    hub.websocket(f"{path}?token={credential}").expect_refusal(code, close)


def test_a_room_in_a_websockets_url_that_the_token_does_not_allow(guard, credentials):
    hub = guard()
    hub.websocket(f"{EVENTS}?token={credentials.token(subscribe=['other'])}").expect_refusal("FORBIDDEN", 4503)


def test_a_wrong_token_in_the_url_of_anything_else_is_told_by_the_status(guard, credentials):
    hub = guard()
    assert hub.get(f"{EVENTS}?token=x").expect_problem(401, "UNAUTHORIZED")
    assert hub.events(f"{EVENTS}?token=x").status == 401
    expired = credentials.token(life=-120)
    answer = hub.get(f"{EVENTS}?token={expired}")
    answer.expect_problem(401, "TOKEN_EXPIRED")
    assert answer.field("WWW-Authenticate") == 'Bearer realm="roomcast", error="invalid_token"'


def test_the_field_wins_over_the_url(guard, credentials):
    hub = guard()
    assert hub.get("/v1/rooms?token=x", headers=bearer(credentials.admin)).status == 200
    hub.get(f"/v1/rooms?token={credentials.admin}", headers=bearer("x")).expect_problem(401, "UNAUTHORIZED")


def test_each_algorithm_opens(guard, credentials):
    hub = guard()
    for signer in ("hmac", "rsa", "ec", "ed"):
        token = credentials.token(subscribe=["orders:1"], signer=signer)
        assert hub.get(EVENTS, headers=bearer(token)).status == 200, signer


def test_keys_of_a_set_open(guard, credentials):
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    credentials.private["set"], credentials.algorithms["set"] = key, "ES256"
    file = credentials.folder / "jwks.json"
    file.write_text(json.dumps({"keys": [{
        "kty": "EC", "crv": "P-256", "kid": "set", "use": "sig", "alg": "ES256",
        "x": base64url(numbers.x.to_bytes(32, "big")), "y": base64url(numbers.y.to_bytes(32, "big")),
    }]}))
    credentials.settings["tokens"]["jwks"] = str(file)
    hub = guard()
    token = credentials.token(subscribe=["orders:1"], signer="set")
    assert hub.get(EVENTS, headers=bearer(token)).status == 200


def test_a_request_is_looked_at_anew_on_a_connection_that_is_kept(guard, credentials):
    hub = guard()
    client = hub.raw()
    token = credentials.token(subscribe=["orders:1"])
    for credential, status in [
        (token, 200), (None, 401), (credentials.admin, 200), ("x", 401), (token, 200), (token[:-4] + "AAAA", 401)
    ]:
        client.request("GET", EVENTS, [f"{name}: {value}" for name, value in bearer(credential).items()])
        assert client.response().status == status


def test_an_open_hub_looks_at_no_credential(hub):
    assert hub.get("/v1/rooms", headers=bearer("rc_x")).status == 200
    assert hub.get("/v1/rooms?token=x").status == 200
    socket = hub.secret_websocket("nonsense")
    socket.expect("welcome")
    refused = socket.ask({"type": "auth", "id": 1, "token": "x"})
    assert (refused["type"], refused["id"], refused["code"]) == ("error", 1, "UNAUTHORIZED")
    assert socket.ask({"type": "ping"}) == {"type": "pong"}


def test_a_hub_with_credentials_may_be_called_by_any_name(guard, credentials):
    hub = guard()
    assert hub.get("/v1/rooms", headers={"Host": "hub.example", **bearer(credentials.admin)}).status == 200
    answer = hub.get("/v1/rooms", headers={"Origin": "https://evil.example", **bearer(credentials.admin)})
    answer.expect_problem(403, "ORIGIN_NOT_ALLOWED")
