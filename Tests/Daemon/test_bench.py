"""`roomcast bench`: what it measures, what it notices, and whom it asks."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import threading
import xml.etree.ElementTree as ElementTree

import pytest

from support import certificates
from support.daemon import BINARY, clean_environment
from support.dropper import Dropper
from support.ports import held_port
from support.restarts import RestartedHub
from support.waiting import seconds, wait_until

SMALL = ("--quick", "--seconds", "0.3", "--subscribers", "50")
SVG = "{http://www.w3.org/2000/svg}"


def bench(hub, *flags, environment=None, files=None):
    """The finished process."""
    command = [BINARY, "bench", "--url", hub if isinstance(hub, str) else hub.url(""), *map(str, flags)]
    if files:
        command = ["prlimit", f"--nofile={files}:{files}", *command]
    return subprocess.run(
        command, env={**clean_environment(), **(environment or {})}, capture_output=True, text=True,
        timeout=seconds(120))


def cases(done):
    return {case["case"]: case for case in json.loads(done.stdout)["cases"]}


def test_all_cases_run_and_every_message_arrives(start, tmp_path):
    hub = start()
    plot = tmp_path / "plot.svg"
    done = bench(hub, *SMALL, "--json", "--plot", plot, "--pid", hub.process.pid)
    assert done.returncode == 0, done.stderr
    found = cases(done)
    assert list(found) == ["window-1", "window-16", "window-64", "rooms-100", "post", "connect", "latency"]
    for name, case in found.items():
        assert case["faults"] == 0 and case["runs"] == 1 and case["times"] > 0, case
        assert 0 < case["p50_us"] <= case["p95_us"] <= case["p99_us"] <= case["p999_us"] <= case["max_us"], case
        assert case["hub_cpu_percent"] >= 0 and case["load_cpu_percent"] >= 0
        assert case["subscribers"] == {"post": 0, "connect": 500}.get(name, 50)
    for name in ("window-1", "window-16", "window-64", "latency"):
        assert found[name]["deliveries_per_s"] > 0 and found[name]["publishes_per_s"] > 0
    assert found["connect"]["connects_per_s"] > 0 and found["post"]["publishes_per_s"] > 0
    drawing = ElementTree.parse(plot).getroot()
    assert drawing.tag == f"{SVG}svg" and len(drawing.findall(f"{SVG}polyline")) == 7
    assert {"max", "99.9", "percentile"} <= {text.text for text in drawing.iter(f"{SVG}text")}
    # It says on standard error what it does, and that is true.
    rooms = json.loads(done.stdout)["rooms"]
    assert rooms in done.stderr and "500 connections" in done.stderr and "\x1b" not in done.stderr
    hub.wait_for_metric("roomcast_streams", lambda open: open == 0, {"kind": "websocket"})
    assert hub.history(f"{rooms}window-1-0")


def test_on_a_pipe_the_table_is_markdown(hub):
    done = bench(hub, *SMALL, "--cases", "post,window-1", "--runs", "2", "--rooms-prefix", "a:b@")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4 and lines[1].startswith("| --- | --:")
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| post", "| window-1"]
    assert "a:b@" in done.stderr


def on_terminal(hub, *flags):
    """Starts it on a terminal of its own; returns the process and a function that gives what came so far."""
    main, other = pty.openpty()
    process = subprocess.Popen(
        [BINARY, "bench", "--url", hub.url(""), *flags], env=clean_environment(), stdin=other, stdout=other,
        stderr=other)
    os.close(other)
    output = bytearray()

    def read():
        try:
            while chunk := os.read(main, 4096):
                output.extend(chunk)
        except OSError:
            os.close(main)

    reader = threading.Thread(target=read)
    reader.start()

    def text():
        return output.decode(errors="replace")

    def end():
        process.wait(seconds(60))
        reader.join(seconds(10))
        return text()

    return process, text, end


def test_on_a_terminal_there_is_a_bar_and_an_aligned_table(hub):
    process, _, end = on_terminal(hub, *SMALL, "--cases", "window-16")
    text = end()
    assert process.returncode == 0, text
    assert "█" in text and "window-16: measuring" in text and "deliveries" in text
    text = re.sub(r".*\x1b\[K", "", text)
    assert re.search(r"^case +deliveries/s ", text, re.M) and re.search(r"^window-16 +[\d,]+ ", text, re.M)


def test_a_signal_ends_it_and_prints_what_was_measured(hub):
    process, text, end = on_terminal(hub, "--seconds", "3600", "--subscribers", "20", "--cases", "window-1,post")
    wait_until(lambda: "window-1: measuring" in text(), what="the first case")
    process.send_signal(signal.SIGINT)
    text = end()
    assert process.returncode == 0, text
    text = re.sub(r".*\x1b\[K", "", text)
    assert "ended early" in text and re.search(r"^window-1 +[\d,]+ ", text, re.M) and not re.search("^post", text, re.M)


def test_a_signal_ends_it_while_the_hub_does_not_answer():
    with socket.create_server(("127.0.0.1", 0)) as server:
        process = subprocess.Popen(
            [BINARY, "bench", "--url", f"http://127.0.0.1:{server.getsockname()[1]}", *SMALL], env=clean_environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        server.settimeout(seconds(15))
        with server.accept()[0] as connection:
            assert connection.recv(65536)
            process.terminate()
            # Well before the hub would be given up.
            assert process.wait(seconds(5)) == 0
    with process.stderr:
        assert "ended early" in process.stderr.read()


def test_a_hub_that_is_lost_is_a_fault_and_no_more_is_measured(tmp_path):
    hub = RestartedHub(tmp_path, "hub")
    process, text, end = on_terminal(
        hub.start(), "--seconds", "3600", "--runs", "2", "--subscribers", "20", "--cases", "window-1,post")
    wait_until(lambda: "window-1: measuring" in text(), what="the first case")
    hub.kill()
    text = re.sub(r".*\x1b\[K", "", end())
    assert process.returncode == 1, text
    assert re.search(r"^window-1 \([\d,]+ faults\) ", text, re.M) and not re.search("^post", text, re.M), text
    assert "window-1: the hub ended 21 connections" in text and not hub.problems


@pytest.mark.parametrize("copies, fault", [(0, "1 lost"), (2, "1 doubled")])
def test_a_message_that_is_lost_or_comes_twice_is_noticed(hub, copies, fault):
    dropper = Dropper(hub, copies)
    done = bench(dropper.url, "--quick", "--seconds", "1", "--subscribers", "5", "--cases", "latency", "--json")
    dropper.close()
    assert done.returncode == 1, done
    assert cases(done)["latency"]["faults"] > 0 and f"latency: {fault}" in done.stderr


def test_a_hub_with_credentials(guard, credentials, tmp_path):
    hub = guard()
    refused = bench(hub, *SMALL, "--cases", "window-1")
    assert refused.returncode == 77 and "UNAUTHORIZED" in refused.stderr and "--token-file" in refused.stderr
    assert refused.stdout == ""
    key = tmp_path / "key"
    key.write_text(credentials.admin + "\n")
    done = bench(hub, *SMALL, "--cases", "window-1,post", "--json", "--token-file", key)
    assert done.returncode == 0, done.stderr
    assert all(case["faults"] == 0 for case in cases(done).values())
    assert credentials.admin not in done.stdout + done.stderr + hub.log_text()
    wrong = bench(hub, *SMALL, "--cases", "post", environment={"ROOMCAST_TOKEN": "rc_wrong"})
    assert wrong.returncode == 77 and "rc_wrong" not in wrong.stdout + wrong.stderr


def test_over_https_the_certificate_is_looked_at(start, tmp_path):
    pair = certificates.make(tmp_path, "hub")
    hub = start("--tls-certificates", pair.setting, trust=pair.certificate)
    flags = (*SMALL, "--cases", "window-16,post,connect", "--json")
    done = bench(hub, *flags, "--authorities", pair.certificate)
    assert done.returncode == 0, done.stderr
    assert len(cases(done)) == 3 and all(case["faults"] == 0 for case in cases(done).values())
    distrusted = bench(hub, *flags)
    assert distrusted.returncode == 69 and "certificate" in distrusted.stderr


def test_a_limit_of_the_hub_is_told(start):
    hub = start("--limits-address-connections", "20")
    done = bench(hub, *SMALL, "--cases", "window-1,post", "--json")
    assert done.returncode == 69, done.stderr
    assert "TOO_MANY_CONNECTIONS" in done.stderr and "limits.address.connections" in done.stderr
    assert "--subscribers" in done.stderr and json.loads(done.stdout)["cases"] == []


def test_too_few_descriptors(hub):
    done = bench(hub, "--quick", "--cases", "window-1", files=512)
    assert done.returncode == 71 and "ulimit -Hn" in done.stderr and "--subscribers" in done.stderr
    done = bench(hub, *SMALL, "--cases", "connect", "--json", files=256)
    assert done.returncode == 0 and 100 < cases(done)["connect"]["subscribers"] < 256
    assert "instead of 500" in done.stderr


@pytest.mark.parametrize("flags", [
    ("--cases", "window-2"), ("--runs", "0"), ("--seconds", "-1"), ("--subscribers", "x"), ("--plot", "a.png"),
    ("--pid", "999999999"), ("--rooms-prefix", "x" * 250), ("window-1",), ("--case", "post"),
])
def test_a_wrong_call(flags):
    done = bench("http://127.0.0.1:1", *flags)
    assert done.returncode == 64 and flags[0] in done.stderr


def test_nobody_there(tmp_path):
    with held_port() as port:
        done = bench(f"http://127.0.0.1:{port}", *SMALL, "--cases", "post")
    assert done.returncode == 69 and done.stderr.count("Connection refused") == 1, done.stderr
    assert "0 of 16 publishers are connected" in done.stderr and "subscribed" not in done.stderr
    done = bench("http://127.0.0.1:1", *SMALL, "--plot", tmp_path / "no" / "plot.svg")
    assert done.returncode == 73 and "plot.svg" in done.stderr
