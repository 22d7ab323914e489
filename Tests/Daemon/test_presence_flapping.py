"""Many users with two tabs each that come and go at random, through one hub or several: in the end the list of members and
what every observer was told agree with the truth, and nobody is both there and gone.

`ROOMCAST_FLAP_SECONDS`, `ROOMCAST_FLAP_USERS` and `ROOMCAST_SEED` make it longer, larger, and the same again.
"""

import os
import random

from support.credentials import bearer
from support.flapping import ROOM, Flapping


def flap(start, credentials, observers):
    """The hubs, afterwards; `start` starts them with the settings."""
    duration = float(os.environ.get("ROOMCAST_FLAP_SECONDS", "5"))
    users = int(os.environ.get("ROOMCAST_FLAP_USERS", "25"))
    seed = int(os.environ.get("ROOMCAST_SEED") or random.randrange(1 << 32))
    # A long run is one with the settings that a hub has by itself.
    hold, pace = (3.0, 8.0) if duration >= 60 else (0.3, 1.0)
    credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
    credentials.settings["presence"] = {"leave": f"{int(hold * 1000)}ms", "snapshot": 10_000}
    hubs = start()

    def token(user):
        return credentials.token(user, subscribe=["chat:*"], presence=["chat:*"])

    flapping = Flapping(hubs, token, duration, seed, users=users, hold=hold, pace=pace, observers=observers)
    members = []
    problems, report = flapping.run(lambda: members.extend(listed(hub, credentials) for hub in hubs))
    print(report)
    assert not problems, f"seed {seed}: {problems[:10]}"
    assert members == [flapping.members()] * len(hubs), f"seed {seed}"
    assert report["joins"] > users and report["leaves"] > 0, report
    # All are gone, and nothing is left of them.
    for hub in hubs:
        hub.wait_for_metric("roomcast_members", lambda count: count == 0)
    return hubs


def test_users_who_flap_are_where_they_are(guard, credentials):
    (hub,) = flap(lambda: [guard("--reactors", "2")], credentials, 3)
    metrics = hub.metrics()
    assert metrics.value("roomcast_member_joins_total") == metrics.value("roomcast_member_leaves_total")


def test_users_who_flap_between_nodes_are_where_they_are(fleet, credentials):
    def start():
        return fleet(3, "--settings", credentials.write(), fields=bearer(credentials.admin)).hubs

    flap(start, credentials, 6)


def listed(hub, credentials):
    """All members, page by page."""
    socket = hub.secret_websocket(credentials.admin)
    socket.expect("welcome")
    users, cursor = [], {}
    while True:
        page = socket.ask({"type": "members", "room": ROOM, "limit": 7, **cursor})
        users += [member["user"] for member in page["members"]]
        assert all(member["connections"] > 0 for member in page["members"]), page
        if "cursor" not in page:
            return sorted(users)
        cursor = {"cursor": page["cursor"]}
