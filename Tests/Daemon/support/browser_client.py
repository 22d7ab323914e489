"""The client for browsers under Node, told what to do line by line."""

import json
import pathlib
import subprocess
import threading

from .daemon import clean_environment
from .waiting import wait_until

BROWSER_TESTS = pathlib.Path(__file__).resolve().parents[2] / "Browser"


class BrowserClient:
    """`told` is all that it has told so far."""

    def __init__(self, url, log, **options):
        options = {"backoff": {"base": 50, "cap": 500}, "timeout": 5000, **options}
        self.told = []
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                ["node", str(BROWSER_TESTS / "support" / "drive.mjs"), url, json.dumps(options)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output, env=clean_environment(), text=True)
        self.log = log
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.told.append(json.loads(line))

    def call(self, name, **parameters):
        print(json.dumps({"call": name, **parameters}), file=self.process.stdin, flush=True)

    def all(self, **members):
        """What it has told with these members."""
        return [told for told in self.told if members.items() <= told.items()]

    def wait(self, count=1, **members):
        """The last of `count` such, once there are so many."""
        return wait_until(
            lambda: self.all(**members)[count - 1:count], 30, f"{count} of {members}; {self.told[-5:]}")[0]

    def wait_for(self, member, count=1):
        """What the last of `count` tellings with this member has there."""
        return wait_until(
            lambda: [told[member] for told in self.told if member in told][count - 1:count], 30,
            f"{count} of {member}; {self.told[-5:]}")[0]

    def offsets(self, room):
        return [told["offset"] for told in self.told if told.get("room") == room and "offset" in told]

    def finish(self):
        """Closes it, whereupon Node must end by itself: nothing is left that would keep it."""
        self.call("close")
        self.process.stdin.close()
        try:
            code = self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = "never"
        self._reader.join(20)
        self.process.stdout.close()
        return [] if code == 0 else [f"the client ended with {code}: {pathlib.Path(self.log).read_text()[-2000:]}"]
