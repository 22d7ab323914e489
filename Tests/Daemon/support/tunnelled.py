"""The command behind `scripts/tunnel`: a client behind a `Tunnel`, which must get every event once and in order."""

import argparse
import http.client
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time

from .daemon import BINARY, Hub, clean_environment
from .tunnel import Tunnel
from .waiting import wait_until

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "Browser" / "support" / "subscribe.mjs"
CLIENTS = ("js", "js-sse", "swift")

# A dead link is seen soon, and history keeps all that is published.
FLAGS = ("--ping", "1s", "--pong", "2s", "--history-room-events", "1000000", "--history-room-age", "24h",
         "--history-room-bytes", "1GiB", "--history-node-bytes", "1GiB", "--idempotency-time", "1h")


def command(client, url, published, seconds):
    """Prints a JSON object for each event of the room `down`."""
    if client == "swift":
        return [BINARY, "subscribe", "down", "--url", url, "--after", "earliest", "--json"]
    transport = "sse" if client == "js-sse" else "websocket"
    return ["node", str(SCRIPT), url, "down", transport, str(published), str(seconds)]


class Tunnelled:
    """`client` behind a tunnel, while numbers are published, at the hub itself and by the client if it can."""

    def __init__(self, hub, client, seed, seconds, events, log, life=2):
        self.hub, self.client, self.seconds, self.events = hub, client, seconds, events
        self.published = 0 if client == "swift" else events // 10
        self.random = random.Random(seed)
        self.tunnel = Tunnel(hub, self.random.random(), life)
        self.numbers, self.offsets, self.problems = [], None, []
        self.log = log

    def run(self):
        """Returns what is wrong."""
        with open(self.log, "wb") as output:
            process = subprocess.Popen(
                command(self.client, self.tunnel.url, self.published, self.seconds),
                stdout=subprocess.PIPE, stderr=output, env=clean_environment())
        reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            self._publish()
            self.tunnel.heal()
            began = time.monotonic()
            try:
                wait_until(self._is_done, 90, "the last event")
            except AssertionError:
                self.problems.append(f"after 90 s {len(self.numbers)} of {self.events} events have come")
            self.recovery = time.monotonic() - began
        finally:
            process.terminate()
            process.wait(20)
            reader.join(20)
            self.tunnel.close()
        self._verify()
        return self.problems

    def _read(self, output):
        for line in output:
            value = json.loads(line)
            if "offset" in value:
                self.numbers.append((value["offset"], value["data"]))
            elif "published" in value:
                self.offsets = value["published"]
            else:
                self.problems.append(f"the client told {line.decode().strip()}")

    def _publish(self):
        """All events in so many seconds, in bursts."""
        connection = http.client.HTTPConnection(self.hub.host, self.hub.port)
        began, number = time.monotonic(), 0
        while number < self.events:
            burst = min(self.random.randrange(1, 20), self.events - number)
            body = json.dumps([{"room": "down", "data": number + index + 1} for index in range(burst)])
            connection.request("POST", "/v1/events", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            number += burst
            time.sleep(max(0, began + self.seconds * number / self.events - time.monotonic()))
        connection.close()

    def _is_done(self):
        return len(self.numbers) >= self.events and (not self.published or self.offsets)

    def _verify(self):
        expected = [(number, number) for number in range(1, self.events + 1)]
        if self.numbers != expected:
            pairs = enumerate(zip(self.numbers, expected))
            at = next((at for at, (got, due) in pairs if got != due), len(self.numbers))
            self.problems.append(f"event {at + 1} is {self.numbers[at:at + 3]}, of {len(self.numbers)}")
        if self.published:
            kept = [event["data"] for event in self.hub.history("up")]
            if kept != list(range(1, self.published + 1)) or self.offsets != kept:
                self.problems.append(f"of {self.published} that the client published {len(kept)} are kept: {kept[:50]}")

    def report(self):
        fates = ", ".join(f"{count} {fate}" for fate, count in self.tunnel.fates.items())
        return (
            f"{self.client}: {len(self.numbers)} of {self.events} events, {self.published} published by the client, "
            f"{self.tunnel.connections} connections ({fates}), whole {self.recovery:.1f} s after the last disturbance")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("seconds", type=int)
    parser.add_argument("events", type=int)
    parser.add_argument("seed", nargs="?", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}: {arguments.events} events in {arguments.seconds} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="roomcast-tunnel-") as scratch:
        scratch = pathlib.Path(scratch)
        hub = Hub(scratch / "hub.log", FLAGS)
        try:
            hub.wait_until_listening()
            run = Tunnelled(
                hub, arguments.client, arguments.seed, arguments.seconds, arguments.events, scratch / "client.log")
            problems = run.run()
            print(run.report())
        finally:
            ending = hub.finish()
        if problems:
            print((scratch / "client.log").read_text(errors="replace")[-4000:], file=sys.stderr)
    for problem in problems + ending:
        print(problem)
    return 1 if problems or ending else 0


if __name__ == "__main__":
    sys.exit(main())
