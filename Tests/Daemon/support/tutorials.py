"""The tutorials' steps: terminals to be typed again, pages to be served, a program to be compiled."""

import http.server
import os
import pathlib
import re
import shlex
import subprocess
import threading

from .daemon import BINARY, clean_environment
from .examples import ROOT
from .waiting import seconds

CATALOGUE = ROOT / "Sources" / "HubServer" / "HubServer.docc"
STEPS = CATALOGUE / "Resources" / "Tutorials"
HUB = "http://127.0.0.1:8080"
# What differs from run to run.
MASKS = [
    (r"\b[A-Za-z0-9_]{7,8}-(\d+)", r"EPOCH-\1"),
    (r'"(traceId|connection|since|time|bytes)":("[0-9a-f]+"|\d+)', r'"\1":…'),
    (r"\bnode \w+", "node …"),
    (r"http://127\.0\.0\.1:\d+", "HUB"),
    (r"\bbench-\w+-…", "bench-…"),
    # What `bench` has measured: cells of numbers.
    (r"(?<=\| )[\d,.]+(?: %)?(?= \|)", "N"),
]


class Terminal:
    """A terminal of a tutorial: commands, each with what it printed."""

    def __init__(self, name):
        self.commands = []
        for part in re.split(r"^\$ ", (STEPS / name).read_text(), flags=re.M)[1:]:
            lines = part.rstrip("\n").split("\n")
            # A command goes on until its quotes are closed.
            for end in range(1, len(lines) + 1):
                try:
                    shlex.split("\n".join(lines[:end]))
                    break
                except ValueError:
                    continue
            self.commands.append(("\n".join(lines[:end]), "\n".join(lines[end:])))


def mask(text):
    """The lines, in no order between the two streams of a command, without what differs from run to run."""
    for pattern, replacement in MASKS:
        text = re.sub(pattern, replacement, text)
    return sorted(line for line in text.split("\n") if line)


def type_again(hub, command, positions=None):
    """Runs a command of a tutorial at this hub, and returns what it printed."""
    for old, new in (positions or {}).items():
        command = command.replace(old, new)
    # A stream does not end by itself.
    command = command.replace("curl -N", "curl -N --max-time 1").replace("curl ", "curl -sS ").replace(HUB, hub.url(""))
    folder = os.path.dirname(os.path.abspath(BINARY))
    environment = {**clean_environment(), "PATH": f"{folder}:{os.environ['PATH']}", "ROOMCAST_URL": hub.url("")}
    done = subprocess.run(
        ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment,
        timeout=seconds(60))
    return re.sub(r"^curl: \(28\).*\n", "", done.stdout, flags=re.M)


class Pages(http.server.ThreadingHTTPServer):
    """Serves the step of a tutorial at its origin, and answers POST with a token."""

    daemon_threads = True

    def __init__(self, token=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.origin, self.page, self.token = f"http://127.0.0.1:{self.server_port}", "", token
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def show(self, name, hub):
        self.page = (STEPS / name).read_text().replace(HUB, hub.url(""))
        assert hub.url("") in self.page
        return f"{self.origin}/"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer("text/html", self.server.page)

    def do_POST(self):
        self._answer("text/plain", self.server.token())

    def _answer(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def compile_swift(source, output=None):
    """Compiles a step against the modules as they were built; without `output` it is only checked."""
    products = pathlib.Path(BINARY).resolve().parent
    command = [
        "swiftc", "-parse-as-library", "-swift-version", "6", "-warnings-as-errors", "-I", products / "Modules",
        "-Xcc", f"-fmodule-map-file={ROOT / 'Sources/COpenSSL/module.modulemap'}",
        "-Xcc", f"-fmodule-map-file={products / 'CLinux.build/module.modulemap'}", source,
    ]
    if output:
        command += ["-o", output, products / "CLinux.build/CLinux.c.o", "-lssl", "-lcrypto", "-lz"]
        for module in ("HubClient", "HubIO", "HubWire"):
            files = (ROOT / "Sources" / module).rglob("*.swift")
            command += [products / f"{module}.build" / f"{file.name}.o" for file in files]
    else:
        command.append("-typecheck")
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=seconds(120))
    assert done.returncode == 0, done.stderr
