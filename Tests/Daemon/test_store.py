"""The engine on disk as clients and operators see it: restarts, one process a directory, damaged files."""

import json
import shutil
import subprocess

import pytest

from support.store import StoredHub


@pytest.fixture
def stored(tmp_path):
    """A hub on disk that runs; at the end it must drain in good order."""
    stored = StoredHub(tmp_path)
    stored.start()
    yield stored
    problems = stored.finish()
    assert not problems, "\n".join(problems)


@pytest.fixture(params=["killed", "drained"])
def again(request, stored):
    """Ends the hub in one way or the other, and starts it again."""

    def again():
        stored.kill() if request.param == "killed" else stored.drain()
        return stored.start()

    return again


def send(hub, room, data, key):
    return hub.post(f"/v1/rooms/{room}/events", json.dumps(data), headers={"Idempotency-Key": key})


# Restarts


def test_every_reader_agrees_on_one_position_across_a_restart(stored, again):
    hub = stored.hub
    socket = hub.subscriber("a")
    one, several = hub.events("/v1/rooms/a/events"), hub.events("/v1/events?room=a&room=b")
    one.take(1), several.take(2)
    for number in range(10):
        hub.publish("a", number)
    hub.publish("b", "b")
    middle = socket.take(5)[-1]["position"]
    assert one.take(5)[-1].id == middle
    # No order is promised between rooms: b's event comes somewhere.
    early = several.take(5)
    cursor, rest = early[-1].id, 12 - len(early)
    assert hub.get("/v1/rooms/a/events?after=earliest&limit=5").json["position"] == middle

    hub = again()
    hub.publish("a", 10)
    page = hub.get(f"/v1/rooms/a/events?after={middle}").json
    assert page["recovered"] is True and [event["data"] for event in page["events"]] == [5, 6, 7, 8, 9, 10]
    expected = [event["position"] for event in page["events"]]

    socket = hub.subscriber("a", after=middle)
    assert socket.subscribed["recovered"] is True and socket.subscribed["position"] == middle
    assert [frame["position"] for frame in socket.take(6)] == expected
    one = hub.events("/v1/rooms/a/events", last=middle)
    assert one.expect("roomcast:subscribed").data["recovered"] is True
    assert [event.id for event in one.take(6)] == expected
    several = hub.events("/v1/events?room=a&room=b", last=cursor)
    assert all(event.data["recovered"] for event in several.take(2))
    late = several.take(rest)
    positions = [event.data["position"] for event in early + late if event.data["room"] == "a"]
    assert positions[-6:] == expected and len(positions) == 11
    assert page["position"] == hub.get("/v1/rooms/a").json["position"] == expected[-1]


def test_a_silent_room_is_resumed_across_a_restart(stored, again):
    position = stored.hub.subscriber("silent").subscribed["position"]
    assert position.endswith("-0")
    hub = again()
    hub.publish("silent", 1)
    socket = hub.subscriber("silent", after=position)
    assert socket.subscribed["recovered"] is True and socket.expect("event")["data"] == 1


def test_what_an_event_was_it_is_after_a_restart(stored, again):
    hub = stored.hub
    hub.publish("a", {"text": "ü\u0000", "n": 1.50}, "event=named")
    hub.post("/v1/rooms/a/events", b"\x00\xff", headers={"Content-Type": "application/octet-stream"})
    hub.post("/v1/rooms/a/events", "line\nbreak", headers={"Content-Type": "text/plain"})
    hub.publish("a", "gone", "ephemeral=true")
    before = hub.get("/v1/rooms/a/events?after=earliest").json
    assert len(before["events"]) == 3
    assert again().get("/v1/rooms/a/events?after=earliest").json == before


def test_the_same_key_has_the_same_answer_after_a_restart(stored, again):
    first = send(stored.hub, "orders", {"id": 1}, "k1")
    ephemeral = stored.hub.post("/v1/rooms/orders/events?ephemeral=true", "1", headers={"Idempotency-Key": "k2"})
    hub = again()
    assert send(hub, "orders", {"id": 1}, "k1").json == {**first.json, "duplicate": True}
    send(hub, "orders", {"id": 2}, "k1").expect_problem(409, "CONFLICT")
    repeated = hub.post("/v1/rooms/orders/events?ephemeral=true", "1", headers={"Idempotency-Key": "k2"})
    assert repeated.json == {**ephemeral.json, "duplicate": True}
    assert send(hub, "orders", {"id": 1}, "k3").json["offset"] == 2


# One process a directory


def test_a_second_process_on_the_directory_is_refused(stored):
    stored.hub.publish("a", 1)
    code, log = stored.refusal()
    assert code == 78, (code, log)
    assert str(stored.directory) in log and "in use by another process" in log
    assert str(stored.hub.process.pid) in log
    assert stored.hub.publish("a", 2)["offset"] == 2


def test_a_directory_that_cannot_be_had_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    code, log = StoredHub(tmp_path, directory=tmp_path / "file").refusal()
    assert code == 66 and "is not a directory" in log, (code, log)
    code, log = StoredHub(tmp_path, directory=tmp_path / "no" / "where").refusal()
    assert code == 66 and str(tmp_path / "no" / "where") in log, (code, log)


# Damage


def damage(path, offset, count):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(b"\xa5" * count)


@pytest.fixture
def filled(stored):
    """A store with some pages, closed."""
    stored.hub.publish_lines({"room": f"r{n % 7}", "data": "x" * 500} for n in range(2000))
    stored.drain()
    return stored


def test_a_file_with_a_damaged_header_is_refused_and_left_alone(filled):
    database = filled.directory / "roomcast.db"
    copy = shutil.copy(database, filled.scratch / "copy")
    damage(database, 0, 100)
    before = database.read_bytes()
    code, log = filled.refusal()
    assert code == 65, (code, log)
    assert str(database) in log and "is damaged" in log and "put back a copy" in log
    assert database.read_bytes() == before
    shutil.copy(copy, database)
    assert len(filled.start().history("r0")) == 286


def test_a_file_that_is_something_else_is_refused_and_left_alone(tmp_path):
    (tmp_path / "store").mkdir()
    database = tmp_path / "store" / "roomcast.db"
    database.write_text("a letter to a friend, which is no database at all\n" * 100)
    before = database.read_bytes()
    code, log = StoredHub(tmp_path).refusal()
    assert code == 65 and str(database) in log, (code, log)
    assert database.read_bytes() == before


def test_a_file_that_is_damaged_in_the_middle_is_never_repaired_silently(filled):
    database = filled.directory / "roomcast.db"
    copy = shutil.copy(database, filled.scratch / "copy")
    size = database.stat().st_size
    damage(database, size // 2 // 4096 * 4096, size // 4)
    before = database.read_bytes()
    try:
        hub = filled.start()
    except AssertionError:
        # It was found when the store was opened.
        code = filled.hub.wait()
        filled.hub.process.stdout.close()
        assert code == 65 and "is damaged" in filled.hub.log_text()
        filled.hub = None
    else:
        # It is found by who reads it: no history with a hole, and nothing in its place.
        answers = [hub.get(f"/v1/rooms/r{n}/events?after=earliest&limit=1000") for n in range(7)]
        for answer in answers:
            if answer.status == 200:
                assert len(answer.json["events"]) in (285, 286), answer
            else:
                problem = answer.expect_problem(503, "ENGINE_UNAVAILABLE")
                assert "damaged" in problem["detail"], problem
        assert any(answer.status == 503 for answer in answers)
        filled.kill()
    assert database.read_bytes()[: len(before)] == before
    shutil.copy(copy, database)
    for name in ("roomcast.db-wal", "roomcast.db-shm"):
        (filled.directory / name).unlink(missing_ok=True)
    assert len(filled.start().history("r0")) == 286


def test_the_shell_of_sqlite_reads_it_while_it_is_served(stored):
    shell = shutil.which("sqlite3")
    if not shell:
        pytest.skip("the shell of SQLite is not installed")
    stored.hub.publish("orders", {"total": 42})
    done = subprocess.run(
        [shell, "-readonly", str(stored.directory / "roomcast.db"), "select * from history"], capture_output=True,
        text=True)
    assert done.returncode == 0 and "orders" in done.stdout and '{"total":42}' in done.stdout.replace(" ", ""), done
