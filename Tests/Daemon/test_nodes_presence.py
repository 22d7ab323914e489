"""Who is in a room that several nodes have, when nodes, links and Redis go away."""

import time

import pytest

from support.credentials import bearer
from support.waiting import seconds, wait_until

ROOM = "chat:1"
LEASE, LEAVE = 2, 1


@pytest.fixture
def chat(fleet, credentials):
    def chat(count, **options):
        credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
        credentials.settings["presence"] = {"leave": f"{LEAVE}s"}
        return fleet(
            count, "--settings", credentials.write(), "--redis-lease", f"{LEASE}s", "--redis-time", "1s",
            fields=bearer(credentials.admin), linked=True, **options)

    return chat


class Watcher:
    """Somebody who is in the room, unseen, and has been told of all who came and went."""

    def __init__(self, node, credentials):
        self.socket = node.hub.secret_websocket(credentials.admin)
        self.socket.expect("welcome")
        self.socket.send({"type": "subscribe", "room": ROOM})
        self.there = {member["user"] for member in self.socket.expect("subscribed")["members"]}
        self.told = []

    def look(self):
        """Takes what has come up to now."""
        self.socket.send({"type": "ping", "id": "look"})
        while (frame := self.socket.receive())["type"] != "pong":
            if frame["type"] == "members":
                self.there = {member["user"] for member in frame["members"]}
                self.told.append(("members", sorted(self.there)))
                continue
            kind, user = frame["type"], frame["member"]["user"]
            assert kind in ("join", "leave"), frame
            # Nobody is told twice that somebody is there, or is gone.
            assert (user in self.there) == (kind == "leave"), (frame, self.told)
            (self.there.add if kind == "join" else self.there.discard)(user)
            self.told.append((kind, user))
        return self.there

    def wait_for(self, users, limit=15):
        wait_until(lambda: self.look() == set(users), limit, f"{sorted(users)} (told {self.told})")

    def listed(self):
        self.look()
        frame = self.socket.ask({"type": "members", "room": ROOM})
        return {member["user"] for member in frame["members"]}


def enter(node, credentials, user):
    socket = node.hub.secret_websocket(credentials.token(user, subscribe=["*"], presence=["*"]))
    socket.expect("welcome")
    socket.send({"type": "subscribe", "room": ROOM, "presence": {}})
    socket.expect("subscribed")
    return socket


def crowd(nodes, credentials):
    """Some users on each node, and one who is on all; watchers who have seen them."""
    everybody = [[f"user{index}-{number}" for number in range(5)] for index in range(len(nodes))]
    for node, users in zip(nodes, everybody):
        node.sockets = [enter(node, credentials, user) for user in [*users, "everywhere"]]
    watchers = [Watcher(node, credentials) for node in nodes]
    all_users = set().union(*everybody, {"everywhere"})
    for watcher in watchers:
        watcher.wait_for(all_users)
    return everybody, all_users, watchers


def test_members_of_a_dead_node_leave(chat, credentials):
    nodes = chat(3)
    everybody, all_users, watchers = crowd(nodes, credentials)
    began = time.monotonic()
    nodes[0].kill()
    left = all_users - set(everybody[0])
    for watcher in watchers[1:]:
        # Its lease and the time that leaves are held back; both are counted from when the node was heard of last.
        watcher.wait_for(left, LEASE + LEAVE + 2)
        assert {user for kind, user in watcher.told if kind == "leave"} == set(everybody[0])
        assert watcher.listed() == left
    print(f"gone after {time.monotonic() - began:.1f} s")
    assert time.monotonic() - began < seconds(LEASE + 3)
    # It comes back, without them, and sees who is there.
    nodes[0].start()
    nodes.wait_until_ready()
    watcher = Watcher(nodes[0], credentials)
    watcher.wait_for(left)
    back = enter(nodes[0], credentials, everybody[0][0])
    for other in watchers[1:]:
        other.wait_for(left | {everybody[0][0]})
    back.close()


def test_members_of_a_node_that_ends_leave(chat, credentials):
    nodes = chat(2)
    everybody, all_users, watchers = crowd(nodes, credentials)
    nodes[0].drain()
    watchers[1].wait_for(all_users - set(everybody[0]))
    assert watchers[1].listed() == all_users - set(everybody[0])


def disturbed(kind, nodes, redis):
    """Goes on for longer than leases and leaves last, where it goes on."""
    if kind == "cut":
        for node in nodes:
            node.link.cut()
    elif kind == "parted":
        nodes[0].link.cut(refusing=True)
        time.sleep(0.5)
        nodes[0].link.heal()
    elif kind == "killed":
        redis.restart()
    elif kind == "away":
        # Nobody can renew a lease, and nobody is gone for that.
        redis.kill()
        time.sleep(LEASE + LEAVE + 1)
        redis.start()
    elif kind == "stopped":
        redis.stop()
        time.sleep(LEASE + LEAVE + 1)
        redis.go_on()


@pytest.mark.parametrize("kind", ["cut", "parted", "killed", "away", "stopped"])
def test_nobody_leaves_because_redis_or_a_link_is_away(chat, credentials, redis, kind):
    nodes = chat(2)
    everybody, all_users, watchers = crowd(nodes, credentials)
    for watcher in watchers:
        watcher.told.clear()
    disturbed(kind, nodes, redis)
    nodes.wait_until_ready()
    # Who comes and goes now is told after a leave of anybody would have been.
    enter(nodes[0], credentials, "late").close()
    for watcher in watchers:
        wait_until(lambda: watcher.look() and ("leave", "late") in watcher.told, what=f"late (told {watcher.told})")
        changes = [change for change in watcher.told if change[0] != "members"]
        assert changes == [("join", "late"), ("leave", "late")], watcher.told
        assert watcher.there == watcher.listed() == all_users


def test_who_comes_and_goes_while_a_link_is_away_is_known_afterwards(chat, credentials):
    nodes = chat(2)
    everybody, all_users, watchers = crowd(nodes, credentials)
    nodes[0].link.cut(refusing=True)
    # On the node that is cut off, and on the other.
    gone = [nodes[0].sockets.pop(0), nodes[1].sockets.pop(0)]
    for socket in gone:
        socket.close()
    new = [enter(nodes[1], credentials, "new1")]
    nodes[0].link.heal()
    nodes.wait_until_ready()
    new.append(enter(nodes[0], credentials, "new0"))
    there = (all_users | {"new0", "new1"}) - {everybody[0][0], everybody[1][0]}
    for watcher in watchers:
        watcher.wait_for(there)
        assert watcher.listed() == there
    # In the end nobody is there on any node.
    for socket in [*new, *nodes[0].sockets, *nodes[1].sockets]:
        socket.close()
    for watcher in watchers:
        watcher.wait_for(set())
        assert watcher.listed() == set()
