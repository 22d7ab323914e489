"""Fixtures of the black-box tests: each test gets hubs of its own and leaves none behind."""

import json
import signal
import subprocess

import pytest

from support.browser import Browser
from support.console import origins
from support.credentials import Credentials, bearer
from support.daemon import Hub
from support.nodes import Fleet
from support.receiver import Receiver
from support.redis import RedisServer
from support.small import SIZE

# A shell that puts the tests into the background makes them deaf to Ctrl-C, and all that they start inherits it.
signal.signal(signal.SIGINT, signal.default_int_handler)


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


@pytest.fixture
def redis(tmp_path):
    """A Redis that keeps what it has acknowledged."""
    server = RedisServer(tmp_path / "redis")
    yield server
    server.finish()


@pytest.fixture
def fleet(tmp_path, redis):
    """Starts nodes on that Redis; each must drain in good order in the end."""
    fleets = []

    def fleet(count, *flags, **options):
        scratch = tmp_path / f"fleet{len(fleets)}"
        scratch.mkdir()
        fleets.append(Fleet(scratch, options.pop("redis", redis), count, *flags, **options))
        return fleets[-1].start()

    yield fleet
    problems = [problem for fleet in fleets for problem in fleet.finish()]
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """One Chromium for the tests of a file."""
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture
def visit(browser):
    """Opens the console of a hub, and looks in the end that nothing went wrong in it, and that it asked nobody else."""
    pages = []

    def visit(hub, address="#/", key=None, **look):
        page = browser.blank()
        pages.append((hub, page))
        page.look(**look)
        page.watch()
        if key:
            page.go(hub.url("/roomcast.js"))
            page.run(f"sessionStorage.setItem('roomcast.key', {json.dumps(key)})")
        page.go(hub.url(f"/{address}"))
        page.wait("document.querySelector('h1') !== null")
        return page

    yield visit
    for hub, page in pages:
        page.run("1")
        assert not page.failures, page.failures
        elsewhere = [url for url in page.requests if not url.startswith(origins(hub))]
        assert not elsewhere, elsewhere
        page.close()
