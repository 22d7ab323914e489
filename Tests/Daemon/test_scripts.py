"""The scripts of the project: what a checker says of them, and a cluster as a newcomer would run it."""

import os
import pathlib
import re
import select
import signal
import subprocess
import time

import pytest

from support.daemon import BINARY, clean_environment
from support.waiting import seconds, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "scripts" / "cluster"


def test_shellcheck_finds_nothing_in_the_scripts():
    scripts = [
        file for file in [*(ROOT / "scripts").rglob("*"), ROOT / ".ci" / "run"]
        if file.is_file() and (file.suffix == ".sh" or file.read_text().startswith("#!/usr/bin/env bash"))
    ]
    assert CLUSTER in scripts
    done = subprocess.run(["shellcheck", "-x", *map(str, scripts)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def call(*arguments):
    return subprocess.run(
        [str(CLUSTER), *arguments], capture_output=True, text=True, timeout=seconds(60), env=clean_environment())


def test_a_cluster_explains_itself():
    done = call("--help")
    assert done.returncode == 0 and "usage: scripts/cluster N" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("arguments", [
    [], [""], ["0"], ["17"], ["100"], ["-1"], ["three"], ["1", "2"], ["2", "--keep"], ["2", "--binary"], ["2", "--unknown"],
], ids=" ".join)
def test_a_wrong_call_of_a_cluster_starts_nothing(arguments):
    done = call(*arguments)
    assert done.returncode == 64 and done.stdout == "" and done.stderr.startswith("cluster: "), done


def test_a_hub_that_does_not_start_is_told_and_nothing_is_left(tmp_path):
    done = call("2", "--binary", BINARY, "--keep", str(tmp_path), "--", "--no-such-setting")
    assert done.returncode == 70 and "--no-such-setting" in done.stderr and "hub 1 could not be started" in done.stderr
    assert left(tmp_path) == []


def left(directory):
    """Processes that run in the directory."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if str((process / "cwd").readlink()).startswith(str(directory)):
                found.append(process.name)
        except OSError:
            continue
    return found


class Cluster:
    """`scripts/cluster`, and what it prints."""

    def __init__(self, count, directory, *settings):
        self.process = subprocess.Popen(
            [str(CLUSTER), str(count), "--binary", BINARY, "--keep", str(directory), "--", *settings],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment())
        self.text = ""
        end = time.monotonic() + seconds(60)
        while "Ctrl-C ends everything." not in self.text:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
            part = os.read(self.process.stdout.fileno(), 65536).decode() if ready else ""
            if not part:
                code, output, log = self.stop()
                raise AssertionError(f"{code}: {self.text}{output}{log}")
            self.text += part
        self.nodes = re.findall(r"^node \d+ +(http://\S+)  process (\d+)$", self.text, re.M)

    def command(self, beginning):
        """The line to try that begins so."""
        return re.search(rf"^  ({beginning}.*)$", self.text, re.M)[1]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        output, log = self.process.communicate(timeout=seconds(60))
        return self.process.returncode, output.decode(), log.decode()


def shell(command):
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=seconds(30)).stdout


def test_what_a_cluster_tells_to_try_works(tmp_path):
    cluster = Cluster(3, tmp_path, "--redis-lease", "2s")
    try:
        assert len({address for address, _ in cluster.nodes}) == 3
        # Each node is known to the others.
        nodes = cluster.command("curl http[^ ]*/v1/nodes")
        wait_until(lambda: shell(nodes).count('"node"') == 3, what="three nodes")
        stream = subprocess.Popen(
            ["bash", "-c", "exec " + cluster.command("curl -N")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = iter(stream.stdout.readline, "")
        assert any("roomcast:subscribed" in line for line in lines)
        publish = cluster.command("curl [^ ]*/v1/rooms/demo/events -d")
        assert '"offset":1' in shell(publish)
        assert any(line.startswith("data: ") and '{"hello":"world"}' in line for line in lines)
        # One dies.
        shell(cluster.command("kill -9"))
        wait_until(lambda: shell(nodes).count('"node"') == 2, what="two nodes")
        # Redis is silent for a while.
        shell(cluster.command("kill -STOP"))
        # One that was answered 503 may have been kept nevertheless.
        wait_until(lambda: '"offset":' in shell(publish), limit=20, what="a publish after the silence")
        assert any(line.startswith("data: ") and '{"hello":"world"}' in line for line in lines)
        stream.kill()
        stream.wait()
    finally:
        code, output, log = cluster.stop()
    assert code == 0 and "node 3 has ended" in output, output + log
    assert left(tmp_path) == []
    # What was stored is there for the next run.
    again = Cluster(1, tmp_path)
    try:
        assert '"offset":2' in shell(f"curl -s {again.nodes[0][0]}/v1/rooms/demo/events?after=earliest")
    finally:
        assert again.stop()[0] == 0
