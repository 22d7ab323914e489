"""The command behind `scripts/crash`: COUNT [SEED]."""

import pathlib
import random
import sys
import tempfile

from .store import StoredHub
from .torture import Torture


def main(count, seed):
    print(f"seed {seed}: {count} kills", flush=True)
    with tempfile.TemporaryDirectory(prefix="roomcast-crash-") as scratch:
        stored = StoredHub(pathlib.Path(scratch))
        stored.start()
        torture = Torture(stored, seed)
        try:
            torture.run(kill, count)
            torture.verify()
        finally:
            problems = stored.finish()
    for name, value in torture.report().items():
        print(f"{name:>18}  {value}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def kill(torture):
    torture.kill()
    if len(torture.recoveries) % 10 == 0:
        print(f"  {torture.report()}", flush=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)))
