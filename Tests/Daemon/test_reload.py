"""SIGHUP: what a hub takes over from its settings while it runs, what waits for a restart, and what it refuses."""

import json
import re

import pytest

from support.credentials import bearer
from support.waiting import wait_until
from test_token_life import pong


def reload(hub, credentials):
    """Has the hub read the credentials' settings, which must go well."""
    credentials.write()
    line = hub.reload()
    assert line["message"] == "reloaded", (line, hub.log_text()[-2000:])
    return line


def status(hub, credential, path="/v1/rooms/a/events"):
    return hub.get(path, headers=bearer(credential)).status


def test_keys_come_and_go_and_others_stay(guard, credentials):
    old = credentials.key("old")
    hub = guard("--reactors", "2")
    sockets = {name: [hub.secret_websocket(key) for _ in range(4)] for name, key in (("old", old), ("admin", credentials.admin))}
    ann = hub.secret_websocket(credentials.token("ann", subscribe=["a"]))
    for socket in [*sockets["old"], *sockets["admin"], ann]:
        socket.expect("welcome")
    streams = {name: hub.events("/v1/rooms/a/events", headers=bearer(key)) for name, key in (("old", old), ("admin", credentials.admin))}
    for stream in streams.values():
        stream.expect("roomcast:subscribed")
    new = credentials.key("new")
    assert status(hub, new) == 401
    credentials.forget_key("old")
    assert reload(hub, credentials)["changed"] == "keys"
    assert (status(hub, new), status(hub, old), status(hub, credentials.admin)) == (200, 401, 200)
    for socket in sockets["old"]:
        socket.expect_refusal("UNAUTHORIZED", 4501)
    assert streams["old"].expect("roomcast:error").data["code"] == "UNAUTHORIZED"
    assert streams["old"].next() is None
    for socket in [*sockets["admin"], ann]:
        pong(socket)
    hub.publish("a", 1, headers=hub.fields)
    assert streams["admin"].expect("message").data["data"] == 1


def test_a_key_whose_rooms_shrink_loses_them_on_the_open_connection(guard, credentials):
    key = credentials.key("service")
    hub = guard()
    socket = hub.secret_websocket(key)
    socket.expect("welcome")
    for room in ("a", "b"):
        socket.ask({"type": "subscribe", "room": room})
    streams = {room: hub.events(f"/v1/rooms/{room}/events", headers=bearer(key)) for room in ("a", "b")}
    for stream in streams.values():
        stream.expect("roomcast:subscribed")
    credentials.settings["keys"][-1].update(rooms=["b", "c"], scopes=["read"])
    reload(hub, credentials)
    assert socket.expect("unsubscribed") == {"type": "unsubscribed", "room": "a", "code": "FORBIDDEN"}
    assert socket.ask({"type": "publish", "room": "b", "data": 1})["code"] == "FORBIDDEN"
    assert socket.ask({"type": "subscribe", "room": "c"})["type"] == "subscribed"
    assert streams["a"].expect("roomcast:error").data["code"] == "UNAUTHORIZED"
    hub.publish("b", 1, headers=hub.fields)
    assert socket.expect("event")["room"] == streams["b"].expect("message").data["room"] == "b"


def test_a_key_of_tokens_that_is_replaced_ends_its_tokens(guard, credentials):
    hub = guard()
    tokens = {signer: credentials.token(signer, subscribe=["a"], signer=signer) for signer in ("hmac", "rsa")}
    sockets = {signer: hub.secret_websocket(token) for signer, token in tokens.items()}
    for socket in sockets.values():
        socket.expect("welcome")
    # The same file, with another secret in it: no setting has changed.
    credentials.replace_secret()
    reload(hub, credentials)
    sockets["hmac"].expect_refusal("UNAUTHORIZED", 4501)
    pong(sockets["rsa"])
    fresh = credentials.token("hmac", subscribe=["a"])
    assert [status(hub, token) for token in (tokens["hmac"], fresh, tokens["rsa"])] == [401, 200, 200]


def test_namespaces_open_and_close(guard, credentials):
    credentials.settings["namespaces"] = [{"name": "news", "anonymous": True}]
    hub = guard()
    ann = hub.secret_websocket(credentials.token("ann"))
    nobody = hub.websocket("/v1/rooms/news:1/events")
    for socket in (ann, nobody):
        socket.expect("welcome")
    nobody.expect("subscribed")
    assert ann.ask({"type": "subscribe", "room": "news:1"})["type"] == "subscribed"
    assert nobody.ask({"type": "subscribe", "room": "sport"})["code"] == "UNAUTHORIZED"
    stream = hub.events("/v1/rooms/news:1/events")
    stream.expect("roomcast:subscribed")
    credentials.settings["namespaces"] = [{"name": "sport", "anonymous": True}]
    assert reload(hub, credentials)["changed"] == "namespaces"
    assert (status(hub, None, "/v1/rooms/sport"), status(hub, None, "/v1/rooms/news")) == (200, 401)
    # What nobody may read any more is read by nobody, on connections too that are open.
    assert stream.expect("roomcast:error").data["code"] == "UNAUTHORIZED"
    for socket in (ann, nobody):
        assert socket.expect("unsubscribed") == {"type": "unsubscribed", "room": "news:1", "code": "FORBIDDEN"}
        assert socket.ask({"type": "subscribe", "room": "sport"})["type"] == "subscribed"
        assert socket.ask({"type": "history", "room": "news:1"})["type"] == "error"


def test_limits_origins_and_the_log_level_change(guard, credentials):
    hub = guard()
    token = credentials.token("ann", subscribe=["a"])
    first = hub.secret_websocket(token)
    first.expect("welcome")
    page = {"Origin": "https://app.example", **hub.fields}
    assert hub.get("/v1/rooms", headers=page).status == 403
    assert hub.get("/v1/rooms/abcdef/events", headers=hub.fields).status == 200
    credentials.settings.update(
        limits={"user": {"connections": 1}, "roomName": 5, "publishes": 1}, allow={"origins": ["https://app.example"]},
        log={"level": "debug"})
    changed = set(reload(hub, credentials)["changed"].split(" "))
    assert changed == {"limits.user.connections", "limits.roomName", "limits.publishes", "allow.origins", "log.level"}
    assert hub.get("/v1/rooms", headers=page).field("Access-Control-Allow-Origin") == "https://app.example"
    hub.get("/v1/rooms/abcdef/events", headers=hub.fields).expect_problem(400, "INVALID_ROOM")
    assert wait_until(
        lambda: hub.post("/v1/rooms/a/events", "1", headers=hub.fields).status == 429, what="a publish beyond the rate")
    hub.get("/ready")
    hub.wait_for_line(level="debug", path="/ready")
    pong(first)
    # Back again.
    for name in ("limits", "allow", "log"):
        del credentials.settings[name]
    reload(hub, credentials)
    assert hub.get("/v1/rooms", headers=page).status == 403
    assert hub.get("/v1/rooms/abcdef/events", headers=hub.fields).status == 200
    for _ in range(5):
        hub.publish("a", 1, headers=hub.fields)


def test_what_needs_a_restart_is_named_and_waits(guard, credentials):
    hub = guard()
    new = credentials.key("new")
    credentials.settings.update(ping="7s", body={"bytes": "1KiB"}, port=1)
    assert reload(hub, credentials)["changed"] == "keys"
    line = hub.wait_for_line(level="warning", message="these settings need a restart")
    # A flag beats the file, so that the port has not changed at all.
    assert set(line["settings"].split(" ")) == {"ping", "body.bytes"}
    assert hub.post("/v1/rooms/a/events", f'"{"x" * 5000}"', headers=bearer(new)).status == 201
    socket = hub.secret_websocket(new)
    assert socket.expect("welcome")["ping"] == 25


def test_a_reload_without_a_change_changes_nothing(guard, credentials):
    hub = guard()
    socket = hub.secret_websocket(credentials.token("ann", rooms=["a"]))
    socket.expect("welcome")
    socket.expect("subscribed")
    for _ in range(3):
        assert reload(hub, credentials)["changed"] == ""
    pong(socket)
    hub.publish("a", 1, headers=hub.fields)
    assert socket.expect("event")["data"] == 1


MISTAKES = {
    "an unknown key": (lambda settings: {**settings, "kyes": []}, '"kyes"', "kyes"),
    "an unknown key inside": (
        lambda settings: {**settings, "namespaces": [{"name": "a", "anonymus": True}]}, '"anonymus"', "anonymus"),
    "a namespace twice": (
        lambda settings: {
            **settings, "namespaces": [{"name": "news*"}, {"name": "newsroom"}, {"name": "news*", "anonymous": True}]},
        '"anonymous"', "this is the namespace of"),
    "a scope that is none": (
        lambda settings: {**settings, "keys": [{**settings["keys"][0], "scopes": ["reed"]}]}, '"reed"', "reed"),
    "two keys of a name": (
        lambda settings: {**settings, "keys": settings["keys"] + [{**settings["keys"][0], "sha256": "0" * 64}]}, "0" * 64,
        "keys[2].name"),
    "a limit below zero": (lambda settings: {**settings, "limits": {"publishes": -31337}}, "-31337", "limits.publishes"),
    "an algorithm that is none": (
        lambda settings: {**settings, "tokens": {"keys": [{"algorithm": "none", "secretFile": "x"}]}}, '"none"', "none"),
}


def refuse(hub, credentials, text=None):
    """Has the hub read settings that it must not take; returns what it says."""
    credentials.write(text)
    line = hub.reload()
    assert line["level"] == "error" and "nothing was changed" in line["message"], line
    return "\n".join(line["message"] for line in hub.log_lines() if line["level"] == "error")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_file_changes_nothing_and_is_told_with_its_line(guard, credentials, mistake):
    hub = guard()
    change, where, what = MISTAKES[mistake]
    socket = hub.secret_websocket(credentials.admin)
    socket.expect("welcome")
    # What is right in the file is not taken either.
    right = credentials.key("right")
    text = json.dumps(change(credentials.settings), indent=2)
    number = next(index for index, line in enumerate(text.splitlines(), 1) if where in line)
    told = refuse(hub, credentials, text)
    lines = [int(found) for found in re.findall(re.escape(str(credentials.file)) + r":(\d+):", told)]
    # The line itself, or the one on which the object begins that it stands in.
    assert what in told and lines and all(number - 2 <= line <= number for line in lines), (number, told)
    assert status(hub, right) == 401 and status(hub, credentials.admin) == 200
    pong(socket)
    # And the next good file is taken.
    reload(hub, credentials)
    assert status(hub, right) == 200


def test_a_file_that_is_no_json5_or_is_gone_changes_nothing(guard, credentials):
    hub = guard()
    told = refuse(hub, credentials, '{\n  keys: [],\n  ping 25\n}\n')
    assert f"{credentials.file}:3:" in told
    credentials.file.unlink()
    line = hub.reload()
    assert "nothing was changed" in line["message"]
    assert str(credentials.file) in hub.log_text()
    assert status(hub, credentials.admin) == 200


def test_a_file_of_a_key_that_is_missing_changes_nothing(guard, credentials):
    hub = guard()
    token = credentials.token("ann", subscribe=["a"])
    credentials.settings["tokens"]["keys"][0]["secretFile"] = "/nowhere/secret"
    told = refuse(hub, credentials)
    assert "/nowhere/secret" in told and "tokens.keys[0].secretFile" in told, told
    assert re.search(re.escape(str(credentials.file)) + r":\d+:", told), told
    assert status(hub, token) == 200
    # A file that is there and holds no key.
    bad = credentials.folder / "ec.pem"
    bad.write_text("nonsense")
    credentials.settings["tokens"]["keys"][0]["secretFile"] = str(credentials.folder / "hmac.secret")
    assert "public key" in refuse(hub, credentials)
    assert status(hub, token) == 200


def test_a_secret_pasted_into_the_file_is_not_logged(guard, credentials):
    hub = guard()
    pasted = "correct horse battery staple, and some more of it"
    credentials.settings["tokens"]["keys"][0] = {"kid": "hmac", "algorithm": "RS256", "secret": pasted}
    key = credentials.key("pasted")
    credentials.settings["keys"][-1]["sha256"] = key
    refuse(hub, credentials)
    assert pasted not in hub.log_text() and key not in hub.log_text()


def test_a_hub_that_others_reach_is_not_opened_by_removing_its_keys(guard, credentials):
    hub = guard("--host", "0.0.0.0")
    hub.host = "127.0.0.1"
    told = refuse(hub, credentials, "{}")
    assert "--insecure" in told
    assert status(hub, None) == 401 and status(hub, credentials.admin) == 200


def test_on_loopback_keys_may_come_to_an_open_hub_and_go(start, credentials):
    credentials.write("{}")
    hub = start("--settings", str(credentials.file))
    socket = hub.websocket()
    socket.expect("welcome")
    stream = hub.events("/v1/rooms/a/events")
    stream.expect("roomcast:subscribed")
    assert status(hub, None) == 200
    reload(hub, credentials)
    assert status(hub, None) == 401 and status(hub, credentials.admin) == 200
    # Who was let in without a credential has none to show now.
    socket.expect_refusal("UNAUTHORIZED", 4501)
    assert stream.expect("roomcast:error").data["code"] == "UNAUTHORIZED"
    credentials.write("{}")
    assert hub.reload()["message"] == "reloaded"
    assert status(hub, None) == 200


@pytest.mark.parametrize("end", ["key", "revocation"])
def test_lines_that_are_being_read_are_refused_once_their_credential_is_gone(guard, credentials, end):
    credential = credentials.key("service") if end == "key" else credentials.token("ann", publish=["a"])
    hub = guard()
    client = hub.raw()
    client.request("POST", "/v1/events?results=each", [
        "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked", "Connection: close", f"Authorization: Bearer {credential}"
    ])

    def line():
        text = b'{"room":"a","data":1}\n'
        client.send(b"%x\r\n%s\r\n" % (len(text), text))

    line()
    client.head()
    assert client.exactly(4)
    if end == "key":
        credentials.forget_key("service")
        reload(hub, credentials)
    else:
        hub.curl("DELETE", "/v1/users/ann/connections?revoke=true", headers=hub.fields)
    position = hub.get("/v1/rooms/a", headers=hub.fields).json["position"]
    line()
    client.send("0\r\n\r\n")
    assert b"UNAUTHORIZED" in client.rest()
    assert hub.get("/v1/rooms/a", headers=hub.fields).json["position"] == position
