"""DELETE /v1/rooms/{room}: everybody is taken out, what there was is gone, and what comes next is another history."""

import pytest

from support.credentials import bearer
from support.store import StoredHub


@pytest.fixture(params=["memory", "disk"])
def hub(request, start, tmp_path):
    engine = "memory:" if request.param == "memory" else f"disk:{tmp_path / 'store'}"
    return start("--reactors", "2", "--engine", engine)


def delete(hub, room, **options):
    return hub.curl("DELETE", f"/v1/rooms/{room}", **options)


def epoch(position):
    return position.rpartition("-")[0]


def test_the_history_is_gone_and_another_epoch_begins(hub):
    old = [hub.publish("a", number)["position"] for number in range(3)][-1]
    hub.publish("b", 1)
    assert delete(hub, "a").status == 200
    page = hub.get("/v1/rooms/a/events?after=earliest").json
    assert page["events"] == [] and page["position"].endswith("-0") and epoch(page["position"]) != epoch(old)
    assert hub.get(f"/v1/rooms/a/events?after={old}").json["recovered"] is False
    fresh = hub.publish("a", 9)
    assert fresh["offset"] == 1 and epoch(fresh["position"]) == epoch(page["position"])
    assert len(hub.history("b")) == 1
    # Once more, and a room that nobody knows.
    assert [delete(hub, room).status for room in ("a", "a", "nobody")] == [200] * 3


def test_every_subscriber_is_told_and_may_come_back(hub):
    socket, stream = hub.subscriber("a"), hub.events("/v1/rooms/a/events")
    many = hub.events("/v1/events?room=a&room=b")
    assert socket.ask({"type": "subscribe", "room": "b"})["type"] == "subscribed"
    for _ in range(2):
        many.expect("roomcast:subscribed")
    stream.expect("roomcast:subscribed")
    old = hub.publish("a", "before")["position"]
    assert delete(hub, "a").status == 200
    farewell = {"type": "unsubscribed", "room": "a", "code": "NOT_FOUND"}
    assert socket.expect("event")["data"] == "before"
    assert socket.expect("unsubscribed") == farewell
    for events in (stream, many):
        assert events.expect("message").data["data"] == "before"
        assert events.expect("roomcast:unsubscribed").data == farewell
    # The stream of one room has ended, the one of two goes on.
    assert stream.next() is None
    hub.publish("b", 1)
    assert many.expect("message").data["room"] == socket.expect("event")["room"] == "b"
    again = socket.ask({"type": "subscribe", "room": "a", "after": old})
    assert again["recovered"] is False and epoch(again["position"]) != epoch(old)
    hub.publish("a", "after")
    assert socket.expect("event")["data"] == "after"


def test_idempotency_keys_of_the_room_are_forgotten(hub):
    def post(room, data):
        return hub.post(f"/v1/rooms/{room}/events", data, headers={"Idempotency-Key": "k"})

    assert [post(room, "1").json["offset"] for room in ("a", "b")] == [1, 1]
    assert delete(hub, "a").status == 200
    assert post("a", "2").json["duplicate"] is False
    assert post("b", "1").json["duplicate"] is True
    post("b", "2").expect_problem(409, "CONFLICT")


def test_only_an_admin_deletes(guard, credentials):
    hub = guard()
    hub.post("/v1/rooms/a/events", "1", headers=hub.fields)
    assert delete(hub, "a").status == 401
    for credential in (credentials.key("service"), credentials.token("ann", subscribe=["*"], publish=["*"])):
        hub.reload() if credentials.write() else None
        assert delete(hub, "a", headers=bearer(credential)).status == 403
    assert delete(hub, "a", headers=hub.fields).status == 200


@pytest.mark.parametrize("end", ["kill", "drain"])
def test_what_was_deleted_stays_so(tmp_path, end):
    stored = StoredHub(tmp_path)
    hub = stored.start()
    old = [hub.publish("a", number)["position"] for number in range(20)][-1]
    kept = [hub.publish("b", number)["position"] for number in range(20)][-1]
    assert delete(hub, "a").status == 200
    getattr(stored, end)()
    hub = stored.start()
    assert hub.history("a") == [] and len(hub.history("b")) == 20
    socket = hub.subscriber("a", after=old)
    assert socket.subscribed["recovered"] is False and epoch(socket.subscribed["position"]) != epoch(old)
    assert hub.subscriber("b", after=kept).subscribed["recovered"] is True
    assert hub.publish("a", 1)["offset"] == 1
    assert not stored.finish()
