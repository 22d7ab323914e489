"""The command behind `scripts/crash`: COUNT SEED disk|redis."""

import pathlib
import random
import sys
import tempfile

from .disturbances import FLAGS, Disturbances
from .nodes import Fleet
from .redis import RedisServer
from .store import StoredHub
from .torture import Torture


def crash_on_disk(scratch, count, seed):
    """What is wrong with how the hub ended."""
    print(f"seed {seed}: {count} kills", flush=True)
    stored = StoredHub(scratch)
    stored.start()
    torture = Torture([stored], seed)
    try:
        torture.run(kill, count)
        torture.verify()
    finally:
        problems = stored.finish()
    tell(torture.report())
    return problems


def kill(torture):
    torture.kill()
    if len(torture.recoveries) % 10 == 0:
        print(f"  {torture.report()}", flush=True)


def crash_on_redis(scratch, count, seed):
    """The same for several nodes on one Redis."""
    print(f"seed {seed}: {count} disturbances", flush=True)
    redis = RedisServer(scratch / "redis")
    fleet = Fleet(scratch, redis, 3, *FLAGS, linked=True)
    try:
        fleet.start()
        disturbances, torture = Disturbances(fleet), Torture(fleet, seed)
        disturbances.run(torture, disturbances.mixed(torture, count))
    finally:
        problems = fleet.finish()
        redis.finish()
    tell(torture.report())
    for kinds, times in sorted(disturbances.times.items()):
        print(f"{kinds:>28}  {len(times)} times, back after at most {max(times)} s")
    return problems


def tell(report):
    for name, value in report.items():
        print(f"{name:>18}  {value}")


def main(count, seed, engine):
    with tempfile.TemporaryDirectory(prefix="roomcast-crash-") as scratch:
        crash = crash_on_redis if engine == "redis" else crash_on_disk
        problems = crash(pathlib.Path(scratch), count, seed)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2] or random.randrange(1 << 32)), sys.argv[3]))
