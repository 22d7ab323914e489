#!/usr/bin/env python3
"""Prints every event of the room `orders`, with Python's standard library: server-sent events, resumed after every loss.

    subscribe.py [HUB]

With KEY_FILE set, the API key in that file is shown.
"""

import http.client
import json
import os
import pathlib
import random
import sys
import time
import urllib.parse

# The hub is never silent for longer than 25 s: a connection that is has died without a word.
SILENCE = 40


class Refused(Exception):
    """The hub will not let this subscriber in."""


class Subscriber:
    """The events of a room, for as long as somebody takes them."""

    def __init__(self, hub, room, key=None, position=None):
        """`position` is where to go on: that of the last event which was handled, perhaps by an earlier process."""
        self._url = urllib.parse.urlsplit(hub)
        self._path = f"/v1/rooms/{urllib.parse.quote(room, safe='')}/events"
        self._fields = {"Accept": "text/event-stream", **({"Authorization": f"Bearer {key}"} if key else {})}
        self.position = position
        self._tries = 0

    def __iter__(self):
        while True:
            least = 0
            try:
                least = yield from self._connection()
            except (OSError, http.client.HTTPException) as lost:
                print(f"subscribe.py: {lost or 'the connection ended'}", file=sys.stderr)
            # Everybody lost the hub at the same time. They need not all come back at the same time.
            time.sleep(least + random.uniform(0, min(30, 0.5 * 2 ** min(self._tries, 6))))
            self._tries += 1

    def _connection(self):
        """Gives (name, data) of each event of one connection, and returns the least number of seconds to stay away."""
        kind = http.client.HTTPSConnection if self._url.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._url.netloc, timeout=SILENCE)
        resume = {"Last-Event-ID": self.position} if self.position else {}
        try:
            connection.request("GET", self._path, headers={**self._fields, **resume})
            answer = connection.getresponse()
            if answer.status != 200:
                if answer.status not in (408, 429) and answer.status < 500:
                    raise Refused(f"{answer.status}: {answer.read().decode(errors='replace')}")
                return float(answer.headers.get("Retry-After", 0))
            fields, retry = {}, 0
            for line in answer:
                if line.startswith(b":"):
                    continue  # A comment, sent to show that the connection lives.
                name, _, value = line.decode().rstrip("\r\n").partition(": ")
                if name == "retry":
                    retry = int(value) / 1000
                elif name:
                    fields[name] = value
                elif "data" in fields:
                    # An empty line ends an event. One that was cut off has none, and is dropped.
                    self._tries = 0
                    yield fields.get("event", "message"), json.loads(fields["data"])
                    # Not before it was handled.
                    self.position = fields.get("id", self.position)
                    fields = {}
            return retry
        finally:
            connection.close()


def main():
    hub = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080"
    file = os.environ.get("KEY_FILE")
    key = pathlib.Path(file).read_text().strip() if file else None
    for name, told in Subscriber(hub, "orders", key):
        if name == "roomcast:gap" or (name == "roomcast:subscribed" and told.get("recovered") is False):
            # History did not reach back to the position: what happened meanwhile has to be loaded from elsewhere.
            print("reload", flush=True)
        elif not name.startswith("roomcast:"):
            print(name, json.dumps(told), flush=True)


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(f"subscribe.py: the hub refused with status {refused}")
    except KeyboardInterrupt:
        pass
