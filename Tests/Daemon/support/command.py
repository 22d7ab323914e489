"""`roomcast subscribe` and `publish` as processes, and what they print while they run."""

import json
import os
import pty
import queue
import signal
import subprocess
import threading

from .daemon import BINARY, clean_environment
from .waiting import seconds


class Following:
    """A `roomcast subscribe --json` that runs: its events, and its notices."""

    def __init__(self, url, *words, environment=None):
        self.process = subprocess.Popen(
            [BINARY, "subscribe", *words, "--json", "--url", url], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env={**clean_environment(), **(environment or {})})
        self._events, self._notices = queue.Queue(), queue.Queue()
        self.notices = []
        for stream, lines in ((self.process.stdout, self._events), (self.process.stderr, self._notices)):
            threading.Thread(target=self._read, args=(stream, lines), daemon=True).start()

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.put(json.loads(line))

    def event(self, limit=20):
        """The next event."""
        return self._events.get(timeout=seconds(limit))

    def until(self, limit=20, **fields):
        """The next notice with these fields."""
        while True:
            notice = self._notices.get(timeout=seconds(limit))
            self.notices.append(notice)
            if fields.items() <= notice.items():
                return notice

    def end(self):
        """Ends it by a signal, and returns its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds(20))


def on_terminal(*words, lines=(), until=None, environment=None):
    """Runs a command whose standard error is a terminal, to its end or until `until` stands there. Returns what stands there."""
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [BINARY, *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=terminal,
        env={**clean_environment(), "TERM": "xterm", **(environment or {})})
    os.close(terminal)
    threading.Thread(target=_feed, args=(process, lines), daemon=True).start()
    shown = b""
    while until is None or until not in shown:
        try:
            part = os.read(controller, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    if process.poll() is None and until is not None:
        process.send_signal(signal.SIGINT)
    process.wait(seconds(30))
    os.close(controller)
    return shown.decode()


def _feed(process, lines):
    for line in lines:
        process.stdin.write(line)
        process.stdin.flush()
    process.stdin.close()
