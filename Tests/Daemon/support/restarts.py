"""A hub that can be killed, and started again on the same port."""

import time

from .daemon import CRASH, Hub


class RestartedHub:
    """`hub` is the process that runs now; each has a log of its own."""

    def __init__(self, scratch, name, *flags, port=0):
        """`scratch` holds the logs, which begin with `name`."""
        self.scratch, self.name, self.flags, self.port = scratch, name, flags, port
        self.starts = 0
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
        log = self.scratch / f"{self.name}-{self.starts}.log"
        self.hub = Hub(log, (*self.flags, *flags), port=self.port)
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
