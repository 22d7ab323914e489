"""Fixtures of the black-box tests: each test gets hubs of its own and leaves none behind."""

import subprocess

import pytest

from support.credentials import Credentials, bearer
from support.daemon import Hub
from support.receiver import Receiver
from support.small import SIZE


@pytest.fixture
def start(tmp_path):
    """Starts hubs with the given flags; at the end each must drain, exit with 0 and have nothing bad in its log."""
    hubs = []

    def start(*flags, **options):
        hub = Hub(tmp_path / f"hub{len(hubs)}.log", flags, **options)
        hubs.append(hub)
        hub.wait_until_listening()
        return hub

    yield start
    problems = [problem for hub in hubs for problem in hub.finish()]
    assert not problems, "\n".join(problems)


@pytest.fixture
def hub(start):
    """One hub with the default settings."""
    return start()


@pytest.fixture
def credentials(tmp_path):
    """Keys and tokens, and the settings that know them."""
    return Credentials(tmp_path)


@pytest.fixture
def guard(start, credentials):
    """Starts hubs that know the credentials."""

    def guard(*flags, **options):
        hub = start("--settings", credentials.write(), *flags, **options)
        hub.fields = bearer(credentials.admin)
        return hub

    return guard


@pytest.fixture
def small(tmp_path):
    """A file system of 8 MiB, where one can be mounted."""
    directory = tmp_path / "small"
    directory.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(directory)], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    yield directory
    subprocess.run(["umount", str(directory)], check=True)


@pytest.fixture
def receive():
    """Starts receivers, and ends them."""
    receivers = []

    def receive(*arguments, **options):
        receivers.append(Receiver(*arguments, **options))
        return receivers[-1]

    yield receive
    for receiver in receivers:
        receiver.stop()
