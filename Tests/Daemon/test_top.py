"""`roomcast top`: as text, as JSON, and on a terminal."""

import contextlib
import fcntl
import http.server
import itertools
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import threading

import pytest

from support import certificates
from support.daemon import BINARY, clean_environment
from support.ports import held_port
from support.restarts import RestartedHub
from support.waiting import seconds, wait_until

ENTER, LEAVE = "\x1b[?1049h", "\x1b[?1049l"


def top(hub, *flags, environment=None):
    return subprocess.run(
        [BINARY, "top", "--url", hub if isinstance(hub, str) else hub.url(""), "--interval", "0.3", *map(str, flags)],
        env={**clean_environment(), **(environment or {})}, capture_output=True, text=True, timeout=seconds(60))


class Screen:
    """`roomcast top` on a terminal of its own, and what is drawn there."""

    def __init__(self, hub, *flags, columns=80, rows=40):
        self.main, other = pty.openpty()
        self.other = other
        self.resize(columns, rows)
        self.before = termios.tcgetattr(other)
        self.output = bytearray()
        self.process = subprocess.Popen(
            [BINARY, "top", "--url", hub.url(""), "--interval", "0.2", *flags], env=clean_environment(), stdin=other,
            stdout=other, stderr=other)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        try:
            while chunk := os.read(self.main, 4096):
                self.output.extend(chunk)
        except OSError:
            pass

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        fcntl.ioctl(self.main, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def text(self):
        return self.output.decode(errors="replace")

    def lines(self):
        """What is to be seen: rows as they were written last."""
        rows = {}
        for command in re.split(r"\x1b\[(?=\d+;1H|2J)", self.text().rpartition(ENTER)[2]):
            if command.startswith("2J"):
                rows = {}
            elif found := re.match(r"(\d+);1H(.*)", command, re.S):
                row = int(found[1])
                if "\x1b[J" in found[2]:
                    rows = {number: text for number, text in rows.items() if number < row}
                else:
                    rows[row] = found[2].replace("\x1b[K", "").rstrip("\r\n")
        return rows

    def wait_for(self, pattern):
        wait_until(
            lambda: any(re.search(pattern, line) for line in self.lines().values()),
            what=f"{pattern} on the screen, now {self.lines()}")

    def press(self, keys):
        os.write(self.main, keys)

    def finish(self):
        """The exit code; the screen and the terminal must be as they were."""
        code = self.process.wait(seconds(15))
        wait_until(lambda: self.text().rstrip().endswith(LEAVE), what="the screen before")
        assert self.text().count(ENTER) == self.text().count(LEAVE) == 1 and "\x1b[?25h" in self.text()
        assert termios.tcgetattr(self.other) == self.before
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.other)
        os.close(self.main)


@pytest.fixture
def screen():
    screens = []

    def screen(*arguments, **options):
        screens.append(Screen(*arguments, **options))
        return screens[-1]

    yield screen
    for each in screens:
        each.close()


def test_once_is_one_snapshot_as_text(hub):
    subscriber = hub.subscriber("a")
    hub.publish("a", 1)
    subscriber.expect("event")
    done = top(hub, "--once")
    assert done.returncode == 0 and done.stderr == "", done
    assert "\x1b" not in done.stdout
    assert re.search(r"node \w+  version \S+  up \d+ s", done.stdout)
    assert "websocket 1" in done.stdout and "subscriptions 1" in done.stdout and "engine up" in done.stdout
    assert re.search(r"^events/s +[\d.]+$", done.stdout, re.M) and re.search(r"^NODE +VERSION", done.stdout, re.M)


def test_json_is_a_line_each_interval(hub):
    process = subprocess.Popen(
        [BINARY, "top", "--url", hub.url(""), "--interval", "0.2", "--json"], env=clean_environment(),
        stdout=subprocess.PIPE, text=True)
    try:
        lines = [json.loads(process.stdout.readline()) for _ in range(2)]
        hub.get("/v1/rooms/%00/events")
        node = hub.get("/v1/nodes").json["nodes"][0]
        while not lines[-1]["errors_per_s"]:
            lines.append(json.loads(process.stdout.readline()))
        process.terminate()
        assert process.wait(seconds(10)) == 0
    finally:
        process.kill()
        process.stdout.close()
    for line in lines:
        assert line["node"] == node["node"] and line["version"] == node["version"] and line["engine_up"] is True
        assert line["events_per_s"] == 0 and line["memory_bytes"] > 1_000_000 and line["nodes"] == 1
    assert all(rate >= 0 for rate in lines[-1]["errors_per_s"].values())


def test_rates_are_those_of_the_interval(hub):
    hub.publish_lines({"room": "a", "data": number} for number in range(100))
    done = top(hub, "--once", "--json")
    line = json.loads(done.stdout)
    assert line["events_per_s"] == 0 and line["rooms"] >= 1


def test_it_draws_and_ends_with_q(hub, screen):
    drawn = screen(hub)
    drawn.wait_for(r"^events/s +0  ▁▁")
    hub.publish("a", 1)
    drawn.wait_for(r"^events/s .*█")
    assert all(len(line) <= 80 for line in drawn.lines().values())
    drawn.press(b"q")
    assert drawn.finish() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_screen(hub, screen, number):
    drawn = screen(hub)
    drawn.wait_for(r"^events/s +0")
    drawn.process.send_signal(number)
    assert drawn.finish() == 0


def test_ctrl_c_is_a_key(hub, screen):
    drawn = screen(hub)
    drawn.wait_for(r"^events/s +0")
    drawn.press(b"\x03")
    assert drawn.finish() == 0


def test_it_follows_the_size_of_the_terminal(hub, screen):
    drawn = screen(hub, columns=80, rows=40)
    drawn.wait_for("^q quits")
    drawn.resize(40, 10)
    wait_until(lambda: drawn.lines().get(10) == "q quits" and len(drawn.lines()) == 10, what="ten rows")
    assert all(len(line) <= 40 for line in drawn.lines().values())


def test_a_hub_that_goes_away_is_told_and_comes_back(tmp_path, screen):
    hub = RestartedHub(tmp_path, "hub")
    drawn = screen(hub.start())
    drawn.wait_for(r"^events/s +0  ▁")
    hub.kill()
    drawn.wait_for(r"^OFFLINE, trying again in \d+ s: cannot connect")
    hub.start()
    wait_until(lambda: not any(line.startswith("OFFLINE") for line in drawn.lines().values()), what="the hub again")
    # Counters began anew: no rate is below nothing.
    drawn.wait_for(r"^events/s +0")
    assert "-" not in drawn.lines()[1].replace("http://", "").partition("version")[0]
    drawn.press(b"q")
    assert drawn.finish() == 0
    hub.drain()
    assert not hub.problems


def test_a_hub_with_credentials_wants_a_key_with_admin(guard, credentials, tmp_path):
    hub = guard()
    refused = top(hub)
    assert refused.returncode == 77 and "UNAUTHORIZED" in refused.stderr and "admin" in refused.stderr
    done = top(hub, "--once", environment={"ROOMCAST_TOKEN": credentials.admin})
    assert done.returncode == 0 and "connections" in done.stdout, done
    assert credentials.admin not in done.stdout + done.stderr


def test_metrics_elsewhere_and_over_https(start, tmp_path):
    pair = certificates.make(tmp_path, "hub")
    hub = start("--tls-certificates", pair.setting, "--metrics-address", "127.0.0.1:0", trust=pair.certificate)
    metrics = "https://" + hub.wait_for_line(message="listening")["metrics"]
    trusting = ("--authorities", pair.certificate)
    missing = top(hub, "--once", *trusting)
    assert missing.returncode != 0 and "--metrics-url" in missing.stderr
    done = top(hub, "--once", "--json", "--metrics-url", metrics, *trusting)
    assert done.returncode == 0, done.stderr
    line = json.loads(done.stdout)
    assert line["uptime_s"] >= 0 and line["nodes"] == 1
    assert top(hub, "--once", "--metrics-url", metrics).returncode == 69


def test_wrong_calls_and_nobody_there():
    for flags in (("--interval", "0"), ("--interval", "x"), ("--metrics-url", "ftp://x"), ("room",), ("--jso",)):
        done = top("http://127.0.0.1:1", *flags)
        assert done.returncode == 64, done
    with held_port() as port:
        assert top(f"http://127.0.0.1:{port}", "--once").returncode == 69


class Silent:
    """Takes connections and says nothing."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.connections = []

    def url(self, path):
        return f"http://127.0.0.1:{self.server.getsockname()[1]}{path}"

    def take(self):
        """Waits until somebody asks."""
        self.server.settimeout(seconds(15))
        self.connections.append(self.server.accept()[0])
        assert self.connections[-1].recv(65536)

    def close(self):
        for each in [self.server, *self.connections]:
            each.close()


@pytest.fixture
def silent():
    silent = Silent()
    yield silent
    silent.close()


@pytest.mark.parametrize("end", [b"q", b"\x03", signal.SIGTERM, signal.SIGINT])
def test_it_ends_while_the_hub_does_not_answer(silent, screen, end):
    drawn = screen(silent)
    silent.take()
    if isinstance(end, bytes):
        drawn.press(end)
    else:
        drawn.process.send_signal(end)
    # Well before the hub would be given up.
    drawn.process.wait(seconds(5))
    assert drawn.finish() == 0


def test_once_ends_by_a_signal_while_the_hub_does_not_answer(silent):
    process = subprocess.Popen([BINARY, "top", "--url", silent.url(""), "--once"], env=clean_environment())
    try:
        silent.take()
        process.terminate()
        assert process.wait(seconds(5)) == 0
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def odd():
    """A hub whose metrics are unusual."""
    values = itertools.cycle(["1e300", "NaN", "+Inf", "-Inf", "-1e300", "1"])
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            asked.append(self.path)
            value = next(values)
            names = ["engine_since_seconds", "events_total", "connections", "errors_total{code=\"A\"}"]
            metrics = "".join(f"roomcast_{name} {value}\n" for name in names)
            body = b"{}" if "nodes" in self.path else f"roomcast_info{{version=\"1\"}} 1\n{metrics}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url, server.asked = f"http://127.0.0.1:{server.server_port}", asked
    yield server
    server.shutdown()
    server.server_close()


def test_unusual_metrics_are_no_figures(odd):
    process = subprocess.Popen(
        [BINARY, "top", "--url", odd.url, "--interval", "0.1", "--json"], env=clean_environment(), stdout=subprocess.PIPE,
        text=True)
    try:
        for _ in range(12):
            assert json.loads(process.stdout.readline())["version"] == "1"
        process.terminate()
        assert process.wait(seconds(10)) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_signal_ends_it_while_nobody_reads(odd):
    end, full = os.pipe()
    os.set_blocking(full, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(full, bytes(4096))
    os.set_blocking(full, True)
    process = subprocess.Popen(
        [BINARY, "top", "--url", odd.url, "--interval", "0.1", "--json"], env=clean_environment(), stdout=full)
    try:
        # With the second look there is something to print.
        wait_until(lambda: odd.asked.count("/v1/nodes") == 2, what="two looks")
        process.terminate()
        assert process.wait(seconds(10)) == 0
    finally:
        process.kill()
        process.wait()
        os.close(end)
        os.close(full)


def test_a_terminal_that_is_gone_ends_it(hub):
    main, other = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "top", "--url", hub.url(""), "--interval", "0.1"], env=clean_environment(), stdin=subprocess.DEVNULL,
        stdout=other)
    os.close(other)
    try:
        os.read(main, 4096)
    finally:
        os.close(main)
    assert process.wait(seconds(15)) == 74


def test_in_a_terminal_of_one_row_it_draws_one(hub, screen):
    drawn = screen(hub, rows=1)
    drawn.wait_for("^roomcast top .* version")
    assert list(drawn.lines()) == [1]
    drawn.press(b"q")
    assert drawn.finish() == 0
