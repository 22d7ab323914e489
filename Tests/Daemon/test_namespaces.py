"""What namespaces say of their rooms: who publishes, what is kept, what newcomers get, and what becomes of the slow."""

import json

import pytest

from support.credentials import bearer
from support.store import StoredHub

ROOM_LIMIT = ["--reactors", "2"]


def namespaces(*entries):
    return [flag for entry in entries for flag in ("--namespaces", json.dumps(entry))]


# Who may publish


RIGHTS = [
    {"name": "chat", "publish": "readers"}, {"name": "feed", "publish": "services"}, {"name": "chat-*", "publish": "services"},
    {"name": "chat-open", "publish": "granted"},
]


@pytest.fixture
def hub_with_rights(guard, credentials):
    credentials.settings["namespaces"] = RIGHTS
    return guard()


def statuses(hub, credential, rooms):
    return [hub.post(f"/v1/rooms/{room}/events", "1", headers=bearer(credential)).status for room in rooms]


def test_who_publishes_over_rest(hub_with_rights, credentials):
    hub, rooms = hub_with_rights, ["chat:1", "feed:1", "chat-a:1", "chat-open:1", "other"]
    everything = credentials.token("ann", subscribe=["*"], publish=["*"])
    reader = credentials.token("bob", subscribe=["*"])
    stranger = credentials.token("eve", subscribe=["none"])
    assert statuses(hub, everything, rooms) == [201, 403, 403, 201, 201]
    assert statuses(hub, reader, rooms) == [201, 403, 403, 403, 403]
    assert statuses(hub, stranger, rooms) == [403] * 5
    assert statuses(hub, credentials.admin, rooms) == [201] * 5
    refusal = hub.post("/v1/rooms/feed:1/events", "1", headers=bearer(everything))
    refusal.expect_problem(403, "FORBIDDEN")
    assert "only services publish" in refusal.json["detail"]


def test_who_publishes_in_envelopes_and_over_websocket(hub_with_rights, credentials):
    hub = hub_with_rights
    token = credentials.token("bob", subscribe=["chat:*", "feed:*"], publish=["feed:*"])
    envelopes = json.dumps([{"room": "chat:1", "data": 1}, {"room": "feed:1", "data": 1}])
    answer = hub.post(
        "/v1/events", envelopes, headers={"Content-Type": "application/json", **bearer(token)})
    assert [result.get("code", result.get("offset")) for result in answer.json["results"]] == [1, "FORBIDDEN"]
    socket = hub.secret_websocket(token)
    socket.expect("welcome")
    assert socket.ask({"type": "publish", "id": 1, "room": "chat:1", "data": 2})["type"] == "published"
    assert socket.ask({"type": "publish", "id": 2, "room": "feed:1", "data": 2})["code"] == "FORBIDDEN"
    # Others' words show whose they are.
    assert hub.get("/v1/rooms/chat:1/events?last=1", headers=hub.fields).json["events"][0]["user"] == "bob"


def test_a_reload_changes_who_publishes_and_who_reads(hub_with_rights, credentials):
    hub = hub_with_rights
    token = credentials.token("bob", subscribe=["*"])
    socket = hub.secret_websocket(token)
    socket.expect("welcome")
    assert socket.ask({"type": "publish", "room": "chat:1", "data": 1})["type"] == "published"
    credentials.settings["namespaces"] = [{"name": "chat", "publish": "services"}, {"name": "*", "anonymous": True}]
    credentials.write()
    assert hub.reload()["message"] == "reloaded"
    assert socket.ask({"type": "publish", "room": "chat:1", "data": 1})["code"] == "FORBIDDEN"
    # The most exact entry counts: `chat` is not for everybody, all others are.
    read = [hub.get(f"/v1/rooms/{room}/events").status for room in ("chat:1", "feed:1")]
    assert read == [401, 200]


# What is kept


def test_a_namespace_keeps_its_own_history(start):
    hub = start("--history-room-events", "5", *namespaces({"name": "long", "history": {"events": 50}}, {"name": "short", "history": {"events": 2}}))
    for room in ("long:a", "short:a", "a"):
        for number in range(20):
            hub.publish(room, number)
    assert [len(hub.history(room)) for room in ("long:a", "short:a", "a")] == [20, 2, 5]


def test_a_reload_shortens_the_history_of_open_rooms(guard, credentials):
    hub = guard()
    room = f"/v1/rooms/short:a/events"
    for number in range(10):
        assert hub.post(room, str(number), headers=hub.fields).status == 201
    credentials.settings["namespaces"] = [{"name": "short", "history": {"events": 3}}]
    credentials.write()
    hub.reload()
    assert hub.post(room, "10", headers=hub.fields).status == 201
    events = hub.get(room + "?after=earliest", headers=hub.fields).json["events"]
    assert [event["data"] for event in events] == [8, 9, 10]


def test_nothing_is_kept_in_an_ephemeral_room(start):
    hub = start(*ROOM_LIMIT, *namespaces({"name": "cursor", "ephemeral": True}))
    socket, stream = hub.subscriber("cursor:1"), hub.events("/v1/rooms/cursor:1/events")
    stream.expect("roomcast:subscribed")
    answer = hub.publish("cursor:1", {"x": 1})
    assert answer["subscribers"] == 2 and "position" not in answer and "offset" not in answer
    assert "offset" not in socket.expect("event") and stream.expect("message").id is None
    page = hub.get("/v1/rooms/cursor:1/events?after=earliest").json
    assert page["events"] == [] and page["position"].endswith("-0")


# What newcomers get


def told(hub, room):
    """The first event of one that comes without `after`, in both protocols."""
    socket, stream = hub.subscriber(room), hub.events(f"/v1/rooms/{room}/events")
    subscribed, event = socket.subscribed, socket.expect("event")
    assert "recovered" not in subscribed
    assert subscribed["position"].rpartition("-")[2] == str(event["offset"] - 1)
    assert stream.expect("roomcast:subscribed").data["position"] == subscribed["position"]
    assert stream.expect("message").data == {name: value for name, value in event.items()}
    return event


def test_a_newcomer_gets_the_latest_event(start):
    hub = start(*ROOM_LIMIT, "--history-room-age", "1s", *namespaces({"name": "price", "lastValue": True}))
    silent = hub.subscriber("price:a")
    assert silent.subscribed["position"].endswith("-0")
    for number in range(3):
        hub.publish("price:a", number)
    assert told(hub, "price:a")["data"] == 2
    # Whoever resumes gets what it missed, and nothing besides.
    resumed = hub.subscriber("price:a", after=silent.take(3)[-1]["position"])
    assert resumed.subscribed["recovered"] is True
    hub.publish("price:a", 3)
    assert resumed.expect("event")["data"] == 3


@pytest.mark.parametrize("end", ["kill", "drain"])
def test_the_latest_event_comes_from_the_disk_after_a_restart(tmp_path, end):
    stored = StoredHub(
        tmp_path, *namespaces({"name": "price", "lastValue": True}, {"name": "few", "history": {"events": 4}}),
        "--history-room-events", "2")
    hub = stored.start()
    for number in range(10):
        hub.publish("price:a", number)
        hub.publish("few:a", number)
        hub.publish("a", number)
    getattr(stored, end)()
    hub = stored.start()
    assert told(hub, "price:a")["data"] == 9
    assert [len(hub.history(room)) for room in ("few:a", "a")] == [4, 10]
    assert not stored.finish()


# What becomes of the slow


PAYLOAD = "x" * 4000


def slow_subscriber(hub, room):
    client = hub.raw(receive_buffer=4096)
    client.upgrade(f"/v1/rooms/{room}/events")
    assert [json.loads(client.receive_frame()[1])["type"] for _ in range(2)] == ["welcome", "subscribed"]
    return client


def flood(hub, room, count):
    hub.publish_lines({"room": room, "data": [number, PAYLOAD]} for number in range(count))


def test_one_that_is_slow_gets_a_gap_though_history_has_everything(start):
    hub = start("--history-room-bytes", "64MiB", *namespaces({"name": "live", "slow": "gap"}))
    client = slow_subscriber(hub, "live:a")
    flood(hub, "live:a", 1000)
    hub.wait_for_metric("roomcast_overflows_total", lambda value: value >= 1)
    last, gaps = 0, []
    while last < 1000:
        opcode, payload = client.receive_frame()
        frame = json.loads(payload) if opcode == 1 else {}
        if frame.get("type") == "gap":
            assert frame["from"].rpartition("-")[2] == str(last)
            gaps.append(frame)
            last = int(frame["position"].rpartition("-")[2])
        elif frame.get("type") == "event":
            assert frame["offset"] == last + 1
            last += 1
    assert gaps and len(hub.history("live:a")) == 1000


def test_one_that_is_slow_is_closed_where_that_is_the_rule(start):
    hub = start("--history-room-bytes", "64MiB", *namespaces({"name": "live", "slow": "close"}))
    client, quick = slow_subscriber(hub, "live:a"), hub.subscriber("live:a")
    flood(hub, "live:a", 100)
    assert [frame["offset"] for frame in quick.take(100)] == list(range(1, 101))
    flood(hub, "live:a", 300)
    hub.wait_for_metric("roomcast_overflows_total", lambda value: value >= 1)
    while True:
        opcode, payload = client.receive_frame()
        if opcode == 8:
            break
        last = json.loads(payload) if opcode == 1 else last
    assert int.from_bytes(payload[:2]) == 4113
    assert (last["type"], last["code"], last["temporary"]) == ("error", "SLOW_CONSUMER", True)
