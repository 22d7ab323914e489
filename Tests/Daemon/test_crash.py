"""`kill -9` under load, again and again: what was acknowledged is there, everybody sees the same, nobody sees it twice.

`scripts/crash` does the same as often as one likes.
"""

import random
import signal
import time

import pytest

from support.store import StoredHub
from support.torture import Torture
from support.waiting import wait_until


@pytest.fixture
def stored(tmp_path):
    """A hub on disk; whatever became of it in between, in the end it must drain in good order."""
    stored = StoredHub(tmp_path)
    stored.start("--drain", "2s")
    yield stored
    problems = stored.finish()
    assert not problems, "\n".join(problems)


@pytest.fixture
def torture(stored):
    return Torture([stored], random.randrange(1 << 32))


def test_killed_at_random_moments(torture):
    torture.run(Torture.kill, 5)
    torture.verify()
    report = torture.report()
    assert report["kills"] == 5 and report["resumes"] > 20, report


def test_killed_while_it_starts(torture, stored):
    def disturb(torture):
        torture.kill()
        stored.kill()
        # The next one is killed before it says that it listens.
        stored.launch()
        time.sleep(torture.random.uniform(0, 0.05))
        stored.kill()
        stored.start()

    torture.run(disturb, 3)
    torture.verify()


def test_stopped_for_a_while(torture, stored):
    def disturb(torture):
        before = sum(len(publisher.acknowledged) for publisher in torture.publishers)
        stored.hub.process.send_signal(signal.SIGSTOP)
        time.sleep(3)
        stored.hub.process.send_signal(signal.SIGCONT)
        wait_until(
            lambda: sum(len(publisher.acknowledged) for publisher in torture.publishers) > before + 50,
            what="publishing that goes on")

    torture.run(disturb, 2)
    torture.verify()
    # Nobody was sent away.
    assert torture.report()["resumes"] == 0


def test_drained_under_load(torture, stored):
    def disturb(torture):
        stored.drain()
        stored.start("--drain", "2s")

    torture.run(disturb, 3)
    torture.verify()
    # The drains follow each other so fast that one who waits long before it comes back may miss one.
    assert torture.report()["resumes"] >= len(torture.subscribers)
