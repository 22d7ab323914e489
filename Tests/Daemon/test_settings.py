"""What is wrong with settings is told all at once, before anything is listened on."""

import re
import socket
import subprocess

import pytest

from support.daemon import BINARY, clean_environment
from support.waiting import seconds


def run(*words, environment=None):
    done = subprocess.run(
        [BINARY, *words], capture_output=True, text=True, timeout=seconds(20),
        env={**clean_environment(), **(environment or {})},
    )
    return done.returncode, done.stdout, done.stderr


def test_all_mistakes_of_flags_and_environment_at_once():
    code, output, errors = run(
        "serve", "--port", "99999", "--drain", "soon", "--body-bytes", "-1",
        environment={"ROOMCAST_PING": "0s", "ROOMCAST_NOTHING": "1"},
    )
    assert (code, output) == (78, "")
    for part in ["port", "drain", "body.bytes", "ROOMCAST_PING", "ROOMCAST_NOTHING"]:
        assert part in errors, part
    assert len(errors.splitlines()) == 5


def test_all_mistakes_of_a_file_with_their_lines(tmp_path):
    file = tmp_path / "hub.json5"
    file.write_text("""{
      // JSON5
      port: 99999,
      history: { room: { events: 0, evnts: 5 } },
      ping: '5s',
      ping: '6s',
      'nothing-known': true,
    }
    """)
    code, output, errors = run("serve", "--settings", str(file))
    assert (code, output) == (78, "")
    for line, key in [(3, "port"), (4, "history.room.events"), (4, "evnts"), (6, "ping"), (7, "nothing-known")]:
        assert re.search(rf"hub\.json5:{line}:\d+: .*{re.escape(key)}", errors), (line, key, errors)


def test_a_file_that_cannot_be_read_or_parsed(tmp_path):
    assert run("serve", "--settings", str(tmp_path / "missing"))[0] == 78
    broken = tmp_path / "broken.json5"
    broken.write_text("{\n  port: 8080\n  host: 'x'\n}")
    code, _, errors = run("serve", "--settings", str(broken))
    assert code == 78 and "broken.json5:3" in errors


def test_flags_beat_environment_beats_file(start, tmp_path):
    file = tmp_path / "hub.json5"
    file.write_text("{ ping: '11s', body: { bytes: '1KiB' }, client: { rooms: 1 } }")
    hub = start(
        "--settings", str(file), "--ping", "33s", environment={"ROOMCAST_PING": "22s", "ROOMCAST_BODY_BYTES": "2KiB"})
    socket = hub.websocket()
    assert socket.expect("welcome")["ping"] == 33
    assert hub.post("/v1/rooms/a/events", '"' + "x" * 1500 + '"').status == 201
    assert hub.post("/v1/rooms/a/events", '"' + "x" * 2500 + '"').status == 413
    assert socket.ask({"type": "subscribe", "room": "a"})["type"] == "subscribed"
    assert socket.ask({"type": "subscribe", "room": "b"})["code"] == "TOO_MANY_ROOMS"


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_an_open_hub_binds_to_loopback_alone(host):
    code, output, errors = run("serve", "--host", host, "--port", "0")
    assert code != 0 and output == "" and "--insecure" in errors


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, output, errors = run("serve", "--port", port)
        assert (code, output) == (69, "") and port in errors and "--port" in errors


def test_a_port_of_another_hub_is_taken(start):
    hub = start()
    assert run("serve", "--port", str(hub.port))[0] == 69


@pytest.mark.parametrize("words", [["--help"], ["serve", "--help"], ["check", "--help"], ["publish", "--help"], ["subscribe", "--help"]])
def test_help_goes_to_standard_output(words):
    code, output, errors = run(*words)
    assert code == 0 and "usage: roomcast" in output.lower() and errors == ""


def test_the_version():
    code, output, _ = run("--version")
    assert code == 0 and re.search(r"\d+\.\d+\.\d+", output)


@pytest.mark.parametrize("words", [[], ["dance"], ["serve", "more"], ["serve", "--colour", "blue"], ["serve", "--port"]])
def test_a_command_line_that_is_none_is_a_usage_error(words):
    code, output, errors = run(*words)
    assert code in (64, 78) and output == "" and errors


def test_check_prints_what_is_in_force_and_what_is_wrong(tmp_path):
    file = tmp_path / "hub.json5"
    file.write_text("{ ping: '11s', }")
    code, output, _ = run("check", str(file))
    assert code == 0 and re.search(r"ping.*11s", output)
    file.write_text("{ ping: '11s', pong: 'x', porrt: 1 }")
    code, output, errors = run("check", str(file))
    assert code == 78 and "pong" in output + errors and "porrt" in output + errors


def test_ipv6_loopback(start):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    hub = start("--host", "::1")
    assert hub.host == "[::1]" and hub.get("/health").status == 200
    assert hub.publish("a", 1)["offset"] == 1


def test_one_reactor_or_several_behave_alike(start):
    for reactors in ("1", "4"):
        hub = start("--reactors", reactors)
        sockets = [hub.subscriber("a") for _ in range(8)]
        for number in range(20):
            hub.publish("a", number)
        for subscriber in sockets:
            assert [frame["data"] for frame in subscriber.take(20)] == list(range(20))
