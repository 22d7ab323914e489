"""Hubs under load that are killed again and again, with publishers that retry and subscribers that resume; and the
promises that must hold afterwards. Where there are several hubs, whoever loses one goes on with another."""

import asyncio
import collections
import http.client
import json
import random
import threading
import time

import websockets

from .sse import EventStream
from .waiting import seconds, wait_until
from .websocket import options

ROOMS = [f"room:{number}" for number in range(5)]
PUBLISHERS = 4
WEBSOCKETS = 10
STREAMS = 10


class Shared:
    """What all parts know: where the hubs are, whether it goes on, and what went wrong."""

    def __init__(self, addresses):
        """Host and port of each hub."""
        self.addresses = addresses
        self.failures = []
        self.is_publishing = True
        self.is_watching = True
        # Called once, as soon as the next answer is there of the hub at this address.
        self.at_answer = None

    def answered(self, address):
        if self.at_answer and self.at_answer[0] == address:
            (_, call), self.at_answer = self.at_answer, None
            call()

    def fail(self, text):
        self.failures.append(text)


class Guest:
    """Somebody who is at one of the hubs, and goes to another when that is gone."""

    def arrive(self, shared, index, seed):
        self.shared = shared
        self.place = index % len(shared.addresses)
        self.ways = random.Random(f"way {seed}/{index}")

    @property
    def address(self):
        return self.shared.addresses[self.place]

    def move(self):
        others = [place for place in range(len(self.shared.addresses)) if place != self.place]
        self.place = self.ways.choice(others or [self.place])


class Publisher(Guest, threading.Thread):
    """Publishes one event after the other, each until it is acknowledged, over a connection that is kept."""

    def __init__(self, shared, index, seed):
        threading.Thread.__init__(self, daemon=True)
        self.arrive(shared, index, seed)
        self.index = index
        self.random = random.Random(f"{seed}/{index}")
        self.prefix = f"{seed}-{index}"
        self.acknowledged = []
        self.tried = set()
        self.duplicates = 0
        self.retries = 0
        self.refusals = collections.Counter()
        self._connection = None

    def run(self):
        try:
            while self.shared.is_publishing and not self.shared.failures:
                room = self.random.choice(ROOMS)
                data = [self.index, len(self.tried), "x" * self.random.choice([0, 10, 100, 2000])]
                self.tried.add((room, *data[:2]))
                self.deliver(room, data)
        except BaseException as failure:
            self.shared.fail(f"publisher {self.index}: {failure!r}")

    def deliver(self, room, data):
        end = time.monotonic() + seconds(120)
        while True:
            answer = self.post(room, json.dumps(data), f"{self.prefix}-{data[1]}")
            if answer:
                status, body = answer
                if status == 201:
                    self.duplicates += body["duplicate"]
                    self.acknowledged.append((room, body["position"], data))
                    return
                assert body["temporary"], (status, body)
                self.refusals[body["code"]] += 1
            assert time.monotonic() < end, f"{data[:2]} was not acknowledged in time"
            self.retries += 1
            time.sleep(0.01)

    def post(self, room, body, key):
        """Status and body of the answer; None where it was lost, or there was nobody to ask."""
        if not self._connection:
            self._connection = http.client.HTTPConnection(*self.address, timeout=seconds(20))
        try:
            self._connection.request("POST", f"/v1/rooms/{room}/events", body, {"Idempotency-Key": key})
            response = self._connection.getresponse()
            body = response.read()
            self.shared.answered(self.address)
            return response.status, json.loads(body)
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            self.move()
            return None


class Subscriber(Guest):
    """What one subscriber was told: per room its events, and the position after the last."""

    def __init__(self, shared, kind, index, rooms, seed):
        self.arrive(shared, index, f"{seed}/{kind}")
        self.name, self.rooms = f"{kind} {index}", rooms
        self.events = {room: [] for room in rooms}
        self.positions = {}
        self.resumes = 0

    @property
    def is_ready(self):
        return len(self.positions) == len(self.rooms)

    def take(self, frame):
        """Looks at one frame, of a WebSocket or of an event stream."""
        kind, room = frame["type"], frame.get("room")
        if kind == "subscribed":
            if room in self.positions:
                assert frame["recovered"] is True, frame
                assert frame["position"] == self.positions[room], (frame, self.positions[room])
                self.resumes += 1
            self.positions[room] = frame["position"]
        elif kind == "event":
            self.events[room].append((frame["position"], frame["data"]))
            self.positions[room] = frame["position"]
        elif kind == "error" and frame["temporary"]:
            raise ConnectionError(f"come back later: {frame}")
        else:
            assert kind in ("welcome", "reconnect"), frame


class SocketSubscriber(Subscriber):
    """Over a WebSocket, to all its rooms at once."""

    def __init__(self, shared, index, rooms, seed):
        super().__init__(shared, "websocket", index, rooms, seed)

    async def run(self):
        while self.shared.is_watching:
            try:
                url = "ws://{}:{}/v1/ws".format(*self.address)
                async with websockets.connect(url, **options()) as socket:
                    rooms = [{"room": room, "after": self.positions.get(room)} for room in self.rooms]
                    await socket.send(json.dumps({"type": "subscribe", "id": 1, "rooms": rooms}))
                    while True:
                        self.take(json.loads(await socket.recv()))
            except (OSError, asyncio.TimeoutError, websockets.exceptions.WebSocketException):
                self.move()
                await asyncio.sleep(0.01)
            except Exception as failure:
                return self.shared.fail(f"{self.name}: {failure!r}")


class StreamSubscriber(Subscriber, threading.Thread):
    """Over an event stream, which begins after the last id that it saw."""

    def __init__(self, shared, index, rooms, seed):
        threading.Thread.__init__(self, daemon=True)
        Subscriber.__init__(self, shared, "event stream", index, rooms, seed)
        one = len(rooms) == 1
        self.path = f"/v1/rooms/{rooms[0]}/events" if one else "/v1/events?" + "&".join(f"room={room}" for room in rooms)
        self.last = None
        self.stream = None

    def run(self):
        while self.shared.is_watching:
            try:
                self.watch()
            except (OSError, http.client.HTTPException):
                # The connection was lost, or nobody listens.
                pass
            except BaseException as failure:
                return self.shared.fail(f"{self.name}: {failure!r}")
            self.move()
            time.sleep(0.01)

    def watch(self):
        self.stream = EventStream(*self.address, self.path, last=self.last)
        try:
            while self.stream.status == 200 and (event := self.stream.next()):
                kind = event.name.partition("roomcast:")[2] or "event"
                self.take({"type": kind, **event.data})
                self.last = self.stream.last
        finally:
            self.stream.close()


class Torture:
    """Publishers and subscribers around one or more hubs that can be killed."""

    def __init__(self, nodes, seed):
        self.nodes, self.seed = list(nodes), seed
        self.random = random.Random(seed)
        self.shared = Shared([self.address(node) for node in self.nodes])
        self.publishers = [Publisher(self.shared, index, seed) for index in range(PUBLISHERS)]
        self.sockets = [SocketSubscriber(self.shared, index, self.some_rooms(), seed) for index in range(WEBSOCKETS)]
        self.streams = [StreamSubscriber(self.shared, index, self.some_rooms(), seed) for index in range(STREAMS)]
        self.subscribers = self.sockets + self.streams
        self.recoveries = []
        self._loop = asyncio.new_event_loop()

    @staticmethod
    def address(node):
        return node.hub.host, node.hub.port

    def some_rooms(self):
        return self.random.choice([ROOMS, ROOMS[:1], self.random.sample(ROOMS, 2)])

    def run(self, disturb, count):
        """Calls `disturb(self)` so many times, each after a random while under load; then everybody gets to the end."""
        self.begin()
        for _ in range(count):
            time.sleep(self.random.choice([0, self.random.uniform(0, 0.1), self.random.uniform(0, 0.8)]))
            disturb(self)
            self.check_failures()
        self.settle()

    def begin(self):
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.tasks = [asyncio.run_coroutine_threadsafe(socket.run(), self._loop) for socket in self.sockets]
        for stream in self.streams:
            stream.start()
        self.wait(lambda: all(subscriber.is_ready for subscriber in self.subscribers), "every subscription")
        for publisher in self.publishers:
            publisher.start()
        self.wait(lambda: sum(len(publisher.acknowledged) for publisher in self.publishers) > 100, "the load")

    def kill(self):
        """At this moment, or when the next publisher has its answer: what it was told must have happened before."""
        node = self.random.choice(self.nodes)
        if self.random.random() < 0.5:
            process = node.hub.process
            self.shared.at_answer = (self.address(node), process.kill)
            try:
                wait_until(lambda: self.shared.failures or process.poll() is not None, what="an answer of the hub")
            except AssertionError:
                # With several hubs it may be that nobody asks this one.
                assert len(self.nodes) > 1, f"seed {self.seed}: no answer at which the hub is killed"
            self.check_failures()
        self.recoveries.append(node.restart())

    def settle(self):
        """Publishing ends, and every subscriber gets what there is; then the streams end too."""
        self.shared.is_publishing = False
        for publisher in self.publishers:
            publisher.join(seconds(150))
            assert not publisher.is_alive(), f"publisher {publisher.index} does not end"
        self.check_failures()
        self.newest = {room: self.nodes[0].hub.get(f"/v1/rooms/{room}").json["position"] for room in ROOMS}
        for subscriber in self.subscribers:
            self.wait(lambda: self.has_all(subscriber), f"{subscriber.name} to be at {self.newest}", subscriber)
        self.shared.is_watching = False
        for task in self.tasks:
            task.cancel()

    def has_all(self, subscriber):
        return all(subscriber.positions[room] == self.newest[room] for room in subscriber.rooms)

    def wait(self, condition, what, subscriber=None):
        try:
            wait_until(lambda: self.shared.failures or condition(), 60, what)
        except AssertionError as failure:
            raise AssertionError(f"seed {self.seed}: {failure}; it is at {subscriber and subscriber.positions}") from None
        self.check_failures()

    def check_failures(self):
        assert not self.shared.failures, f"seed {self.seed}: " + "; ".join(self.shared.failures)

    # The promises

    def verify(self):
        """What was acknowledged is there exactly once, where it was said to be, and everybody has seen the same."""
        history = {room: self.nodes[0].hub.history(room) for room in ROOMS}
        for node in self.nodes[1:]:
            for room in ROOMS:
                assert node.hub.history(room) == history[room], self.at(room, f"{node.name} tells another history")
        tried = set().union(*(publisher.tried for publisher in self.publishers))
        seen = {room: [(event["position"], event["data"]) for event in events] for room, events in history.items()}
        for room, events in history.items():
            assert [event["offset"] for event in events] == list(range(1, len(events) + 1)), self.at(room, "offsets")
            assert len({event["position"].rpartition("-")[0] for event in events}) <= 1, self.at(room, "epochs")
            names = [tuple(event["data"][:2]) for event in events]
            assert len(names) == len(set(names)), self.at(room, "an event is there twice")
            assert {(room, *name) for name in names} <= tried, self.at(room, "an event that nobody sent")
            for publisher in self.publishers:
                own = [number for index, number in names if index == publisher.index]
                assert own == sorted(own), self.at(room, f"the order of publisher {publisher.index}")
        for publisher in self.publishers:
            for room, position, data in publisher.acknowledged:
                offset = int(position.rpartition("-")[2])
                assert seen[room][offset - 1:offset] == [(position, data)], self.at(room, f"{position} was acknowledged")
        for subscriber in self.subscribers:
            for room in subscriber.rooms:
                assert subscriber.events[room] == seen[room], self.at(room, f"{subscriber.name} saw something else")

    def at(self, room, what):
        return f"seed {self.seed}, {room}: {what}"

    def report(self):
        acknowledged = sum(len(publisher.acknowledged) for publisher in self.publishers)
        return {
            "kills": len(self.recoveries),
            "acknowledged": acknowledged,
            "retries": sum(publisher.retries for publisher in self.publishers),
            "duplicates": sum(publisher.duplicates for publisher in self.publishers),
            "resumes": sum(subscriber.resumes for subscriber in self.subscribers),
            "deliveries": sum(len(events) for subscriber in self.subscribers for events in subscriber.events.values()),
            "longest recovery": round(max(self.recoveries, default=0), 3),
        }
