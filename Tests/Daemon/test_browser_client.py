"""/roomcast.js, the client for browsers: its own tests, and under Node at real hubs, over both transports."""

import gzip
import pathlib
import re
import subprocess

import pytest

from support.browser_client import BROWSER_TESTS, BrowserClient
from support.daemon import clean_environment
from support.store import StoredHub
from support.waiting import seconds, wait_until

MODULE = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "CWeb" / "roomcast.js"
TRANSPORTS = ["websocket", "sse"]


@pytest.fixture
def connect(tmp_path):
    """Starts clients of a hub, each of which must end by itself once it is closed."""
    clients = []

    def connect(url, **options):
        clients.append(BrowserClient(url, tmp_path / f"client{len(clients)}.log", **options))
        return clients[-1]

    yield connect
    problems = [problem for client in clients for problem in client.finish()]
    assert not problems, "\n".join(problems)


def test_its_own_tests_pass():
    files = sorted(map(str, BROWSER_TESTS.glob("*.test.mjs")))
    done = subprocess.run(
        ["node", "--test", *files], capture_output=True, text=True, timeout=seconds(120), env=clean_environment())
    assert done.returncode == 0, done.stdout[-8000:]
    # Each file was run: it has at least as many tests as it writes down.
    written = sum(len(re.findall(r"^\s*test\(", pathlib.Path(file).read_text(), re.M)) for file in files)
    assert int(re.search(r"^. pass (\d+)", done.stdout, re.M)[1]) >= written > 0, done.stdout[-500:]


def test_it_is_small_and_served_as_it_is(hub):
    module = MODULE.read_bytes()
    assert len(gzip.compress(module, 9)) <= 10_240
    assert not re.search(rb"^import |import\(", module, re.M), "it depends on nothing"
    served = hub.get("/roomcast.js")
    assert served.status == 200 and served.body == module


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_it_publishes_and_gets_events(hub, connect, transport):
    client = connect(hub.url(""), transport=transport)
    client.call("listen", room="a")
    client.wait(state="live")
    client.call("publish", room="a", event="said", data={"text": "hi"}, key="once")
    client.call("publish", room="a", event="said", data={"text": "hi"}, key="once")
    client.call("publish", room="a", event="said", data="mine", echo=False)
    client.call("publish", room="a", event="said", data="now", ephemeral=True)
    client.call("publish", room="a", event="roomcast:no", data=1)
    receipts = [client.wait_for("receipt", count) for count in (1, 2, 3, 4)]
    assert [receipt["duplicate"] for receipt in receipts] == [False, True, False, False]
    assert client.wait_for("failure") == "INVALID_EVENT"
    client.wait(room="a", data="now")
    hub.publish("a", "last")
    client.wait(room="a", data="last")
    events = [told for told in client.told if "data" in told]
    assert [(event.get("offset"), event["data"]) for event in events] == [
        (1, {"text": "hi"}), (None, "now"), (3, "last")]
    client.call("history", room="a", after="earliest", limit=2)
    history = client.wait_for("history")
    assert [event["offset"] for event in history["events"]] == [1, 2] and history["more"] is True
    assert not [told for told in client.told if "gap" in told]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_nothing_is_lost_or_doubled_when_the_hub_is_killed(tmp_path, connect, transport):
    stored = StoredHub(tmp_path)
    stored.start()
    try:
        rooms = ["a", "b"]
        client = connect(stored.hub.url(""), transport=transport)
        for room in rooms:
            client.call("listen", room=room, after="earliest")
        client.wait(state="live")
        for round in range(2):
            for room in rooms:
                stored.hub.publish(room, round)
            stored.kill()
            for number in range(3):
                client.call("publish", room="a", event="said", data=f"{round} {number}")
            wait_until(lambda: client.told[-1].get("state") in ("offline", "connecting"))
            stored.start()
            for room in rooms:
                stored.hub.publish(room, "back")
        for count in range(1, 7):
            client.wait_for("receipt", count)
        kept = {room: stored.hub.history(room) for room in rooms}
        wait_until(lambda: all(len(client.offsets(room)) == len(kept[room]) for room in rooms), what="all events")
        for room in rooms:
            assert client.offsets(room) == [event["offset"] for event in kept[room]]
        published = [event["data"] for event in kept["a"] if event["event"] == "said"]
        assert published == [f"{round} {number}" for round in range(2) for number in range(3)]
        assert not [told for told in client.told if "gap" in told]
    finally:
        problems = stored.finish()
    assert not problems, problems


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_history_that_is_gone_is_a_gap(start, connect, transport):
    hub = start("--history-room-events", "2")
    first = hub.publish("a", 1)["position"]
    for number in range(2, 6):
        hub.publish("a", number)
    client = connect(hub.url(""), transport=transport)
    client.call("listen", room="a", after=first)
    client.call("listen", room="b")
    assert client.wait_for("gap") == {"room": "a", "from": first, "position": first.replace("-1", "-5")}
    hub.publish("a", 6)
    client.wait(room="a", offset=6)
    assert client.offsets("a") == [6]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_it_comes_back_from_a_drain(start, connect, transport):
    hub = start("--drain", "1s")
    client = connect(hub.url(""), transport=transport)
    client.call("listen", room="a", after="earliest")
    client.wait(state="live")
    hub.publish("a", 1)
    client.wait(room="a", offset=1)
    hub.terminate()
    assert client.wait(state="offline")["retryIn"] >= 0
    assert hub.wait() == 0
    again = start(port=hub.port)
    client.wait(2, state="live")
    again.publish("a", 2)
    client.wait(room="a", data=2)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_token_is_renewed_before_the_hub_ends_the_connection(guard, credentials, connect, tmp_path, transport):
    # The hub believes a token for 60 s after its end.
    def renew(life):
        file.write_text(credentials.token("ann", subscribe=["a"], publish=["a"], life=life - 60))

    credentials.settings["tokens"]["grace"] = "5s"
    hub = guard()
    file = tmp_path / "token"
    renew(2)
    client = connect(hub.url(""), transport=transport, tokenFile=str(file))
    client.call("listen", room="a")
    client.wait(state="live")
    renew(3600)
    client.wait(2, token="asked")
    client.call("publish", room="a", event="said", data=1)
    assert client.wait_for("receipt")["offset"] == 1
    client.wait(room="a", offset=1)
    assert not client.all(state="offline")


def test_a_room_that_the_token_does_not_allow_is_told(guard, credentials, connect, tmp_path):
    hub = guard()
    file = tmp_path / "token"
    file.write_text(credentials.token("ann", subscribe=["a", "c"]))
    for transport in TRANSPORTS:
        client = connect(hub.url(""), transport=transport, tokenFile=str(file))
        for room in ("a", "b", "c"):
            client.call("listen", room=room)
        client.wait(room="b", error="FORBIDDEN")
        client.wait(state="live")
        assert hub.post("/v1/rooms/c/events", "1", headers=hub.fields).status == 201
        client.wait(room="c", offset=1 if transport == "websocket" else 2)


def test_a_bad_token_is_the_last_try(guard, connect, tmp_path):
    hub = guard()
    file = tmp_path / "token"
    file.write_text("eyJhbGciOiJub25lIn0.e30.")
    for transport in TRANSPORTS:
        client = connect(hub.url(""), transport=transport, tokenFile=str(file))
        client.call("listen", room="a")
        assert client.wait_for("error") == "UNAUTHORIZED"
        assert "retryIn" not in client.wait(state="offline")


def test_it_knows_who_is_there(guard, credentials, connect, tmp_path):
    credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
    credentials.settings["presence"] = {"leave": "100ms"}
    hub = guard()
    clients = {}
    for user in ("ann", "bob"):
        file = tmp_path / user
        file.write_text(credentials.token(user, subscribe=["chat:*"], presence=["chat:*"]))
        clients[user] = connect(hub.url(""), tokenFile=str(file), transport="websocket")
        clients[user].call("listen", room="chat:1", presence={"name": user.title()})
        clients[user].wait(state="live")
    clients["ann"].wait(join="bob")
    assert clients["bob"].wait_for("members") == [
        {"user": user, "info": {"name": user.title()}} for user in ("ann", "bob")]
    clients["bob"].call("close")
    clients["ann"].wait(leave="bob")
