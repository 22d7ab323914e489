"""Tokens that must not be believed, on every way in; and that no credential is ever written down."""

import json
import pathlib

import pytest

from support.credentials import base64url, bearer, hs256, now, unsigned
from support.curl import Response
from support.websocket import Closed
from test_credentials import EVENTS, ROOM, refused_handshake

GOOD = {"subscribe": ["*"], "publish": ["*"]}
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def parts(credentials, **more):
    return credentials.token(**GOOD, **more).split(".")


def altered(text, index):
    """The text with another letter in one place."""
    return text[:index] + ALPHABET[(ALPHABET.index(text[index]) + 32) % 64] + text[index + 1:]


def spare_bits(text):
    """Another spelling of the same bytes: the last letter of 32 bytes has two bits that say nothing."""
    return text[:-1] + ALPHABET[ALPHABET.index(text[-1]) ^ 1]


def forgeries(credentials):
    """Tokens that are wrong, by what is wrong with them."""
    claims = credentials.claims(**GOOD)
    header, payload, signature = parts(credentials)
    made = {}
    for name in ("none", "None", "NONE", "nOnE", "", "HS512", "HS384", "hs256", "RS256", "ES256K"):
        head = {"alg": name, "kid": "hmac", "typ": "JWT"}
        made[f"alg {name!r} without a signature"] = unsigned(head, claims)
        made[f"alg {name!r} with an HMAC"] = hs256(head, claims, credentials.secret)
        made[f"alg {name!r} without kid"] = unsigned({"alg": name}, claims)
    for name in ("rsa", "ec", "ed"):
        for ending, key in (("as it is", credentials.public[name]), ("stripped", credentials.public[name].strip())):
            made[f"HS256 with the public key {name} {ending}"] = hs256({"alg": "HS256", "kid": name}, claims, key)
            made[f"the same under its own algorithm {name} {ending}"] = hs256(
                {"alg": credentials.algorithms[name], "kid": name}, claims, key)
        made[f"signed by hmac under the name of {name}"] = credentials.sign(claims, "hmac", {"kid": name})
        made[f"signed by {name} under the name of hmac"] = credentials.sign(claims, name, {"kid": "hmac"})
    made["an empty HMAC key"] = hs256({"alg": "HS256", "kid": "hmac"}, claims, b"")
    made["ES256 of zeros"] = unsigned({"alg": "ES256", "kid": "ec"}, claims, base64url(bytes(64)))
    made["EdDSA of zeros"] = unsigned({"alg": "EdDSA", "kid": "ed"}, claims, base64url(bytes(64)))
    made["RS256 of zeros"] = unsigned({"alg": "RS256", "kid": "rsa"}, claims, base64url(bytes(256)))
    for kid in ("unknown", "", "hmac\0", "HMAC", "../hmac", "' or 1=1", 1, ["hmac"]):
        made[f"the kid {kid!r}"] = hs256({"alg": "HS256", "kid": kid}, claims, credentials.secret)
    made["no kid, where there are several keys"] = hs256({"alg": "HS256"}, claims, credentials.secret)
    made["a key of its own in the header"] = hs256(
        {"alg": "HS256", "jwk": {"kty": "oct", "k": base64url(b"x" * 32)}}, claims, b"x" * 32)
    made["an extension that must be understood"] = hs256(
        {"alg": "HS256", "kid": "hmac", "crit": ["x"], "x": 1}, claims, credentials.secret)
    made["made for something else"] = hs256(
        {"alg": "HS256", "kid": "hmac", "typ": "dpop+jwt"}, claims, credentials.secret)
    made["a doubled claim"] = signed_text(credentials, json.dumps(claims)[:-1] + ', "sub": "bob"}')
    made["claims that are no object"] = signed_text(credentials, "[]")
    made["claims that are no JSON"] = signed_text(credentials, "{")
    made["claims that are deep"] = signed_text(credentials, '{"a":' + "[" * 1500 + "]" * 1500 + "}")
    for index in (0, 5, len(payload) // 2, len(payload) - 2):
        made[f"payload altered at {index}"] = f"{header}.{altered(payload, index)}.{signature}"
    for index in (0, 20, 41):
        made[f"signature altered at {index}"] = f"{header}.{payload}.{altered(signature, index)}"
    made["signature of another spelling"] = f"{header}.{payload}.{spare_bits(signature)}"
    made["signature cut"] = f"{header}.{payload}.{signature[:-2]}"
    made["signature longer"] = f"{header}.{payload}.{signature}AAAA"
    made["header altered"] = f"{altered(header, 6)}.{payload}.{signature}"
    made["another's payload"] = f"{header}.{base64url({**claims, 'sub': 'bob'})}.{signature}"
    made["padding"] = f"{header}.{payload}.{signature}="
    for text in (f"{header}.{payload}", f"{header}.{payload}.", f".{payload}.{signature}", "..", ".", "a.b.c", "a",
                 f"{header}.{payload}.{signature}.{signature}", f"{header}.{payload}.{signature}.a.b"):
        made[f"{text.count('.') + 1} parts, {len(text)} bytes"] = text
    made["more bytes than a token may have"] = credentials.token(**GOOD, padding="x" * 9000)
    for name, change in {
        "no sub": {"sub": None}, "no exp": {"exp": None}, "an empty sub": {"sub": ""}, "a number as sub": {"sub": 7},
        "exp as text": {"exp": str(now() + 60)}, "exp as null": {"exp": False}, "exp without end": {"exp": 10 ** 400},
        "nbf in the future": {"nbf": now() + 120}, "nbf as text": {"nbf": "1"}, "a control character": {"sub": "a\nb"},
        "another audience": {"aud": "elsewhere"}, "no audience": {"aud": None}, "a number as audience": {"aud": 7},
        "another issuer": {"iss": "https://evil.example"}, "no issuer": {"iss": None}, "a list of issuers": {"iss": ["us"]},
        "rooms that are none": {"roomcast": {"rooms": ["a b"]}}, "patterns that are none": {"roomcast": {"subscribe": "*"}},
        "a star within": {"roomcast": {"subscribe": ["a*b"]}}, "its own claim as text": {"roomcast": "*"},
    }.items():
        right = {**credentials.claims(**GOOD), **change}
        made[name] = signed_text(credentials, json.dumps({key: value for key, value in right.items() if value is not None}))
    for name in made:
        credentials.note(made[name])
    return made


def signed_text(credentials, text):
    """A token whose payload is this text, signed rightly."""
    return hs256({"alg": "HS256", "kid": "hmac"}, text.encode(), credentials.secret)


def by_field(hub, token):
    answer = hub.get(EVENTS, headers=bearer(token))
    return f"{answer.status} {answer.json['code']}", answer.text


def by_url(hub, token):
    answer = hub.curl("GET", EVENTS, options=["-G", "--data-urlencode", f"token={token}"])
    return f"{answer.status} {answer.json['code']}", answer.text


def by_field_of_a_handshake(hub, token):
    return refused_handshake(hub, EVENTS, token), ""


def by_message(hub, token):
    socket = hub.websocket()
    socket.expect("welcome")
    answer = socket.ask({"type": "auth", "id": 1, "token": token})
    text = json.dumps(answer)
    if answer["type"] != "error":
        return answer["type"], text
    code, reason = socket.expect_close()
    return f"{code - 4100} {answer['code']}", text + reason


@pytest.fixture
def strict(guard, credentials):
    credentials.settings["tokens"].update(audience=["roomcast", "hub"], issuer=["us"])
    usual = credentials.claims
    credentials.claims = lambda *words, **more: usual(*words, **{"aud": ["other", "hub"], "iss": "us", **more})
    return guard("--log-level", "debug")


@pytest.mark.parametrize("way", [by_field, by_url, by_field_of_a_handshake, by_message])
def test_a_forged_token_opens_nothing(strict, credentials, way):
    good = credentials.token(**GOOD)
    for name, token in forgeries(credentials).items():
        answer, body = way(strict, token)
        assert answer == "401 UNAUTHORIZED", (name, answer, body)
        assert token not in body or len(token) < 6, name
    assert strict.get(EVENTS, headers=bearer(good)).status == 200
    assert_nothing_was_written(strict, credentials)


@pytest.mark.parametrize("way,expired", [
    (by_field, "401 TOKEN_EXPIRED"), (by_url, "401 TOKEN_EXPIRED"), (by_field_of_a_handshake, "401 TOKEN_EXPIRED"),
    (by_message, "1 TOKEN_EXPIRED"),
])
def test_a_token_that_is_over(strict, credentials, way, expired):
    for life in (-61, -100000, -now() - 3600 + 3600):
        assert way(strict, credentials.token(life=life, **GOOD))[0] == expired


def test_clocks_may_be_a_minute_apart(strict, credentials):
    for more in ({"life": -40}, {"nbf": now() + 40}, {"nbf": now() - 1, "life": 10 ** 9}):
        assert strict.get(EVENTS, headers=bearer(credentials.token(**GOOD, **more))).status == 200


def test_a_token_is_for_what_it_says(strict, credentials):
    token = credentials.token(subscribe=["orders:*"], publish=["orders:1"])
    for room, method, status in [
        ("orders:1", "GET", 200), ("orders:1", "POST", 201), ("orders:2", "GET", 200), ("orders:2", "POST", 403),
        ("orders", "GET", 403), ("orders:", "GET", 200), ("Orders:1", "GET", 403), ("xorders:1", "GET", 403),
        ("orders:10", "POST", 403), ("orders%3A1", "POST", 201), ("orders%3a2", "POST", 403),
    ]:
        answer = strict.curl(method, f"/v1/rooms/{room}/events", data="1" if method == "POST" else None, headers=bearer(token))
        assert answer.status == status, (room, method, answer)


def test_two_fields_are_one_too_many(strict, credentials):
    token = credentials.token(**GOOD)
    for pair in ((token, token), (token, "x"), (credentials.admin, token), ("x", token)):
        client = strict.raw()
        client.request("GET", EVENTS, [f"Authorization: Bearer {credential}" for credential in pair])
        client.response().expect_problem(401, "UNAUTHORIZED")
        client = strict.raw()
        client.request("GET", f"{EVENTS}?token={token}", [f"Authorization: Bearer {credential}" for credential in pair])
        client.response().expect_problem(401, "UNAUTHORIZED")


def test_a_url_opens_nothing_that_writes(strict, credentials):
    token = credentials.token(**GOOD)
    for credential in (token, credentials.admin):
        strict.post(f"{EVENTS}?token={credential}", "1").expect_problem(401, "UNAUTHORIZED")
        strict.post(f"/v1/events?token={credential}", f'{{"room":"{ROOM}","data":1}}').expect_problem(401, "UNAUTHORIZED")
        path = f"/v1/users/ann/connections?token={credential}"
        strict.curl("DELETE", path).expect_problem(401, "UNAUTHORIZED")
    assert strict.get(f"/v1/rooms/{ROOM}", headers=strict.fields).json["position"].endswith("-0")


def test_a_client_certificates_name_cannot_be_claimed(strict, credentials):
    for name in ("X-Forwarded-User", "X-Remote-User", "X-Client-Cert", "Proxy-Authorization", "Cookie"):
        strict.get(EVENTS, headers={name: f"Bearer {credentials.admin}"}).expect_problem(401, "UNAUTHORIZED")


def test_no_credential_is_written_down(strict, credentials):
    """Every way to show one, in every state, at the most talkative level."""
    good, bad, over = credentials.token(**GOOD), credentials.token(**GOOD)[:-5] + "AAAAA", credentials.token(life=-100, **GOOD)
    wrong = credentials.note("rc_" + "B" * 43)
    credentials.note(bad)
    bodies = []
    for credential in (good, bad, over, wrong, credentials.admin):
        for method in ("GET", "HEAD", "POST", "DELETE", "PUT", "OPTIONS"):
            for path in (EVENTS, "/v1/events", "/v1/rooms", "/v1/ws", "/metrics", "/health", "/v1/users/a/connections", "/nothing"):
                for more in ("", "&after=x", "&limit=x"):
                    if more and (method, path) != ("GET", EVENTS):
                        continue
                    answer = strict.curl(method, f"{path}?token={credential}{more}", data="x" if method == "POST" else None)
                    bodies.append(answer.text)
        bodies.append(strict.get(EVENTS, headers=bearer(credential)).text)
        bodies.append(strict.get(EVENTS, headers={"Authorization": f"Basic {credential}"}).text)
        socket = strict.websocket(f"{EVENTS}?token={credential}")
        try:
            while True:
                frame = socket.receive()
                bodies.append(json.dumps(frame))
                if frame["type"] == "subscribed":
                    bodies.append(json.dumps(socket.ask({"type": "auth", "id": credential[:3], "token": bad})))
                    bodies.append(json.dumps(socket.ask({"type": "auth", "token": over})))
                    break
        except Closed as closed:
            bodies.append(closed.reason)
    # Requests that break off or break the rules.
    for text in (
        f"GET {EVENTS}?token={good} HTTP/1.1\r\nHost: x\r\nAuthorization Bearer {good}\r\n\r\n",
        f"GET {EVENTS}?token={good} HTTP/9.9\r\n\r\n", f"GET  {EVENTS}?token={good} HTTP/1.1\r\n\r\n",
        f"GET {EVENTS}?token={good}%zz HTTP/1.1\r\nHost: {strict.authority}\r\n\r\n",
    ):
        client = strict.raw()
        client.send(text)
        bodies.append(Response(client.head()).text)
    for credential in credentials.shown:
        assert not [body for body in bodies if credential in body]
    # What the hub says last is in the log too.
    strict.get("/nothing/last")
    strict.wait_for_line(path="/nothing/last")
    assert_nothing_was_written(strict, credentials)


def assert_nothing_was_written(hub, credentials):
    log = hub.log_text()
    command = pathlib.Path(f"/proc/{hub.process.pid}/cmdline").read_bytes().decode()
    for credential in [*credentials.shown, credentials.secret.decode()]:
        # What is shorter is a word of the log itself.
        for part in [part for part in credential.split(".") if len(part) > 12] or [credential]:
            assert len(part) < 12 or (part not in log and part not in command), part
    assert "token=" not in log and "Bearer " not in log


def test_strangers_are_answered_before_their_bodies_come(guard, credentials):
    """A body is neither invited nor kept unless whoever sends it may: else it would cost memory for nothing."""
    hub = guard()
    for fields in ([], ["Authorization: Bearer rc_nonsense"], ["Authorization: Bearer a.b.c"]):
        client = hub.raw()
        client.request("POST", "/v1/rooms/a/events", ["Content-Length: 1048576", *fields])
        response = client.response()
        assert response.status == 401, response
        client.close()
        client = hub.raw()
        client.request("POST", "/v1/rooms/a/events", ["Content-Length: 2", "Expect: 100-continue", *fields])
        assert client.response().status == 401
        client.close()
    client = hub.raw()
    for number in range(3):
        client.request("POST", "/v1/rooms/a/events", body=b"{}")
        assert client.response().status == 401, "a small body is read over, and the connection goes on"
