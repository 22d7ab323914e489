"""Clients behind a line that breaks in every way; `scripts/tunnel` does it for longer."""

import pathlib
import subprocess

import pytest

from support.daemon import clean_environment
from support.tunnelled import CLIENTS, FLAGS, Tunnelled
from support.waiting import seconds

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "tunnel"


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_gets_all_events_once_and_in_order(start, tmp_path, client):
    run = Tunnelled(start(*FLAGS), client, 20261122, 5, 1000, tmp_path / "client.log", life=1)
    problems = run.run()
    assert not problems, problems + [run.log.read_text()[-3000:]]
    assert run.tunnel.connections > 2, run.report()


def call(*arguments):
    return subprocess.run(
        [str(SCRIPT), *arguments], capture_output=True, text=True, timeout=seconds(60), env=clean_environment())


def test_the_script_explains_itself():
    done = call("--help")
    assert done.returncode == 0 and "usage: scripts/tunnel" in done.stdout and done.stderr == ""


@pytest.mark.parametrize("arguments", [
    ["--client"], ["--client", "java"], ["--seconds", "0"], ["--events", "many"], ["--seed"], ["--unknown"],
], ids=" ".join)
def test_a_wrong_call_of_the_script_starts_nothing(arguments):
    done = call(*arguments)
    assert done.returncode == 64 and done.stdout == "" and done.stderr.startswith("tunnel: "), done
