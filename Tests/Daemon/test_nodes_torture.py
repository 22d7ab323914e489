"""Nodes on one Redis under load, while nodes, Redis and links die, stop and come back: what was acknowledged is there,
everybody sees the same, nobody sees it twice, and publishing is back soon.

`ROOMCAST_TORTURE=COUNT` makes it so many disturbances of all kinds, `ROOMCAST_SEED` the same again.
"""

import os
import random

import pytest

from support.disturbances import FLAGS, Disturbances
from support.torture import Torture


@pytest.fixture
def disturb(fleet):
    """Runs disturbances of these kinds."""

    def disturb(count, kinds, **options):
        seed = int(os.environ.get("ROOMCAST_SEED") or random.randrange(1 << 32))
        print(f"seed {seed}")
        nodes = fleet(count, *FLAGS, linked=True)
        disturbances, torture = Disturbances(nodes, **options), Torture(nodes, seed)
        disturbances.run(torture, kinds(disturbances, torture))
        print(torture.report(), dict(disturbances.times))
        return torture.report()

    return disturb


@pytest.mark.parametrize("kind", Disturbances.KINDS)
def test_one_at_a_time(disturb, kind):
    report = disturb(2, lambda *_: [kind])
    assert report["acknowledged"] > 100


def test_mixed(disturb):
    count = int(os.environ.get("ROOMCAST_TORTURE", "6"))
    disturb(3, lambda disturbances, torture: disturbances.mixed(torture, count), stop=3)
