"""Subscribers that cannot keep up: memory is bounded, nobody else is delayed, and what is missing has a name."""

import json
import threading
import time

import pytest

from support.waiting import seconds

ROOM = "feed"
PAYLOAD = "x" * 4000
BATCH = 100


def slow_subscriber(hub):
    """A WebSocket whose kernel takes little on behalf of a client that reads when it likes."""
    client = hub.raw(receive_buffer=4096)
    client.upgrade(f"/v1/rooms/{ROOM}/events")
    assert json.loads(client.receive_frame()[1])["type"] == "welcome"
    assert json.loads(client.receive_frame()[1])["type"] == "subscribed"
    return client


class Account:
    """What one subscriber was told of a room: each offset exactly once, as an event or within a gap."""

    def __init__(self):
        self.next = 1
        self.received = 0
        self.gaps = []
        self.last = None

    def take(self, frame):
        offset = int(frame["position"].rpartition("-")[2])
        if frame["type"] == "event":
            assert offset == frame["offset"] == self.next, (frame["offset"], self.next)
            assert frame["data"] == [offset - 1, PAYLOAD]
            self.received += 1
        else:
            assert frame["type"] == "gap" and frame["room"] == ROOM, frame
            before = int(frame["from"].rpartition("-")[2])
            assert before == self.next - 1 and (self.last in (None, frame["from"])), (frame, self.next)
            assert offset >= self.next, frame
            self.gaps.append((before, offset))
        self.next = offset + 1
        self.last = frame["position"]


def publish_past(hub, healthy, batches, account):
    """Publishes in batches, each of which the healthy subscriber has before the next."""
    for batch in range(batches):
        first = batch * BATCH
        hub.publish_lines({"room": ROOM, "data": [first + n, PAYLOAD]} for n in range(BATCH))
        for frame in healthy.take(BATCH):
            account.take(frame)


def read_text(client):
    """The next message, whose reader answers no pings."""
    while True:
        opcode, payload = client.receive_frame()
        if opcode == 1:
            return json.loads(payload)
        assert opcode == 9, opcode


@pytest.mark.measure
def test_40_mb_pass_by_one_that_reads_5_kb_a_second_and_three_that_never_read(start):
    hub = start("--reactors", "2")
    slow, never = slow_subscriber(hub), [slow_subscriber(hub) for _ in range(3)]
    healthy, healthy_account = hub.subscriber(ROOM), Account()
    before = hub.resident()
    done = threading.Event()
    taken = []

    def trickle():
        while not done.wait(0.1):
            taken.append(slow.socket.recv(512))

    reader = threading.Thread(target=trickle)
    reader.start()
    try:
        publish_past(hub, healthy, 100, healthy_account)
    finally:
        done.set()
        reader.join()
    total = 100 * BATCH
    assert (healthy_account.received, healthy_account.gaps) == (total, [])
    assert hub.resident() - before < 100 << 20
    assert hub.metrics().value("roomcast_overflows_total") >= 4

    slow._received = b"".join(taken)
    slow_account = Account()
    while slow_account.next <= total:
        slow_account.take(read_text(slow))
    gone = sum(last - before for before, last in slow_account.gaps)
    assert slow_account.gaps and slow_account.received + gone == total
    assert slow_account.received >= 1000
    assert hub.metrics().value("roomcast_gaps_total") >= 1

    hub.publish(ROOM, [total, PAYLOAD])
    slow_account.take(read_text(slow))
    assert slow_account.received + gone == total + 1
    for client in never:
        client.close()


def test_one_that_catches_up_within_history_misses_nothing(start):
    hub = start("--history-room-events", "5000", "--history-room-bytes", "64MiB", "--outbox-frames", "8")
    slow, healthy, account = slow_subscriber(hub), hub.subscriber(ROOM), Account()
    publish_past(hub, healthy, 20, Account())
    assert hub.metrics().value("roomcast_overflows_total") >= 1
    # It rejoins while more is published.
    rest = threading.Thread(target=lambda: [hub.publish(ROOM, [2000 + n, PAYLOAD]) for n in range(50)])
    rest.start()
    while account.next <= 2050:
        account.take(read_text(slow))
    rest.join()
    assert (account.received, account.gaps) == (2050, [])
    assert hub.metrics().value("roomcast_gaps_total") == 0


def test_a_slow_event_stream_is_told_of_its_gap_as_well(start):
    hub = start("--history-room-events", "50")
    client = hub.raw(receive_buffer=4096)
    client.request("GET", f"/v1/rooms/{ROOM}/events", ["Accept: text/event-stream"])
    assert b" 200 OK" in client.head()
    healthy = hub.subscriber(ROOM)
    publish_past(hub, healthy, 40, Account())
    account, block = Account(), {}
    while account.next <= 40 * BATCH:
        line = b""
        while not line.endswith(b"\n"):
            line += client.exactly(1)
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            block[name] = value
            continue
        if "data" in block and block["event"] != "roomcast:subscribed":
            frame = json.loads(block["data"])
            assert block["id"] == frame["position"]
            assert block["event"] == ("roomcast:gap" if frame["type"] == "gap" else "message")
            account.take(frame)
        block = {}
    assert account.gaps
    assert account.received + sum(last - before for before, last in account.gaps) == 40 * BATCH


def test_an_event_larger_than_the_outbox_still_comes(start):
    hub = start("--outbox-bytes", "1000", "--outbox-frames", "1")
    socket, stream = hub.subscriber("a"), hub.events("/v1/rooms/a/events")
    stream.expect("roomcast:subscribed")
    for number in range(5):
        hub.publish("a", [number, "x" * 100_000])
        assert socket.expect("event")["data"][0] == stream.expect("message").data["data"][0] == number


def test_answers_that_are_not_read_stop_the_reading(start):
    """Section 3: a connection whose answers fill its outbox is not read from until they drain."""
    hub = start()
    hub.publish("a", "x" * 60_000)
    client = hub.raw(receive_buffer=4096)
    client.upgrade()
    ask = b'{"type":"history","room":"a","last":1}'
    before, sent = hub.resident(), 0
    client.socket.settimeout(seconds(2))
    try:
        while sent < 20_000:
            for _ in range(100):
                client.frame(1, ask)
            sent += 100
    except TimeoutError:
        pass
    assert hub.resident() - before < 64 << 20
    answered = hub.metrics().value("roomcast_messages_in_total")
    assert answered < 2_000, "answers that nobody reads were made all the same"
    client.close()
    assert hub.get("/health").status == 200


def test_a_healthy_subscriber_is_not_delayed_by_those_that_never_read(hub):
    def worst():
        times = []
        for number in range(60):
            began = time.monotonic()
            hub.publish(ROOM, number)
            assert healthy.expect("event")["data"] == number
            times.append(time.monotonic() - began)
        return sorted(times)[54]

    healthy = hub.subscriber(ROOM)
    alone = worst()
    for _ in range(3):
        slow_subscriber(hub)
    for _ in range(5):
        hub.publish_lines({"room": ROOM, "data": PAYLOAD} for _ in range(BATCH))
        healthy.take(BATCH)
    assert worst() < max(10 * alone, seconds(0.25))
