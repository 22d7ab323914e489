"""The examples as a newcomer runs them, and a stand-in for a hub that refuses."""

import http.server
import os
import pathlib
import select
import signal
import subprocess
import threading
import urllib.request

from .daemon import BINARY, clean_environment
from .waiting import seconds, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "scripts" / "examples"


class Program:
    """A program that runs until it is ended; what it prints is read line by line."""

    def __init__(self, command, log, environment=None):
        self.log = pathlib.Path(log)
        self.lines = []
        with open(self.log, "wb") as errors:
            self.process = subprocess.Popen(
                list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**clean_environment(), "PYTHONDONTWRITEBYTECODE": "1", **(environment or {})})
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def wait_for(self, count, limit=30):
        wait_until(
            lambda: len(self.lines) >= count or self.process.poll() is not None, limit,
            f"line {count} of {self.lines}, {self.log.read_text()}")
        return self.lines

    def wait(self, limit=60):
        return self.process.wait(seconds(limit))

    def stop(self, number=signal.SIGTERM):
        """The exit code, after that signal."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait()


class Example(Program):
    """`scripts/examples/run NAME`, once it has said what to do next."""

    def __init__(self, name, log, *flags, last):
        """`last` ends the last line that is awaited."""
        super().__init__([EXAMPLES / "run", name, "--binary", os.path.abspath(BINARY), *flags], log)
        wait_until(
            lambda: any(line.endswith(last) for line in self.lines) or self.process.poll() is not None, 60,
            f"{last!r} in {self.lines}")
        assert self.process.poll() is None, self.log.read_text()

    def children(self, parent=None):
        """Its processes, or those of one of them, by what they run."""
        wanted = parent or self.process.pid
        found = {}
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                parent = int((process / "stat").read_text().rpartition(") ")[2].split()[1])
                words = (process / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if parent == wanted:
                found[int(process.name)] = words
        return found

    def child(self, word):
        """The process that has this word in its command."""
        return next(process for process, words in self.children().items() if any(word in text for text in words))


class Refusing:
    """Passes publishes on to a hub, except that the first ones are refused, or their answers lost."""

    def __init__(self, hub, failures):
        """`failures`: for each of the first requests "busy" (503 without having done it), "lost" (done, and the answer
        lost) or "wrong" (refused for good)."""
        self.keys = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.keys.append(self.headers["Idempotency-Key"])
                failure = failures.pop(0) if failures else None
                if failure in ("busy", "wrong"):
                    return self._refuse(503 if failure == "busy" else 403)
                fields = {"Idempotency-Key": self.headers["Idempotency-Key"], "Content-Type": "application/json"}
                with urllib.request.urlopen(urllib.request.Request(hub.url(self.path), body, fields)) as answer:
                    text = answer.read()
                if failure == "lost":
                    self.close_connection = True
                    return None
                return self._answer(201, "application/json", text)

            def _refuse(self, status):
                code, temporary = ("ENGINE_UNAVAILABLE", "true") if status == 503 else ("FORBIDDEN", "false")
                problem = f'{{"status":{status},"code":"{code}","detail":"a stand-in","temporary":{temporary}}}'
                self._answer(status, "application/problem+json", problem.encode())

            def _answer(self, status, kind, body):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                if status == 503:
                    self.send_header("Retry-After", "1")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def is_alive(process):
    """Whether a process runs still; one that nobody has waited for does not."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False
