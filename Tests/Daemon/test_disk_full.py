"""A file system without space: publishes are refused with the reason, and go on by themselves once there is space."""

import http.client
import json

import pytest

from support.small import SIZE, Filler
from support.store import StoredHub
from support.waiting import seconds, wait_until


@pytest.fixture
def stored(tmp_path, small):
    stored = StoredHub(tmp_path, directory=small / "store")
    stored.start()
    yield stored
    problems = stored.finish()
    assert not problems, "\n".join(problems)


class Publisher:
    """Publishes numbered events of 2 kB over one connection, and keeps what was acknowledged."""

    def __init__(self, hub, numbers=0):
        self.acknowledged = []
        self.number = numbers
        self._connection = http.client.HTTPConnection(hub.host, hub.port, timeout=seconds(30))

    def publish(self):
        """The response, whose body is in `problem` where it is no success."""
        self.number += 1
        self._connection.request("POST", "/v1/rooms/a/events", json.dumps([self.number, "x" * 2000]))
        response = self._connection.getresponse()
        body = json.loads(response.read())
        if response.status == 201:
            self.acknowledged.append((body["position"], self.number))
        else:
            response.problem = body
        return response

    def publish_until_refused(self):
        for _ in range(2 * SIZE // 2000):
            response = self.publish()
            if response.status != 201:
                return response
        raise AssertionError(f"{len(self.acknowledged)} events fit into {SIZE} bytes")


def expect_refusal(response):
    assert response.status == 503 and response.getheader("Retry-After") is not None
    assert response.problem["code"] == "ENGINE_UNAVAILABLE" and response.problem["temporary"] is True
    assert "full" in response.problem["detail"], response.problem


def expect_kept(hub, acknowledged):
    """Everything that was acknowledged is where it was said to be."""
    kept = {event["position"]: event["data"][0] for event in hub.history("a")}
    assert [kept.get(position) for position, _ in acknowledged] == [number for _, number in acknowledged]
    assert len(set(kept.values())) == len(kept)


def test_full_and_then_space_again(stored, small):
    hub, filler = stored.hub, Filler(small)
    socket, stream = hub.subscriber("a"), hub.events("/v1/rooms/a/events")
    stream.expect("roomcast:subscribed")
    publisher = Publisher(hub)
    expect_refusal(publisher.publish_until_refused())
    filler.take_rest()
    assert len(publisher.acknowledged) > 100

    ready = hub.get("/ready").expect_problem(503, "ENGINE_UNAVAILABLE")
    assert "full" in ready["detail"]
    assert hub.get("/health").status == 200
    metrics = hub.metrics()
    assert metrics.value("roomcast_engine_up") == 0 and metrics.value("roomcast_engine_failures_total") > 0
    # What is there can be read, and whoever listens stays.
    assert hub.get("/v1/rooms/a/events?last=1").json["events"][0]["position"] == publisher.acknowledged[-1][0]
    many = hub.post("/v1/events", '{"room":"b","data":1}').json["results"][0]
    assert (many["code"], many["status"]) == ("ENGINE_UNAVAILABLE", 503)
    other = hub.websocket()
    other.expect("welcome")
    answer = other.ask({"type": "publish", "id": 1, "room": "a", "data": 1})
    assert (answer["type"], answer["code"], answer["temporary"]) == ("error", "ENGINE_UNAVAILABLE", True)

    filler.remove()
    wait_until(lambda: hub.get("/ready").status == 200, 30, "a hub that is ready again")
    assert hub.metrics().value("roomcast_engine_up") == 1
    for _ in range(50):
        assert publisher.publish().status == 201
    expect_kept(hub, publisher.acknowledged)
    # The subscribers saw all of it, on the connections that they had.
    expected = [position for position, _ in publisher.acknowledged]
    assert [frame["position"] for frame in socket.take(len(expected))] == expected
    assert [event.id for event in stream.take(len(expected))] == expected

    stored.restart()
    expect_kept(stored.hub, publisher.acknowledged)
    assert Publisher(stored.hub, publisher.number).publish().status == 201


def test_killed_while_it_is_full(stored, small):
    filler = Filler(small)
    publisher = Publisher(stored.hub)
    expect_refusal(publisher.publish_until_refused())
    stored.kill()
    filler.remove()
    stored.start()
    expect_kept(stored.hub, publisher.acknowledged)
    again = Publisher(stored.hub, publisher.number)
    for _ in range(50):
        assert again.publish().status == 201
    expect_kept(stored.hub, publisher.acknowledged + again.acknowledged)


def test_a_publisher_that_waits_gets_through(stored, small):
    """The same key until it is acknowledged, over the time in which there is no space."""
    filler = Filler(small)
    hub, publisher = stored.hub, Publisher(stored.hub)
    publisher.publish_until_refused()
    filler.take_rest()
    answers = []

    def deliver():
        answers.append(hub.post("/v1/rooms/b/events", '"kept"', headers={"Idempotency-Key": "k"}))
        if len(answers) == 3:
            filler.remove()
        return answers[-1].status == 201

    wait_until(deliver, 30, "an event that is taken")
    assert len(answers) > 3 and all(answer.status == 503 for answer in answers[:-1])
    assert answers[-1].json["offset"] == 1
    again = hub.post("/v1/rooms/b/events", '"kept"', headers={"Idempotency-Key": "k"})
    assert again.json == {**answers[-1].json, "duplicate": True}
    assert [event["data"] for event in hub.history("b")] == ["kept"]
