#!/usr/bin/env python3
"""Tells what became of an order: one POST for each event, with Python's standard library.

    publish.py ORDER [HUB]

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

TRIES = 6


class Refused(Exception):
    """The hub will not have it, now or ever. `problem` is what it said (RFC 9457)."""

    def __init__(self, status, problem):
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.problem = problem


class Publisher:
    """Publishes over one connection, which is kept from event to event."""

    def __init__(self, hub, key=None):
        url = urllib.parse.urlsplit(hub)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(url.netloc, timeout=10)
        self._fields = {"Content-Type": "application/json"}
        if key:
            self._fields["Authorization"] = f"Bearer {key}"

    def publish(self, room, event, data, key):
        """Publishes once, whatever the connection does. `key` names what happened, and is the same in every attempt."""
        path = f"/v1/rooms/{urllib.parse.quote(room, safe='')}/events?{urllib.parse.urlencode({'event': event})}"
        for attempt in range(TRIES):
            wait = random.uniform(0, min(30, 0.5 * 2**attempt))
            try:
                self._connection.request("POST", path, json.dumps(data), {**self._fields, "Idempotency-Key": key})
                answer = self._connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException) as lost:
                # Whether the hub has the event is not known. With the same key it does not matter.
                self._connection.close()
                failure = lost
            else:
                if answer.status in (201, 202):
                    return json.loads(body)
                try:
                    problem = json.loads(body)
                except ValueError:
                    # A proxy's own page, for instance while there is no hub behind it.
                    problem = {"temporary": answer.status in (408, 429, 502, 503, 504)}
                failure = Refused(answer.status, problem)
                if not problem.get("temporary"):
                    raise failure
                # What the hub asks for is waited, and a little more, so that not everybody comes back at once.
                wait += float(answer.headers.get("Retry-After", 0))
            if attempt + 1 < TRIES:
                time.sleep(wait)
        raise failure


def main():
    order = int(sys.argv[1])
    hub = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8080"
    file = os.environ.get("KEY_FILE")
    publisher = Publisher(hub, pathlib.Path(file).read_text().strip() if file else None)
    for event, data in [
        ("order_created", {"order": order, "total": 42.5}),
        ("order_paid", {"order": order}),
        ("order_shipped", {"order": order}),
    ]:
        print(json.dumps(publisher.publish("orders", event, data, key=f"{order}-{event}")), flush=True)


if __name__ == "__main__":
    try:
        main()
    except (Refused, OSError, http.client.HTTPException) as failure:
        sys.exit(f"publish.py: {failure}")
