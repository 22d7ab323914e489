"""`roomcast publish`: what was not answered is sent again, and is published once, in order."""

import json
import random
import subprocess

import pytest

from support.cutter import Cutter
from support.daemon import BINARY, clean_environment
from support.store import StoredHub
from support.waiting import seconds, wait_until

LINES = 3000
KEEP = ("--history-room-events", "20000", "--history-room-bytes", "64MiB")


def publish(*words, url, lines=()):
    """Runs the command to its end, and returns it; the lines are its standard input."""
    return subprocess.run(
        [BINARY, "publish", *words, "--url", url, "--json"], input="".join(f"{line}\n" for line in lines), text=True,
        capture_output=True, timeout=seconds(120), env=clean_environment())


@pytest.fixture
def cutter(start):
    """Makes a hub and a proxy before it, which cuts its n-th connection as `budgets(dice, n)` says."""
    cutters = []

    def cutter(seed, budgets):
        dice = random.Random(seed)
        hub = start(*KEEP)
        cutters.append(Cutter(hub, lambda number: budgets(dice, number)))
        return hub, cutters[-1]

    yield cutter
    for each in cutters:
        each.close()


def test_a_stream_through_cut_connections_is_published_once_and_in_order(cutter):
    seed = random.randrange(1 << 32)
    # The first answers are on their way before the request is cut: else no connection would bring it further.
    hub, proxy = cutter(seed, lambda dice, _: (dice.randint(100_000, 400_000), dice.randint(2_000, 40_000)))
    done = publish("a", "-", url=proxy.url, lines=range(LINES))
    assert done.returncode == 0, (seed, done)
    report = json.loads(done.stdout)
    assert (report["accepted"], report["failed"]) == (LINES, 0), (seed, report)
    assert 5 <= report["retries"] <= proxy.connections - 1, (seed, report)
    events = hub.history("a")
    assert [(event["offset"], event["data"]) for event in events] == [(n + 1, n) for n in range(LINES)], seed
    assert report["position"] == events[-1]["position"]


def test_single_events_through_cut_connections_are_published_once(cutter):
    seed = random.randrange(1 << 32)

    def budgets(dice, number):
        """Cuts within the request, within the answer (both are longer), anywhere, nowhere: the command tries five times."""
        return [
            (dice.randint(1, 100), 1 << 30), (1 << 30, dice.randint(1, 100)),
            (dice.randint(1, 1_000), dice.randint(1, 500)), (1 << 30, 1 << 30),
        ][number % 4]

    hub, proxy = cutter(seed, budgets)
    for number in range(20):
        done = publish("a", str(number), url=proxy.url)
        assert done.returncode == 0, (seed, done)
    assert [event["data"] for event in hub.history("a")] == list(range(20)), seed
    assert proxy.cuts >= 10, seed


def test_a_stream_goes_on_over_a_hub_that_is_killed_or_drained(tmp_path):
    stored = StoredHub(tmp_path, "--drain", "2s")
    hub = stored.start()
    process = subprocess.Popen(
        [BINARY, "publish", "a", "-", "--url", hub.url(""), "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=clean_environment())
    for part in range(4):
        for number in range(part * 500, (part + 1) * 500):
            process.stdin.write(f"{number}\n")
        process.stdin.flush()
        offset = part * 500 + 100
        wait_until(
            lambda: int(stored.hub.get("/v1/rooms/a").json["position"].rpartition("-")[2]) >= offset,
            what=f"the event {offset}")
        stored.kill() if part % 2 else stored.drain()
        stored.start()
    output, _ = process.communicate(timeout=seconds(60))
    assert process.returncode == 0
    assert json.loads(output)["accepted"] == 2000
    assert [(event["offset"], event["data"]) for event in stored.hub.history("a")] == [(n + 1, n) for n in range(2000)]
    assert not stored.finish()


def test_a_hub_that_is_away_is_given_up(tmp_path, start):
    hub = start()
    proxy = Cutter(hub, lambda number: (1, 1))
    done = publish("a", "-", url=proxy.url, lines=range(3))
    proxy.close()
    assert (done.returncode, done.stdout) == (69, ""), done
    assert "after 0 events were accepted" in done.stderr
    # A connection that ends before the first line was read has not failed at anything.
    assert proxy.connections in (5, 6)


def lines_to(hub, query, *lines):
    """The answer to lines, and whether the connection was ended with it."""
    client = hub.raw()
    body = b"\n".join(lines)
    client.request("POST", f"/v1/events{query}", ["Content-Type: application/x-ndjson"], body)
    return client


def test_a_stream_that_stops_at_a_refusal_for_now_answers_nothing_behind_it(start):
    hub = start("--limits-publishes", "1")
    lines = [json.dumps({"room": "a", "data": number}).encode() for number in range(50)]
    client = lines_to(hub, "?results=each&stop=temporary", *lines)
    head, _, body = client.rest().partition(b"\r\n\r\n")
    assert b" 200 OK\r\n" in head
    results = [json.loads(part) for part in body.split(b"\r\n") if part.startswith(b"{")]
    assert results[-1]["code"] == "RATE_LIMITED" and "accepted" not in results[-1]
    taken = len(results) - 1
    assert [result["offset"] for result in results[:-1]] == list(range(1, taken + 1)) and 0 < taken < 50
    assert len(hub.history("a")) == taken


@pytest.mark.parametrize("query", ["?stop=temporary", "?results=each&stop=always", "?results=summary&stop=temporary"])
def test_what_stop_cannot_mean_is_refused(hub, query):
    answer = hub.post(f"/v1/events{query}", '{"room":"a","data":1}', headers={"Content-Type": "application/x-ndjson"})
    answer.expect_problem(400, "INVALID_REQUEST")
