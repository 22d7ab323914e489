"""Waiting for something to become true, never for time to pass."""

import os
import time

# Builds with a sanitizer are many times slower.
PATIENCE = float(os.environ.get("ROOMCAST_PATIENCE", "1"))


def seconds(limit):
    """A limit for a wait, stretched where the hub is known to be slow."""
    return limit * PATIENCE


def wait_until(condition, limit=15, what="the condition"):
    """Calls `condition` until it gives something true, and returns that."""
    end = time.monotonic() + seconds(limit)
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"{what} was not met within {seconds(limit)} s")
        time.sleep(0.01)
