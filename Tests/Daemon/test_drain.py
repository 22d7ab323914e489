"""SIGTERM: everybody is sent away in good order, and nothing that was acknowledged is lost."""

import asyncio
import http.client
import json
import struct
import subprocess
import threading
import time

import pytest
import websockets

from support.waiting import seconds, wait_until
from support.websocket import options

SUBSCRIBERS = 1000


class Witness:
    """One of many subscribers: what it saw until it was closed."""

    def __init__(self):
        self.offsets = []
        self.delays = []
        self.close = None

    async def run(self, url, ready):
        async with websockets.connect(url, **options()) as socket:
            try:
                while True:
                    frame = json.loads(await socket.recv())
                    if frame["type"] == "subscribed":
                        ready.release()
                    elif frame["type"] == "event":
                        self.offsets.append(frame["offset"])
                    elif frame["type"] == "reconnect":
                        self.delays.append(frame["delay"])
                    else:
                        assert frame["type"] == "welcome", frame
            except websockets.exceptions.ConnectionClosed as closed:
                self.close = closed.rcvd.code if closed.rcvd else 1006
                self.closed_at = time.monotonic()


class Publisher(threading.Thread):
    """Publishes until it is refused or the hub is gone; keeps what was acknowledged and when."""

    def __init__(self, hub):
        super().__init__(daemon=True)
        self.hub, self.acknowledged, self.closing, self.failures = hub, [], 0, []

    def run(self):
        connection = http.client.HTTPConnection(self.hub.host, self.hub.port, timeout=seconds(10))
        while True:
            try:
                connection.request("POST", "/v1/rooms/a/events", '"x"')
                response = connection.getresponse()
                body = response.read()
            except (OSError, http.client.HTTPException):
                # The hub is gone, or has closed this connection at the very end.
                connection.close()
                if self.hub.process.poll() is not None:
                    return
                time.sleep(0.01)
                continue
            if response.status != 201:
                self.failures.append((response.status, body))
                return
            self.acknowledged.append((json.loads(body)["offset"], time.monotonic()))
            self.closing += response.getheader("Connection", "").lower() == "close"
            time.sleep(0.05)


def test_with_a_thousand_subscribers_and_publishing_under_way(start):
    hub = start("--drain", f"{int(seconds(10))}s")
    witnesses, publisher = [Witness() for _ in range(SUBSCRIBERS)], Publisher(hub)
    url = f"ws://{hub.authority}/v1/rooms/a/events"

    async def run():
        ready = asyncio.Semaphore(0)
        tasks = []
        for witness in witnesses:
            tasks.append(asyncio.create_task(witness.run(url, ready)))
            if len(tasks) % 50 == 0:
                await asyncio.sleep(0)
        for _ in witnesses:
            await asyncio.wait_for(ready.acquire(), seconds(60))
        publisher.start()
        while len(publisher.acknowledged) < 10:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        hub.terminate()
        await asyncio.wait_for(asyncio.gather(*tasks), seconds(30))
        return began

    began = asyncio.run(run())
    assert hub.wait(20) == 0
    assert time.monotonic() - began < seconds(10) + 3
    publisher.join(seconds(10))
    assert not publisher.failures

    assert {witness.close for witness in witnesses} == {1012}
    assert all(len(witness.delays) == 1 for witness in witnesses)
    delays = [witness.delays[0] for witness in witnesses]
    assert min(delays) > 0 and len(set(delays)) > SUBSCRIBERS / 2
    # In even steps: neither all at once nor fewer than 200 a second.
    closed = sorted(witness.closed_at for witness in witnesses)
    assert 0.5 < closed[-1] - closed[0] < SUBSCRIBERS / 200 + seconds(2)

    before = [offset for offset, moment in publisher.acknowledged if moment < began]
    for witness in witnesses:
        assert witness.offsets == list(range(witness.offsets[0], witness.offsets[-1] + 1))
        assert witness.offsets[0] == 1 and witness.offsets[-1] >= before[-1]
        # What was acknowledged a while before this subscriber was closed was delivered to it.
        due = [offset for offset, moment in publisher.acknowledged if moment < witness.closed_at - seconds(1)]
        assert not due or witness.offsets[-1] >= due[-1]


@pytest.fixture
def draining(start):
    """A hub that drains for as long as a test needs: one client does not answer its close."""
    hub = start("--drain", f"{int(seconds(4))}s", "--reactors", "1")
    stubborn = hub.raw()
    stubborn.upgrade("/v1/rooms/a/events")
    hub.early = hub.raw()
    hub.early.request("GET", "/health")
    assert hub.early.response().status == 200
    hub.terminated = time.monotonic()
    hub.terminate()
    wait_until(lambda: hub.get("/ready").status == 503, what="a hub that drains")
    return hub


def test_while_it_drains_probes_metrics_and_publishes_are_answered(draining):
    ready = draining.get("/ready")
    ready.expect_problem(503, "DRAINING")
    health = draining.get("/health")
    assert health.status == 200 and health.field("Connection") == "close"
    assert draining.metrics().value("roomcast_draining") == 1
    answer = draining.post("/v1/rooms/b/events", "1")
    assert (answer.status, answer.field("Connection")) == (201, "close")
    many = draining.post("/v1/events", '{"room":"b","data":2}')
    assert many.json["results"][0]["offset"] == 2 and many.field("Connection") == "close"
    # A connection that was there before as well.
    draining.early.request("POST", "/v1/rooms/b/events", body=b"3")
    response = draining.early.response()
    assert (response.status, response.field("Connection")) == (201, "close")
    assert draining.early.rest() == b""
    assert draining.wait(15) == 0
    assert time.monotonic() - draining.terminated < seconds(4) + 2


def test_while_it_drains_new_streams_are_refused(draining):
    stream = draining.events("/v1/rooms/a/events")
    assert stream.status == 503 and int(stream.fields["Retry-After"]) >= 0
    assert stream.read()["code"] == "DRAINING"
    many = draining.events("/v1/events?room=a&room=b")
    assert (many.status, many.read()["code"]) == (503, "DRAINING")
    for path in ("/v1/ws", "/v1/rooms/a/events"):
        draining.websocket(path).expect_refusal("DRAINING", 1012)
    assert draining.wait(15) == 0


def test_an_event_stream_gets_a_time_to_come_back_and_its_end(start):
    hub = start("--drain", f"{int(seconds(4))}s")
    streams = [hub.events("/v1/rooms/a/events") for _ in range(20)]
    for stream in streams:
        stream.expect("roomcast:subscribed")
    hub.publish("a", "last")
    hub.terminate()
    for stream in streams:
        assert stream.expect("message").data["data"] == "last"
        assert stream.next() is None
        assert len(stream.retry) == 2
    assert len({stream.retry[1] for stream in streams}) > 10
    assert hub.wait() == 0


def test_a_subscriber_that_is_behind_gets_everything_before_it_is_closed(start):
    # Far more than it takes: the hub ends as soon as everything is delivered.
    hub = start("--drain", f"{int(seconds(60))}s", "--history-room-events", "5000", "--history-room-bytes", "64MiB")
    client = hub.raw(receive_buffer=4096)
    client.upgrade("/v1/rooms/a/events")
    healthy = hub.subscriber("a")
    for _ in range(10):
        hub.publish_lines({"room": "a", "data": "x" * 4000} for _ in range(100))
        healthy.take(100)
    hub.terminate()
    offsets, kinds = [], []
    while True:
        opcode, payload = client.receive_frame()
        if opcode == 8:
            break
        frame = json.loads(payload)
        kinds.append(frame["type"])
        if frame["type"] == "event":
            offsets.append(frame["offset"])
    assert struct.unpack(">H", payload[:2])[0] == 1012
    client.frame(8, payload[:2])
    assert offsets == list(range(1, 1001)) and kinds.count("reconnect") == 1
    client.close()
    assert hub.wait() == 0


def test_with_nobody_there_it_ends_at_once(start):
    hub = start("--drain", "60s")
    idle = hub.raw()
    idle.request("GET", "/health")
    idle.response()
    hub.terminate()
    assert hub.wait(5) == 0


def test_a_second_signal_ends_it_at_once(start):
    hub = start("--drain", "60s", "--reactors", "1")
    stubborn = hub.raw(receive_buffer=4096)
    stubborn.upgrade("/v1/rooms/a/events")
    for _ in range(20):
        hub.publish("a", "x" * 500_000)
    hub.terminate()
    wait_until(lambda: hub.get("/ready").status == 503, what="a hub that drains")
    with pytest.raises(subprocess.TimeoutExpired):
        hub.process.wait(1)
    hub.terminate()
    hub.wait(2)


def test_the_drain_ends_with_its_time_whoever_does_not_read(start):
    hub = start("--drain", "2s")
    stubborn = hub.raw(receive_buffer=4096)
    stubborn.upgrade("/v1/rooms/a/events")
    for _ in range(20):
        hub.publish("a", "x" * 500_000)
    began = time.monotonic()
    hub.terminate()
    assert hub.wait(10) == 0
    assert time.monotonic() - began < seconds(4)
