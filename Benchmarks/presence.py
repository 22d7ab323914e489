#!/usr/bin/env python3
"""What a join costs in a room with many members: the server's CPU time for each frame that a member is sent.

usage: Benchmarks/presence.py BINARY [MEMBERS] [JOINS-A-SECOND] [SECONDS]

Runs the hub on core 0 with one reactor, fills a room with members (each a user of its own, over a WebSocket), and then has
others join and leave at an even pace, while the members read in turn. Prints one line of JSON: each member must have seen each
join.
"""

import base64
import hashlib
import hmac
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time

SECRET = os.urandom(32).hex()
TICKS = os.sysconf("SC_CLK_TCK")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(user):
    claims = {"sub": user, "exp": int(time.time()) + 3600, "roomcast": {"subscribe": ["room"], "presence": ["room"]}}
    text = ".".join(base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{text}.{base64url(hmac.digest(SECRET.encode(), text.encode(), hashlib.sha256))}"


def enter(port, user):
    """A WebSocket that has been told that it is subscribed; what comes next waits in its socket."""
    link = socket.create_connection(("127.0.0.1", port))
    link.sendall((
        f"GET /v1/rooms/room/events?presence=true HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Authorization: Bearer {token(user)}\r\n\r\n").encode())
    return link


class Members:
    """Connections that read what has come, as many of them in turn as there is time for."""

    def __init__(self):
        self.links, self.joins, self._next = [], [], 0

    def add(self, link):
        link.setblocking(False)
        self.links.append(link)
        self.joins.append(0)

    def read(self, until=None):
        """Until then, or once round."""
        for _ in range(len(self.links)):
            if until and time.monotonic() >= until:
                return
            self._next = (self._next + 1) % len(self.links)
            try:
                data = self.links[self._next].recv(1 << 20)
            except BlockingIOError:
                continue
            assert data, f"member {self._next} was sent away"
            self.joins[self._next] += data.count(b'"type":"join"')


def processor_seconds(process):
    fields = open(f"/proc/{process.pid}/stat").read().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main(binary, members=10_000, rate=100, seconds=10):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    os.sched_setaffinity(0, {os.cpu_count() - 1})
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/secret", "w") as file:
            file.write(SECRET)
        os.chmod(f"{folder}/secret", 0o600)
        with open(f"{folder}/hub.json5", "w") as file:
            file.write(json.dumps({
                "tokens": {"keys": [{"algorithm": "HS256", "secretFile": f"{folder}/secret"}]},
                "namespaces": [{"name": "room", "presence": True}], "presence": {"leave": "0s", "snapshot": 10}}))
        hub = subprocess.Popen(
            ["taskset", "-c", "0", binary, "serve", "--port", "0", "--reactors", "1", "--settings", f"{folder}/hub.json5"],
            stdout=subprocess.PIPE, stderr=open(os.environ.get("HUB_LOG", os.devnull), "w"), text=True)
        try:
            measure(hub, int(hub.stdout.readline().rpartition(":")[2]), members, rate, seconds)
        finally:
            hub.terminate()
            hub.wait()


def measure(hub, port, count, rate, seconds):
    members = Members()
    for number in range(count):
        members.add(enter(port, f"member-{number}"))
        if number % 20 == 19:
            members.read()
    settle(hub, members)
    members.joins = [0] * count
    joins = rate * seconds
    before, began = processor_seconds(hub), time.monotonic()
    late = 0.0
    for number in range(joins):
        due = began + number / rate
        members.read(until=due)
        time.sleep(max(0.0, due - time.monotonic()))
        late = max(late, time.monotonic() - due)
        enter(port, f"guest-{number}").close()
    took = time.monotonic() - began
    settle(hub, members)
    used = processor_seconds(hub) - before
    print(json.dumps({
        "members": count, "joins": joins, "joins_per_s": round(joins / took, 1), "latest_s": round(late, 3),
        "fewest_joins_seen": min(members.joins), "most_joins_seen": max(members.joins), "server_cpu_s": round(used, 2),
        "us_per_frame": round(used * 1e6 / (2 * joins * count), 3), "us_per_join": round(used * 1e6 / joins, 1)}))


def settle(hub, members):
    """Until the hub has used no processor time for a while."""
    before, quiet = processor_seconds(hub), 0
    while quiet < 5:
        members.read()
        time.sleep(0.05)
        now = processor_seconds(hub)
        quiet, before = (quiet + 1 if now == before else 0), now


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], *map(int, sys.argv[2:]))
