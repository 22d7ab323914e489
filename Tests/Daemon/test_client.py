"""`roomcast subscribe` and `roomcast publish`: states, progress, patience, and hubs with TLS."""

import fcntl
import itertools
import json
import os
import pty
import signal
import socket
import struct
import subprocess
import termios
import threading

import pytest

from support import certificates
from support.command import Following, on_terminal
from support.cutter import Cutter
from support.daemon import BINARY, clean_environment
from support.ports import held_port
from support.silent_hub import SilentHub
from support.waiting import seconds, wait_until


def run(*words, environment=None, **options):
    return subprocess.run(
        [BINARY, *words], capture_output=True, text=True, timeout=seconds(60), stdin=subprocess.DEVNULL,
        env={**clean_environment(), **(environment or {})}, **options)


@pytest.fixture
def port():
    with held_port() as port:
        yield port


def test_subscribe_tells_its_states_and_goes_on_where_it_was(start, port):
    following = Following(f"http://127.0.0.1:{port}", "a", "--after", "earliest")
    offline = following.until(type="state", state="offline")
    assert "refused" in offline["reason"] and offline["retryIn"] >= 0
    hub = start(port=port)
    following.until(type="state", state="live", limit=40)
    hub.publish("a", 1)
    assert following.event()["data"] == 1
    hub.terminate()
    assert hub.wait() == 0
    following.until(type="state", state="offline")
    hub = start(port=port)
    hub.publish("a", 2)
    following.until(type="state", state="live", limit=40)
    # Another hub without a store: it is another epoch.
    assert [notice["type"] for notice in following.notices if notice["type"] == "gap"] == ["gap"]
    hub.publish("a", 3)
    assert following.event()["data"] == 3
    assert following.end() == 0
    states = [notice["state"] for notice in following.notices if notice["type"] == "state"]
    assert states[0] == "connecting" and states[-2:] == ["catching-up", "live"]


def test_each_event_comes_once_and_in_order_over_cut_connections(hub):
    report = hub.publish_lines({"room": "a", "data": n} for n in range(500))
    assert report["accepted"] == 500
    cuts = itertools.chain([3_000, 9_000, 20_000, 30_000], itertools.repeat(1 << 30))
    proxy = Cutter(hub, lambda _: (1 << 30, next(cuts)))
    done = run("subscribe", "a", "--after", "earliest", "--count", "500", "--json", "--url", proxy.url)
    proxy.close()
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["data"] for line in done.stdout.splitlines()] == list(range(500))
    assert proxy.cuts >= 3 and '"state":"offline"' in done.stderr


def test_a_connection_that_says_nothing_is_given_up_by_patience():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        following = Following(f"http://127.0.0.1:{silent.getsockname()[1]}", "a", "--patience", "0.2")
        for _ in range(2):
            assert "nothing came" in following.until(type="state", state="offline")["reason"]
        assert following.end() == 0


def test_a_hub_that_falls_silent_is_asked_and_then_given_up():
    silent = SilentHub(ping=1)
    following = Following(silent.url, "a", "--patience", "2")
    assert [message["type"] for message in silent.messages()] == ["subscribe", "ping"]
    assert following.until(type="state", state="offline")["reason"] == "nothing came for 3 s"
    assert following.end() == 0


@pytest.mark.parametrize("words", [
    ["--patience", "0"], ["--patience", "soon"], ["--patience", "1e9"], ["--authorities", "/nowhere.pem"],
])
def test_what_cannot_be_meant_is_refused(words):
    for command in (["subscribe", "a"], ["publish", "a", "1"]):
        done = run(*command, *words)
        assert done.returncode == 64 and words[0] in done.stderr and words[1] in done.stderr, done


def test_a_room_that_is_refused_for_good_ends_it(hub):
    done = run("subscribe", "a", "--after", "x" * 40 + "-1", "--url", hub.url(""))
    assert done.returncode == 64
    following = Following(hub.url(""), "a")
    following.until(type="state", state="live")
    assert hub.curl("DELETE", "/v1/rooms/a").status in (200, 204)
    assert following.until(type="unsubscribed")["code"] == "NOT_FOUND"
    assert "NOT_FOUND" in following.until(type="closed")["reason"]
    assert following.process.wait(seconds(20)) == 69


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_while_nobody_reads(hub, number):
    hub.publish_lines({"room": "a", "data": "x" * 1000} for _ in range(500))
    process = subprocess.Popen(
        [BINARY, "subscribe", "a", "--after", "earliest", "--url", hub.url("")], stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, env=clean_environment())
    try:
        wait_until(lambda: waiting(process.stdout) > 60_000, what="a full pipe")
        process.send_signal(number)
        assert process.wait(seconds(10)) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def waiting(pipe):
    """How many bytes wait to be read."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


# On a terminal


STEERING = "a\x7fb\x9b2Jc"


def test_what_others_say_does_not_steer_the_terminal(hub):
    assert run("publish", "a", STEERING, "--text", "--url", hub.url("")).returncode == 0
    words = ["a", "--after", "earliest", "--count", "1", "--url", hub.url("")]
    for flags in ([], ["--json"]):
        command = [BINARY, "subscribe", *words, *flags]
        controller, terminal = pty.openpty()
        process = subprocess.Popen(command, stdout=terminal, stderr=subprocess.DEVNULL, env=clean_environment())
        assert process.wait(seconds(20)) == 0
        os.close(terminal)
        assert '"a?b?2Jc"' in os.read(controller, 65536).decode()
        os.close(controller)
        # Elsewhere it stays as it was published.
        done = subprocess.run(command, capture_output=True, timeout=seconds(60), env=clean_environment())
        assert done.returncode == 0 and json.dumps(STEERING, ensure_ascii=False).encode() in done.stdout


def test_a_refusal_does_not_steer_the_terminal():
    body = b'{"code":"NO\\u001b[2J","detail":"go\\u009b2J away"}'
    answer = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse():
            connection = server.accept()[0]
            connection.recv(65536)
            connection.sendall(answer + body)

        threading.Thread(target=refuse, daemon=True).start()
        shown = on_terminal("publish", "a", "1", "--url", f"http://127.0.0.1:{server.getsockname()[1]}")
    assert "go?2J away" in shown and not set(shown) & {"\x1b", "\x9b"}, shown

def test_states_have_colours_on_a_terminal_alone(hub):
    words = ["subscribe", "a", "--url", hub.url("")]
    assert "\x1b[32mlive\x1b[0m" in on_terminal(*words, until=b"live\x1b")
    assert "\x1b" not in on_terminal(*words, until=b"live", environment={"NO_COLOR": "1"})
    hub.publish("a", 1)
    piped = run("subscribe", "a", "--after", "earliest", "--count", "1", "--url", hub.url(""))
    assert "roomcast subscribe: connected to node" in piped.stderr and "\x1b" not in piped.stderr


def test_publish_shows_how_far_it_is_on_a_terminal(hub):
    # The first connections lose their answers: what is not answered is sent again, and that is told.
    proxy = Cutter(hub, lambda number: (1 << 30, 2_000 if number < 3 else 1 << 30))
    lines = (f"{number}\n".encode() for number in range(10_000))
    shown = on_terminal("publish", "a", "-", "--url", proxy.url, lines=lines)
    proxy.close()
    assert " accepted, 0 failed, " in shown and " a second" in shown, shown
    assert "; trying again: " in shown and ", sent again " in shown, shown
    assert len(hub.history("a")) == 1000


# TLS


@pytest.fixture
def secure(start, tmp_path):
    """Starts a hub with a certificate that an authority of the test has signed, for these names."""
    authority = certificates.make(tmp_path, "authority", subject="Authority", names=())

    def secure(*names):
        pair = certificates.make(tmp_path, "hub", names=names or ("DNS:localhost", "IP:127.0.0.1"), issuer=authority)
        hub = start("--tls-certificates", pair.setting, trust=authority.certificate)
        hub.name_url = f"https://localhost:{hub.port}"
        return hub

    return secure


def test_publish_and_subscribe_speak_tls(secure):
    hub = secure()
    for url in (hub.url(""), hub.name_url):
        following = Following(url, "a", "--authorities", str(hub.trust))
        following.until(type="state", state="live")
        done = run("publish", "a", "1", "--url", url, environment={"ROOMCAST_AUTHORITIES": str(hub.trust)})
        assert done.returncode == 0, done
        done = subprocess.run(
            [BINARY, "publish", "a", "-", "--url", url, "--authorities", hub.trust], input="2\n3\n", text=True,
            capture_output=True, timeout=seconds(60), env=clean_environment())
        assert done.returncode == 0, done
        assert [following.event()["data"] for _ in range(3)] == [1, 2, 3]
        assert following.end() == 0


def test_a_hub_that_is_not_believed_hears_nothing_and_the_reason_is_told(secure, tmp_path):
    stranger = certificates.make(tmp_path, "stranger", subject="Stranger", names=())
    hub = secure("DNS:localhost")
    for url, words, reason in [
        (hub.url(""), ["--authorities", hub.trust], "mismatch"),
        (hub.name_url, ["--authorities", stranger.certificate], "unable to get local issuer certificate"),
        (hub.name_url, [], "unable to get local issuer certificate"),
    ]:
        following = Following(url, "a", *map(str, words))
        told = following.until(type="state", state="offline")["reason"]
        assert "the server's certificate is not believed" in told and reason in told, told
        assert following.end() == 0
    done = run("publish", "a", "1", "--url", hub.url(""), "--authorities", str(hub.trust))
    assert done.returncode == 69 and "the server's certificate is not believed: " in done.stderr, done
    hub.host = "localhost"
    assert hub.history("a") == []
