"""A hub whose events are on disk: it can be killed, and started again on the same port and directory."""

import subprocess
import time

from .daemon import CRASH, Hub
from .waiting import seconds


class StoredHub:
    """`hub` is the process that runs now; each has a log of its own."""

    def __init__(self, scratch, *flags, directory=None):
        """`scratch` holds the logs, and the store unless it has a directory of its own."""
        self.scratch = scratch
        self.directory = directory or scratch / "store"
        self.flags = ("--engine", f"disk:{self.directory}", *flags)
        self.starts = 0
        self.port = 0
        self.hub = None
        self.problems = []

    def start(self, *flags):
        """Starts it, and returns the hub once it listens."""
        self.launch(*flags).wait_until_listening()
        self.port = self.hub.port
        return self.hub

    def launch(self, *flags):
        """Starts it, and returns the hub at once."""
        assert self.hub is None, "it runs already"
        self.starts += 1
        self.hub = Hub(self.scratch / f"store-{self.starts}.log", (*self.flags, *flags), port=self.port)
        return self.hub

    def kill(self):
        """Ends it without a warning."""
        hub = self._end(lambda hub: hub.process.kill())
        hub.process.wait()
        hub.process.stdout.close()
        if CRASH.search(hub.log_text()):
            self.problems.append(f"before it was killed, the log tells of a crash:\n{hub.log_text()[:8000]}")

    def drain(self):
        """Ends it in good order."""
        self.problems += self._end(lambda hub: None).finish()

    def _end(self, end):
        hub, self.hub = self.hub, None
        end(hub)
        return hub

    def restart(self):
        """Kills it and starts it again; returns the time until it listened."""
        self.kill()
        began = time.monotonic()
        self.start()
        return time.monotonic() - began

    def finish(self):
        """Ends it if it runs, and says what was wrong with any of its lives."""
        if self.hub:
            self.drain()
        return self.problems

    def refusal(self, *flags):
        """The exit code and the log of one more process on the same directory, which must end by itself."""
        log = self.scratch / "refused.log"
        hub = Hub(log, (*self.flags, *flags))
        try:
            code = hub.wait()
        except subprocess.TimeoutExpired:
            hub.process.kill()
            raise AssertionError(f"it runs on after {seconds(20)} s: {hub.log_text()}") from None
        finally:
            hub.process.stdout.close()
        return code, hub.log_text()
