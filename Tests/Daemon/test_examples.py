"""The examples of the project, as a newcomer runs them."""

import json
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import threading
import types
import unittest.mock

import pytest

from support.daemon import BINARY, clean_environment
from support.examples import EXAMPLES, ROOT, Example, Program, Refusing, is_alive
from support.ports import free_port
from support.restarts import RestartedHub
from support.waiting import seconds, wait_until

ORDERS = EXAMPLES / "orders"
LIFE = ["order_created", "order_paid", "order_shipped"]


@pytest.fixture(scope="module")
def go(tmp_path_factory):
    """The programs in Go, compiled."""
    folder = tmp_path_factory.mktemp("go")
    for name in ("publish", "subscribe"):
        subprocess.run(
            ["go", "build", "-o", folder / name, ORDERS / f"{name}.go"], check=True, timeout=seconds(120),
            env={**os.environ, "GOCACHE": str(folder / "cache"), "GOFLAGS": "-mod=mod", "GO111MODULE": "auto"})
    shutil.rmtree(folder / "cache")
    return folder


@pytest.fixture
def run(tmp_path):
    """Starts programs, and ends them."""
    programs = []

    def run(*command, **options):
        programs.append(Program(command, tmp_path / f"program{len(programs)}.log", **options))
        return programs[-1]

    yield run
    for program in programs:
        program.stop()


@pytest.fixture
def restartable(tmp_path):
    """Makes hubs that can be killed and started again; in the end each must drain in good order."""
    hubs = []

    def restartable(*flags):
        hubs.append(RestartedHub(tmp_path, f"hub{len(hubs)}", *flags, port=free_port()))
        return hubs[-1]

    yield restartable
    assert [problem for hub in hubs for problem in hub.finish()] == []


def command(go, kind, language):
    return go / kind if language == "go" else ORDERS / f"{kind}.{language}"


LANGUAGES = ["sh", "py", "go"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_is_published_once_though_a_refusal_and_a_lost_answer_are_in_between(hub, go, language):
    stand_in = Refusing(hub, ["busy", None, "lost"])
    try:
        done = subprocess.run(
            [command(go, "publish", language), "7", stand_in.url], capture_output=True, text=True, timeout=seconds(60),
            env=clean_environment())
    finally:
        stand_in.close()
    assert done.returncode == 0, done
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["offset"] for answer in answers] == [1, 2, 3], answers
    assert [answer["duplicate"] for answer in answers] == [False, True, False], answers
    # Each attempt had the key of what happened.
    assert stand_in.keys == [f"7-{event}" for event in (LIFE[0], LIFE[0], LIFE[1], LIFE[1], LIFE[2])]
    kept = hub.history("orders")
    assert [(event["event"], event["data"]["order"]) for event in kept] == [(event, 7) for event in LIFE]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_that_is_refused_for_good_is_told_and_not_tried_again(hub, go, language):
    stand_in = Refusing(hub, ["wrong"])
    try:
        done = subprocess.run(
            [command(go, "publish", language), "7", stand_in.url], capture_output=True, text=True, timeout=seconds(60),
            env=clean_environment())
    finally:
        stand_in.close()
    assert done.returncode == 1 and "403" in done.stderr and "a stand-in" in done.stderr, done
    assert stand_in.keys == ["7-order_created"] and hub.history("orders") == []


@pytest.mark.parametrize("kind", ["publish", "subscribe"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_key_lets_a_backend_in_and_without_one_it_is_told(guard, credentials, go, run, tmp_path, kind, language):
    hub = guard()
    program = command(go, kind, language)
    words = ["7", hub.url("")] if kind == "publish" else [hub.url("")]
    refused = run(program, *words)
    assert refused.wait() == 1 and "401" in refused.log.read_text()
    file = tmp_path / "key"
    file.write_text(credentials.admin + "\n")
    let_in = run(program, *words, environment={"KEY_FILE": str(file)})
    if kind == "subscribe":
        hub.wait_for_metric("roomcast_subscriptions", lambda count: count == 1)
        hub.publish("orders", 1, headers=hub.fields)
    assert let_in.wait_for(1)


def test_subscribers_in_every_language_miss_nothing_when_the_hub_is_killed(go, run, restartable, tmp_path):
    restarted = restartable("--engine", f"disk:{tmp_path / 'store'}")
    hub = restarted.start()
    subscribers = [run(command(go, "subscribe", language), hub.url("")) for language in LANGUAGES]
    hub.wait_for_metric("roomcast_subscriptions", lambda count: count == 3)
    hub.publish("orders", 1)
    for subscriber in subscribers:
        subscriber.wait_for(1)
    restarted.kill()
    hub = restarted.start()
    # Published before any of them is back, or after: none can tell.
    for number in (2, 3):
        hub.publish("orders", number)
    for subscriber in subscribers:
        lines = subscriber.wait_for(3)
        events = [json.loads(line.partition(" ")[2]) for line in lines]
        assert [event["data"] for event in events] == [1, 2, 3], subscriber.log.read_text()
        assert subscriber.stop() != 0


def test_subscribers_in_every_language_say_so_when_history_does_not_reach_back(go, run, restartable):
    restarted = restartable()
    hub = restarted.start()
    subscribers = [run(command(go, "subscribe", language), hub.url("")) for language in LANGUAGES]
    hub.wait_for_metric("roomcast_subscriptions", lambda count: count == 3)
    hub.publish("orders", 1)
    for subscriber in subscribers:
        subscriber.wait_for(1)
    # What was in memory is gone.
    restarted.restart()
    for subscriber in subscribers:
        assert subscriber.wait_for(2)[1] == "reload"
        subscriber.stop()


def test_what_the_example_of_orders_tells_to_try_works(tmp_path, run):
    port = free_port()
    example = Example("orders", tmp_path / "log", "--hub-port", str(port), last="Ctrl-C ends the hub.")
    try:
        commands = [line.strip().split() for line in example.lines if line.startswith("  ")]
        # Those in Go are compiled and run above.
        commands = [[str(ROOT / words[0]), *words[1:]] for words in commands if words[0] != "go"]
        assert len(commands) == 4 and all(f"127.0.0.1:{port}" in words[-1] for words in commands), commands
        publishers = [words for words in commands if "publish" in words[0]]
        for words in publishers:
            subprocess.run(words, check=True, capture_output=True, timeout=seconds(30))
        assert f'"offset":{3 * len(publishers) + 1}' in subprocess.run(
            ["curl", "-s", f"http://127.0.0.1:{port}/v1/rooms/orders/events", "-d", "1"], capture_output=True, text=True,
        ).stdout
    finally:
        assert len(example.children()) == 1
        assert example.stop(signal.SIGINT) == 0


@pytest.mark.parametrize("arguments", [[], ["opera"], ["orders", "chat"], ["chat", "--binary"], ["chat", "--unknown"]], ids=" ".join)
def test_a_wrong_call_of_an_example_starts_nothing(arguments):
    done = subprocess.run([EXAMPLES / "run", *arguments], capture_output=True, text=True, timeout=seconds(30))
    assert done.returncode == 64 and done.stdout == "" and done.stderr.startswith("run: "), done


def test_the_examples_are_explained_and_each_has_its_section():
    done = subprocess.run([EXAMPLES / "run", "--help"], capture_output=True, text=True, timeout=seconds(30))
    assert done.returncode == 0 and done.stderr == ""
    named = re.search(r"examples/run (\S+)", done.stdout)[1].split("|")
    assert sorted(named) == sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir() and folder.name != "lib")
    sections = re.findall(r"^## (\w+)$", (EXAMPLES / "README.md").read_text(), re.M)
    assert sections == named


def test_a_subscriber_waits_half_a_minute_at_most_however_long_there_is_no_hub(monkeypatch):
    program = runpy.run_path(str(ORDERS / "subscribe.py"))
    subscriber = program["Subscriber"](f"http://127.0.0.1:{free_port()}", "orders")
    waits = []

    def sleep(wait):
        waits.append(wait)
        if len(waits) == 3000:
            raise KeyboardInterrupt

    clock = types.SimpleNamespace(sleep=sleep)
    refused = unittest.mock.Mock(side_effect=ConnectionRefusedError)
    monkeypatch.setitem(program["Subscriber"].__iter__.__globals__, "time", clock)
    monkeypatch.setattr("http.client.HTTPConnection.request", refused)
    with pytest.raises(KeyboardInterrupt):
        next(iter(subscriber))
    assert 20 < max(waits) <= 30


@pytest.mark.parametrize("length", ["-1", "65537", "9" * 30, "many"])
def test_the_server_of_pages_reads_no_more_than_it_said(length):
    Pages = runpy.run_path(str(EXAMPLES / "lib" / "pages.py"))["Pages"]
    pages = Pages(EXAMPLES / "chat", "http://127.0.0.1:1", 0, {"/token": lambda body: (200, "text/plain", "read")})
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    try:
        with socket.create_connection(pages.server_address, timeout=seconds(10)) as connection:
            connection.sendall(f"POST /token HTTP/1.0\r\nContent-Length: {length}\r\n\r\n".encode())
            assert b" 413 " in connection.recv(100)
    finally:
        pages.shutdown()
        pages.server_close()


def test_a_tunnel_that_is_interrupted_leaves_nothing_behind(tmp_path):
    example = Example(
        "tunnel", tmp_path / "log", "--hub-port", str(free_port()), "--", "--outage", "60", last="without a network")
    programs = list(example.children(example.child("tunnel.py")))
    assert len(programs) == 2
    assert example.stop(signal.SIGINT) == 0
    wait_until(lambda: not any(is_alive(process) for process in programs), what="the end of the subscribers")


def test_nothing_is_lost_in_a_tunnel(tmp_path, run):
    tunnel = run(
        EXAMPLES / "run", "tunnel", "--binary", os.path.abspath(BINARY), "--hub-port", free_port(), "--", "--seconds", "0.5",
        "--outage", "1")
    assert tunnel.wait(120) == 0, (tunnel.lines, tunnel.log.read_text())
    text = "\n".join(tunnel.lines)
    published = int(re.search(r"^published: (\d+) events$", text, re.M)[1])
    for subscriber in ("roomcast.js", "roomcast subscribe"):
        assert f"{subscriber}: {published} events, each once, in order" in tunnel.lines
    # It was driven through.
    assert tunnel.lines.count("--- the network is back") == 2 and re.search(r"roomcast\.js +offline", text), text
