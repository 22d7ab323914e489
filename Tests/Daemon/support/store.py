"""A hub whose events are on disk: it can be killed, and started again on the same port and directory."""

import subprocess

from .daemon import Hub
from .restarts import RestartedHub
from .waiting import seconds


class StoredHub(RestartedHub):
    def __init__(self, scratch, *flags, directory=None):
        """`scratch` holds the logs, and the store unless it has a directory of its own."""
        self.directory = directory or scratch / "store"
        super().__init__(scratch, "store", "--engine", f"disk:{self.directory}", *flags)

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
