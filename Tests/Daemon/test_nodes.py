"""Several nodes on one Redis: it makes no difference through which of them somebody comes."""

import concurrent.futures
import os
import random

import pytest

from support.credentials import bearer
from support.torture import Torture
from support.waiting import wait_until


@pytest.mark.parametrize("count", [2, 3])
def test_all_see_the_same_sequence_through_any_node(fleet, count):
    seed = int(os.environ.get("ROOMCAST_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}")
    nodes = fleet(count, "--redis-room-events", "1000000")
    torture = Torture(nodes, seed)

    def look(torture):
        before = [len(publisher.acknowledged) for publisher in torture.publishers]
        torture.wait(
            lambda: all(len(publisher.acknowledged) > count + 25 for publisher, count in zip(torture.publishers, before)),
            "more of everybody")

    torture.run(look, 3)
    torture.verify()
    report = torture.report()
    print(report)
    assert report["retries"] == report["resumes"] == 0, report


# What is told through any node


@pytest.fixture
def guarded(fleet, credentials):
    """Nodes that know the credentials, and whose rooms `chat:…` tell who is there."""

    def guarded(count, *flags, leave="1ms", **options):
        credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
        credentials.settings["presence"] = {"leave": leave}
        return fleet(count, "--settings", credentials.write(), *flags, fields=bearer(credentials.admin), **options)

    return guarded


def socket_of(node, credential, room=None, **more):
    """A WebSocket that has been welcomed, and is subscribed where a room is named; `id` is its connection's."""
    socket = node.hub.secret_websocket(credential)
    socket.id = socket.expect("welcome")["connection"]
    if room:
        socket.send({"type": "subscribe", "room": room, **more})
        socket.subscribed = socket.expect("subscribed")
    return socket


def get(node, path):
    answer = node.hub.get(path, headers=node.fields)
    assert answer.status == 200, answer
    return answer.json


def test_resuming_through_another_node_right_after_the_answer(fleet):
    nodes = fleet(2)
    one, other = nodes.hubs
    # Both have the room open.
    watchers = [hub.subscriber("a") for hub in nodes.hubs]
    for number in range(200):
        position = one.publish("a", number)["position"]
        socket = other.subscriber("a", after=position)
        assert socket.subscribed["recovered"] is True and socket.subscribed["position"] == position
        page = other.get(f"/v1/rooms/a/events?after={position}").json
        assert page["recovered"] is True and page["events"] == [], page
        assert other.get("/v1/rooms/a").json["position"] == position
        socket.close()
        one, other = other, one
    for watcher in watchers:
        assert [event["data"] for event in watcher.take(200)] == list(range(200))


def test_a_key_is_the_same_through_any_node(fleet):
    nodes = fleet(3)
    first = nodes[0].hub.publish("a", 1, headers={"Idempotency-Key": "one"})
    assert first["duplicate"] is False
    for hub in nodes.hubs:
        again = hub.publish("a", 1, headers={"Idempotency-Key": "one"})
        assert again == {**first, "duplicate": True}
        answer = hub.post("/v1/rooms/a/events", "2", headers={"Idempotency-Key": "one"})
        answer.expect_problem(409, "CONFLICT")
    # At the same time, too, it is published once.
    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(lambda n: nodes[n % 3].hub.publish("a", 2, headers={"Idempotency-Key": "two"}), range(9)))
    assert sorted(answer["duplicate"] for answer in answers) == [False] + [True] * 8
    assert {answer["offset"] for answer in answers} == {2}
    assert [event["data"] for event in nodes[1].hub.history("a")] == [1, 2]


def test_ephemeral_events_reach_every_node_and_are_kept_on_none(fleet):
    nodes = fleet(3)
    sockets = [hub.subscriber("a") for hub in nodes.hubs]
    answer = nodes[0].hub.publish("a", 1, "ephemeral=true")
    assert "position" not in answer
    nodes[1].hub.publish("a", 2)
    for socket in sockets:
        first, second = socket.take(2)
        assert first["data"] == 1 and "position" not in first and "offset" not in first
        assert (second["data"], second["offset"]) == (2, 1)
    assert all([event["data"] for event in hub.history("a")] == [2] for hub in nodes.hubs)


def test_who_is_excluded_is_so_on_its_own_node(fleet):
    nodes = fleet(2)
    sockets = [hub.subscriber("a") for hub in nodes.hubs]
    position = nodes[0].hub.publish("a", 1, f"exclude={sockets[1].welcome['connection']}")["position"]
    assert sockets[0].expect("event")["position"] == position
    assert sockets[1].receive() == {"type": "skip", "room": "a", "offset": 1, "position": position}


def test_a_room_is_deleted_on_all_nodes(fleet):
    nodes = fleet(3)
    sockets = [hub.subscriber("a") for hub in nodes.hubs]
    old = nodes[0].hub.publish("a", 1)["position"]
    for socket in sockets:
        socket.expect("event")
    assert nodes[2].hub.curl("DELETE", "/v1/rooms/a").status in (200, 204)
    for socket in sockets:
        assert socket.expect("unsubscribed")["room"] == "a"
    for hub in nodes.hubs:
        assert hub.history("a") == []
        assert hub.subscriber("a", after=old).subscribed["recovered"] is False
    new = nodes[1].hub.publish("a", 2)
    assert new["offset"] == 1 and new["position"] != old


def test_positions_last_longer_than_the_nodes(fleet):
    nodes = fleet(2)
    positions = [nodes[0].hub.publish("a", number)["position"] for number in range(3)]
    for node in nodes:
        node.drain()
    for node in nodes:
        node.start()
    nodes.wait_until_ready()
    socket = nodes[1].hub.subscriber("a", after=positions[0])
    assert socket.subscribed["recovered"] is True
    assert [event["position"] for event in socket.take(2)] == positions[1:]
    assert nodes[0].hub.publish("a", 3)["offset"] == 4


def test_what_redis_has_lost_is_a_gap_and_a_new_epoch(fleet, redis):
    nodes = fleet(2)
    sockets = [hub.subscriber("a") for hub in nodes.hubs]
    old = [nodes[0].hub.publish("a", number)["position"] for number in range(3)][-1]
    for socket in sockets:
        socket.take(3)
    redis.call("FLUSHALL")
    new = nodes[1].hub.publish("a", "new")
    assert new["offset"] == 1 and new["position"].split("-")[0] != old.split("-")[0]
    for socket in sockets:
        gap = socket.expect("gap")
        assert gap["from"] == old, gap
        # Whether the event is behind the gap or in it, the position says so.
        if gap["position"] != new["position"]:
            assert socket.expect("event")["position"] == new["position"]
    for hub in nodes.hubs:
        assert hub.subscriber("a", after=old).subscribed["recovered"] is False
        assert [event["data"] for event in hub.history("a")] == ["new"]


# The hub as a whole


def test_lists_are_of_all_nodes(guarded, credentials):
    nodes = guarded(3)
    token = credentials.token("ann", subscribe=["*"])
    sockets = [socket_of(node, token, f"room:{number}") for number, node in enumerate(nodes)]
    sockets += [socket_of(node, credentials.token("bob", subscribe=["*"]), "all") for node in nodes]
    for node in nodes:
        listed = get(node, "/v1/connections")["connections"]
        assert sorted(entry["connection"] for entry in listed) == sorted(socket.id for socket in sockets)
        listed = get(node, "/v1/users/ann/connections")["connections"]
        assert sorted(entry["connection"] for entry in listed) == sorted(socket.id for socket in sockets[:3])
        assert len(get(node, "/v1/connections?room=all")["connections"]) == 3
        rooms = {room["room"]: room["subscribers"] for room in get(node, "/v1/rooms")["rooms"]}
        assert rooms == {"room:0": 1, "room:1": 1, "room:2": 1, "all": 3}
        assert get(node, "/v1/rooms/all")["subscribers"] == 3
        for socket in sockets:
            assert get(node, f"/v1/connections/{socket.id}")["connection"] == socket.id
        node.hub.get(f"/v1/connections/{'0' * 32}", headers=node.fields).expect_problem(404, "NOT_FOUND")
        # Page by page they are the same.
        seen, cursor = [], ""
        while cursor is not None:
            page = get(node, f"/v1/connections?limit=2{cursor}")
            assert len(page["connections"]) <= 2
            seen += [entry["connection"] for entry in page["connections"]]
            cursor = f"&cursor={page['cursor']}" if "cursor" in page else None
        assert seen == sorted(socket.id for socket in sockets)


def test_a_connection_is_handled_through_another_node(guarded, credentials):
    nodes = guarded(3)
    sockets = [socket_of(node, credentials.token("ann", subscribe=["*"])) for node in nodes]
    hub, fields = nodes[0].hub, nodes[0].fields
    for socket in sockets:
        path = f"/v1/connections/{socket.id}"
        assert hub.curl("PUT", f"{path}/rooms/a", headers=fields).status == 200
        assert socket.expect("subscribed")["room"] == "a"
        assert hub.curl("DELETE", f"{path}/rooms/a", headers=fields).status == 200
        assert socket.expect("unsubscribed")["room"] == "a"
        assert hub.curl("DELETE", f"{path}?code=4200&reason=done", headers=fields).status == 200
        assert socket.expect_close() == (4200, "done")
        hub.curl("DELETE", path, headers=fields).expect_problem(404, "NOT_FOUND")


def test_users_are_reached_and_put_out_on_all_nodes(guarded, credentials):
    nodes = guarded(3)
    token = credentials.token("ann", subscribe=["*"])
    sockets = [socket_of(node, token) for node in nodes]
    bob = socket_of(nodes[1], credentials.token("bob"))
    for node in nodes:
        answer = node.hub.post("/v1/users/ann/events?event=hint", '{"n":1}', headers=node.fields)
        assert answer.json == {"user": "ann", "connections": 3}
        frames = [socket.expect("event") for socket in sockets]
        assert all((frame["user"], frame["event"], frame["data"]) == ("ann", "hint", {"n": 1}) for frame in frames)
    answer = nodes[2].hub.curl("DELETE", "/v1/users/ann/connections?revoke=true", headers=nodes[2].fields)
    assert answer.json["closed"] == 3
    assert {socket.expect_close()[0] for socket in sockets} == {4501}
    assert bob.ask({"type": "ping"})["type"] == "pong"
    # The token is refused everywhere.
    for node in nodes:
        node.hub.get("/v1/rooms/a/events", headers=bearer(token)).expect_problem(401, "UNAUTHORIZED")


def test_a_node_that_was_away_learns_whose_tokens_were_revoked(guarded, credentials):
    """Also those that it was told of itself meanwhile are known to the others."""
    nodes = guarded(2, "--redis-lease", "2s", "--redis-time", "2s", linked=True)
    tokens = {user: credentials.token(user, subscribe=["*"]) for user in ("ann", "bob")}
    # Both have asked each other by now, and each asks no more than every few seconds.
    nodes[1].link.cut(refusing=True)
    wait_until(lambda: nodes[1].hub.get("/ready").status == 503, what="Redis to be missed")
    for node, user in zip(nodes, tokens):
        node.hub.curl("DELETE", f"/v1/users/{user}/connections?revoke=true", headers=node.fields)
    nodes[1].link.heal()

    def is_refused(node, user):
        return node.hub.get("/v1/connections", headers=bearer(tokens[user])).status == 401

    for node in nodes:
        for user in tokens:
            wait_until(lambda: is_refused(node, user), 15, f"{node.name} to refuse the tokens of {user}")


def test_nodes_know_each_other(fleet):
    nodes = fleet(3, "--redis-lease", "2s", "--drain", "3s")

    def known(node):
        return {entry["node"]: entry for entry in node.hub.get("/v1/nodes").json["nodes"]}

    names = [node.node for node in nodes]
    for node in nodes:
        wait_until(lambda: set(known(node)) == set(names), what="all nodes to be known")
        for entry in known(node).values():
            assert entry["draining"] is False and entry["version"] and entry["since"] > 0 and 0 <= entry["load"] <= 1
        node.hub.wait_for_metric("roomcast_nodes", lambda count: count == 3)
    # One that drains says so, while it has somebody to send away, and is gone with its end.
    nodes[2].hub.subscriber("a")
    nodes[2].hub.terminate()
    wait_until(lambda: known(nodes[0]).get(names[2], {"draining": True})["draining"], 5, "the drain to be known")
    nodes[2].hub.wait()
    wait_until(lambda: set(known(nodes[0])) == set(names[:2]), 2, "a node that has left to be gone")
    # One that is killed is gone with its lease.
    nodes[1].kill()
    wait_until(lambda: set(known(nodes[0])) == {names[0]}, 2 + 3, "a dead node to be gone")
    # It comes back as another.
    nodes[1].start()
    wait_until(lambda: len(known(nodes[0])) == 2, what="a node that comes")
    assert names[1] not in known(nodes[0])


def test_members_are_those_of_all_nodes(guarded, credentials):
    nodes = guarded(3)

    def enter(node, user, **more):
        token = credentials.token(user, subscribe=["*"], presence=["*"])
        return socket_of(node, token, "chat:1", **({"presence": more}))

    def users(frame):
        return [(member["user"], member["connections"]) for member in frame["members"]]

    watchers = [socket_of(node, credentials.admin, "chat:1") for node in nodes]
    ann = enter(nodes[0], "ann", name="Ann")
    for watcher in watchers:
        assert watcher.expect("join")["member"] == {"user": "ann", "info": {"name": "Ann"}}
    second, bob = enter(nodes[1], "ann", name="Ann"), enter(nodes[2], "bob")
    assert users(second.subscribed) == [("ann", 2)]
    assert [user for user, _ in users(bob.subscribed)] == ["ann", "bob"]
    for watcher in watchers:
        assert watcher.expect("join")["member"]["user"] == "bob"
        wait_until(
            lambda: users(watcher.ask({"type": "members", "room": "chat:1"})) == [("ann", 2), ("bob", 1)], what="all members")
    ann.close()
    bob.abort()
    for watcher in watchers:
        assert watcher.expect("leave")["member"]["user"] == "bob"
    second.close()
    for node, watcher in zip(nodes, watchers):
        assert watcher.expect("leave")["member"]["user"] == "ann"
        assert get(node, "/v1/rooms/chat:1/members")["members"] == []
