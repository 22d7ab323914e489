#!/usr/bin/env python3
"""Drives through a tunnel: subscribers lose their connection for some seconds, twice, and lose no event.

    tunnel.py --hub URL --binary ROOMCAST [--seconds SECONDS] [--outage SECONDS]

Events are published all the time. The subscribers, roomcast.js under Node and `roomcast subscribe`, reach the hub through
a small proxy, which is cut and takes no connection for a while.
"""

import argparse
import http.client
import json
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
ROOM = "tunnel"


class Tunnel:
    """A TCP proxy that can be cut."""

    def __init__(self, hub):
        self._hub = hub
        self._lock = threading.Lock()
        self._open, self._is_dark = set(), False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def drive(self, outage):
        """All connections end, and for `outage` seconds there are no new ones."""
        with self._lock:
            self._is_dark, ends = True, list(self._open)
        for end in ends:
            self._end(end)
        time.sleep(outage)
        self._is_dark = False

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            with self._lock:
                if self._is_dark:
                    client.close()
                    continue
                server = socket.create_connection(self._hub)
                self._open |= {client, server}
            threading.Thread(target=self._pump, args=(client, server), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client), daemon=True).start()

    def _pump(self, source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        self._end(source)
        self._end(target)

    def _end(self, end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        with self._lock:
            self._open.discard(end)
        end.close()


class Publisher(threading.Thread):
    """Publishes an event every tenth of a second, straight to the hub."""

    def __init__(self, hub):
        super().__init__(daemon=True)
        self._connection = http.client.HTTPConnection(*hub, timeout=10)
        self._is_over = threading.Event()
        self.count = 0

    def run(self):
        while not self._is_over.wait(0.1):
            self._connection.request("POST", f"/v1/rooms/{ROOM}/events?event=tick", json.dumps({"n": self.count + 1}))
            answer = self._connection.getresponse()
            answer.read()
            assert answer.status == 201, answer.status
            self.count += 1

    def finish(self):
        self._is_over.set()
        self.join()


class Subscriber(threading.Thread):
    """One of the subscribers; `offsets` is what it printed, and what it says of its connection goes on to us."""

    def __init__(self, name, command):
        super().__init__(daemon=True)
        self.name, self.offsets, self._began = name, [], time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._pass_on, daemon=True).start()
        self.start()

    def run(self):
        for line in self.process.stdout:
            self.offsets.append(int(line.split(" ")[1]))

    def _pass_on(self):
        for line in self.process.stderr:
            print(f"{time.monotonic() - self._began:5.1f} s  {self.name:18} {line.rstrip()}", flush=True)

    def has(self, count):
        return len(self.offsets) >= count or self.process.poll() is not None

    def stop(self):
        self.process.terminate()
        self.process.wait()


def wait_until(condition, limit):
    end = time.monotonic() + limit
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)


def main():
    parser = argparse.ArgumentParser(description="Drives through a tunnel: nothing is lost.")
    parser.add_argument("--hub", default="http://127.0.0.1:8080", help="the hub's address")
    parser.add_argument("--binary", required=True, help="the command roomcast")
    parser.add_argument("--seconds", type=float, default=4, help="between the tunnels")
    parser.add_argument("--outage", type=float, default=5, help="how long a tunnel is")
    words = parser.parse_args()
    url = urllib.parse.urlsplit(words.hub)
    tunnel = Tunnel((url.hostname, url.port))
    publisher = Publisher((url.hostname, url.port))
    commands = {
        "roomcast.js": ["node", str(HERE / "subscribe.mjs"), tunnel.url, ROOM],
        "roomcast subscribe": [words.binary, "subscribe", ROOM, "--url", tunnel.url, "--after", "earliest"],
    }
    subscribers = []
    # The subscribers end with this program, however it ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        for name, command in commands.items():
            subscribers.append(Subscriber(name, command))
        publisher.start()
        wait_until(lambda: all(subscriber.has(10) for subscriber in subscribers), 30)
        for _ in range(2):
            print(f"--- {words.outage:g} s without a network", flush=True)
            tunnel.drive(words.outage)
            print("--- the network is back", flush=True)
            time.sleep(words.seconds)
        publisher.finish()
        wait_until(lambda: all(subscriber.has(publisher.count) for subscriber in subscribers), 40)
    finally:
        for subscriber in subscribers:
            subscriber.stop()
    print(f"published: {publisher.count} events")
    expected = list(range(1, publisher.count + 1))
    for subscriber in subscribers:
        missing = sorted(set(expected) - set(subscriber.offsets))
        verdict = "each once, in order" if subscriber.offsets == expected else f"WRONG, missing {missing}"
        print(f"{subscriber.name}: {len(subscriber.offsets)} events, {verdict}")
    return all(subscriber.offsets == expected for subscriber in subscribers)


if __name__ == "__main__":
    try:
        sys.exit(0 if main() else 1)
    except KeyboardInterrupt:
        pass
