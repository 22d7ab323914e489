"""The commands that work on a store: check, export and import, and what the shell of SQLite shows of it."""

import json
import os
import pathlib
import random
import subprocess

import pytest

from support.daemon import BINARY, clean_environment
from support.waiting import seconds


def run(*words, environment=None, input=None):
    done = subprocess.run(
        [BINARY, *map(str, words)], capture_output=True, text=True, timeout=seconds(60), input=input,
        env={**clean_environment(), **(environment or {})},
    )
    return done.returncode, done.stdout, done.stderr


def engine(directory):
    return ("--engine", f"disk:{directory}")


def check(directory):
    """What `check` says of the store, as an object, and its exit code."""
    code, output, _ = run("check", "--json", *engine(directory))
    return code, json.loads(output)["store"]


def export(directory, *rooms):
    code, output, errors = run("export", *rooms, *engine(directory))
    assert (code, errors) == (0, ""), (code, errors)
    return output


def sqlite(directory, statement):
    """What the shell prints."""
    done = subprocess.run(
        ["sqlite3", "-readonly", str(directory / "roomcast.db"), statement], capture_output=True, text=True,
        timeout=seconds(20), check=True,
    )
    return done.stdout


@pytest.fixture
def store(start, tmp_path):
    """A store that a hub has filled and left: 301 events of `orders`, one of them bytes, 20 of `chat:1`, and a key."""
    directory = tmp_path / "store"
    hub = start(*engine(directory))
    hub.publish_lines([{"room": "orders", "event": f"e{n}", "data": {"n": n, "text": "x" * 200}} for n in range(300)])
    hub.publish_lines([{"room": "chat:1", "data": f"line {n}"} for n in range(20)])
    hub.post("/v1/rooms/orders/events", b"\0\1", headers={
        "Content-Type": "application/octet-stream", "Idempotency-Key": "k"})
    hub.terminate()
    assert hub.wait() == 0
    return directory


def test_a_history_moves_while_its_hub_runs_and_clients_resume(start, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    hub = start(*engine(old))
    hub.publish_lines([{"room": "orders", "data": n} for n in range(100)])
    position = hub.publish("orders", "seen")["position"]
    subscriber = hub.subscriber("orders", after=position)
    hub.publish("orders", "missed")
    subscriber.expect("event")
    lines = export(old)
    assert [json.loads(line)["room"] for line in lines.splitlines()] == ["orders"] * 102
    assert check(old)[1]["events"] == 102
    # It runs on as before.
    assert hub.publish("orders", "after the export")["offset"] == 103
    assert subscriber.expect("event")["data"] == "after the export"
    lines = export(old)

    code, output, errors = run("import", "-", *engine(new), input=lines)
    assert (code, errors) == (0, "") and output == "imported 103 events into 1 room\n"
    moved = start(*engine(new))
    resumed = moved.subscriber("orders", after=position)
    assert resumed.subscribed["recovered"] is True
    assert [resumed.expect("event")["data"] for _ in range(2)] == ["missed", "after the export"]
    assert moved.publish("orders", "live")["offset"] == 104
    assert resumed.expect("event")["data"] == "live"
    page = moved.get("/v1/rooms/orders/events?after=earliest&limit=1000").json
    assert [event["offset"] for event in page["events"]] == list(range(1, 105))


def test_import_twice_and_export_again(store, tmp_path):
    lines, copy = export(store), tmp_path / "copy"
    file = tmp_path / "lines.ndjson"
    file.write_text(lines)
    assert run("import", file, *engine(copy))[:2] == (0, "imported 321 events into 2 rooms\n")
    code, output, _ = run("import", file, "--json", *engine(copy))
    assert code == 0
    assert json.loads(output) == {"events": 0, "rooms": 0, "known": 321, "older": 0, "refused": 0, "leftOut": 0}
    assert export(copy) == lines
    assert export(copy, "chat:*") == "".join(line for line in lines.splitlines(True) if '"chat:1"' in line)


def test_a_store_is_checked_without_being_touched(store):
    before = {path.name: path.read_bytes() for path in store.iterdir() if not path.name.endswith("-shm")}
    code, found = check(store)
    assert code == 0 and found["ok"] and found["problems"] == []
    assert (found["rooms"], found["events"], found["keys"], found["schema"]) == (2, 321, 1, 1)
    after = {path.name: path.read_bytes() for path in store.iterdir() if not path.name.endswith("-shm")}
    assert after == before
    code, output, errors = run("check", *engine(store))
    assert (code, errors) == (0, "")
    assert "events            321\n" in output and "state             whole\n" in output


def test_settings_may_name_a_store_that_is_yet_to_come(tmp_path):
    file = tmp_path / "hub.json5"
    file.write_text(json.dumps({"engine": f"disk:{tmp_path}/new"}))
    code, output, errors = run("check", file)
    assert (code, errors) == (0, "") and "will be made at the first start" in output
    # Asked about by name, it is missing.
    code, _, errors = run("check", *engine(tmp_path / "new"))
    assert code == 66 and "no store" in errors
    assert run("check", *engine(tmp_path / "no" / "new"))[0] == 66
    assert run("export", *engine(tmp_path / "new"))[0] == 66
    assert [path.name for path in tmp_path.iterdir()] == ["hub.json5"]


def test_a_damaged_store_is_told_and_its_remainder_comes_out(store, tmp_path):
    lines = export(store).splitlines()
    file = store / "roomcast.db"
    page = int(sqlite(store, "SELECT pageno FROM dbstat WHERE name = 'events' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 3"))
    with open(file, "r+b") as data:
        data.seek((page - 1) * 4096)
        data.write(random.Random(1).randbytes(4096))
    code, found = check(store)
    assert code == 65 and not found["ok"] and found["problems"][0]["mend"]
    code, _, errors = run("check", *engine(store))
    assert code == 65 and "the file: " in errors and "roomcast import --new-epochs" in errors

    code, output, errors = run("export", *engine(store))
    rest = output.splitlines()
    assert code == 65 and f"{len(rest)} events of 2 rooms could be read" in errors
    assert 200 < len(rest) < 321 and rest == [line for line in lines if line in set(rest)]

    # Up to the hole it goes into another store, and clients are told to reload.
    code, output, errors = run("import", "--new-epochs", *engine(tmp_path / "rest"), input=output)
    assert code == 65 and "would leave a hole" in errors and "left out" in output
    assert check(tmp_path / "rest")[0] == 0


def test_a_broken_invariant_is_told(store):
    subprocess.run(["sqlite3", store / "roomcast.db", "DELETE FROM events WHERE offset = 7"], check=True)
    code, _, errors = run("check", *engine(store))
    assert code == 65 and "the room orders: the event 7 is missing; " in errors


def test_lines_that_are_refused_are_named(tmp_path):
    def line(room, position, data=1):
        return json.dumps({"room": room, "position": position, "event": "e", "data": data, "time": 5})

    lines = [line("a", "x-1"), line("a", "x-3"), line("a", "x-4"), line("b", "y-9"), "", "{", line("c", "z-1"), line("c", "z-1", 2)]
    code, output, errors = run("import", *engine(tmp_path / "store"), input="\n".join(lines))
    assert code == 65
    assert output == "imported 3 events into 3 rooms; 3 lines refused; 1 after those in their rooms left out\n"
    told = errors.splitlines()
    assert [word.split(":")[1] for word in told] == [" line 2", " line 6", " line 8"]
    assert "hole" in told[0] and "INVALID_JSON" in told[1] and "another event at z-1" in told[2]


def test_a_store_in_use_is_not_imported_into(start, tmp_path):
    start(*engine(tmp_path / "store"))
    code, _, errors = run("import", *engine(tmp_path / "store"), input="")
    assert code == 78 and "in use by another process" in errors


def test_an_export_that_nobody_reads_to_the_end_fails(store):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [BINARY, "export", *engine(store)], stdout=writing, stderr=subprocess.PIPE, text=True, timeout=seconds(20),
        env=clean_environment(), restore_signals=False,
    )
    os.close(writing)
    assert done.returncode == 74 and "standard output cannot be written" in done.stderr


def test_wrong_calls(tmp_path):
    assert run("export")[0] == 64
    assert run("export", "a b", *engine(tmp_path))[0] == 64
    assert run("import", "a", "b", *engine(tmp_path))[0] == 64
    assert run("import", tmp_path / "none", *engine(tmp_path))[0] == 66
    assert run("export", *engine(tmp_path), environment={"ROOMCAST_NOTHING": "1"})[0] == 78



def test_the_shell_shows_tables_that_a_person_can_read(start, tmp_path):
    directory = tmp_path / "store"
    hub = start(*engine(directory))
    answer = hub.publish("orders", {"total": 42}, query="event=order_created")
    tables = sqlite(directory, ".tables").split()
    assert {"store", "rooms", "events", "idempotency_keys", "dropped_rooms", "history"} <= set(tables)
    row = sqlite(directory, "SELECT room, position, event, data FROM history").strip()
    assert row == f'orders|{answer["position"]}|order_created|{{"total": 42}}'
    assert sqlite(directory, "SELECT name, newest, oldest FROM rooms").strip() == "orders|1|1"
    assert sqlite(directory, "SELECT data ->> 'total' FROM history WHERE room = 'orders'").strip() == "42"


def test_large_histories_move_in_constant_memory(tmp_path):
    def lines(count):
        for n in range(1, count + 1):
            yield json.dumps({"room": "a", "position": f"e-{n}", "event": "e", "data": "x" * 1000, "time": 5}) + "\n"

    file = tmp_path / "lines"
    with open(file, "w") as output:
        output.writelines(lines(60_000))
    peak = pathlib.Path(tmp_path / "peak")
    for words in [("import", file), ("export",)]:
        with open(tmp_path / "out", "wb") as output:
            subprocess.run(
                ["/usr/bin/python3", "-c", MEASURE, peak, BINARY, *map(str, words), *engine(tmp_path / "store")],
                stdout=output, check=True, timeout=seconds(120), env=clean_environment())
        # The file has 60 MB.
        assert int(peak.read_text()) < 60_000, words
    assert (tmp_path / "out").read_text().count("\n") == 60_000


# Runs a command, and writes down the most memory that it had, in KiB.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[2:], check=True)
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""
