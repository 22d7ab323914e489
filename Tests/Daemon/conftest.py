"""Fixtures of the black-box tests: each test gets hubs of its own and leaves none behind."""

import pytest

from support.credentials import Credentials, bearer
from support.daemon import Hub


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
