"""The daemon as a process: start, log, memory, signals, end."""

import json
import os
import pathlib
import pwd
import re
import select
import signal
import ssl
import subprocess

from . import curl
from .prometheus import parse
from .raw import RawConnection
from .sse import EventStream
from .waiting import seconds, wait_until
from .websocket import Socket

BINARY = os.environ.get("ROOMCAST_BINARY", ".build/debug/roomcast")
TICKS = os.sysconf("SC_CLK_TCK")

# What only a broken hub writes.
CRASH = re.compile(
    r"Fatal error|Precondition failed|Crash:|AddressSanitizer|ThreadSanitizer|LeakSanitizer|Segmentation fault", re.I
)


def clean_environment():
    """Without the tests' own variables, and without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ROOMCAST_")}


class Hub:
    """One `roomcast serve`, on a free port or the one told. Whatever was opened through it is closed before it ends."""

    def __init__(
        self, log, flags=(), environment=None, files=None, port=0, binary=BINARY, user=None, trust=None
    ):
        """`files` is the hard limit of descriptors; `user` starts it, who must be able to run `binary`; `trust` is the
        certificate file by which a hub with TLS is believed."""
        self.trust = trust
        self.log_path = pathlib.Path(log)
        command = [str(binary), "serve", "--port", str(port), *flags]
        if files:
            command = ["prlimit", f"--nofile={files}:{files}", *command]
        self.clients = []
        # Fields that the tests' own looks at it carry.
        self.fields = {}
        self.port = None
        with open(self.log_path, "wb") as output:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=output, env={**clean_environment(), **(environment or {})},
                user=user, group=user and pwd.getpwnam(user).pw_gid, extra_groups=[] if user else None,
            )

    def wait_until_listening(self):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds(20))
        line = self.process.stdout.readline().decode() if ready else ""
        found = re.fullmatch(r"listening on (https?)://(.+):(\d+)\n", line)
        assert found, f"the first line is {line!r}, the log:\n{self.log_text()}"
        self.scheme, self.host, self.port = found[1], found[2], int(found[3])

    # Its interface

    @property
    def authority(self):
        return f"{self.host}:{self.port}"

    def url(self, path):
        return f"{self.scheme}://{self.authority}{path}"

    def curl(self, method, path, **options):
        if self.trust:
            options["options"] = [*options.get("options", ()), "--cacert", str(self.trust)]
        return curl.request(method, self.url(path), **options)

    def get(self, path, **options):
        return self.curl("GET", path, **options)

    def post(self, path, data=b"", **options):
        return self.curl("POST", path, data=data, **options)

    def publish(self, room, data, query="", status=201, **options):
        """Publishes one JSON value, and returns the answer."""
        path = f"/v1/rooms/{room}/events" + (f"?{query}" if query else "")
        answer = self.post(path, json.dumps(data), **options)
        assert answer.status == status, answer
        return answer.json

    def publish_lines(self, envelopes):
        """Publishes many envelopes as one stream, and returns the report."""
        body = "\n".join(json.dumps(envelope) for envelope in envelopes)
        headers = {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}
        answer = self.post("/v1/events", body, headers=headers)
        assert answer.status == 200 and answer.json["failed"] == 0, answer
        return answer.json

    def history(self, room):
        """Every event of the room that is kept, read page by page."""
        events, after = [], "earliest"
        while True:
            page = self.get(f"/v1/rooms/{room}/events?after={after}&limit=1000").json
            assert page["recovered"] is True, page
            events += page["events"]
            after = page["position"]
            if not page["more"]:
                return events

    def websocket(self, path="/v1/ws", **options):
        if self.trust:
            options.setdefault("ssl", ssl.create_default_context(cafile=self.trust))
        socket = Socket(f"{self.scheme.replace('http', 'ws')}://{self.authority}{path}", **options)
        self.clients.append(socket)
        return socket

    def secret_websocket(self, credential, path="/v1/ws", **options):
        """A WebSocket that shows its credential in a field."""
        headers = {} if credential is None else {"Authorization": f"Bearer {credential}"}
        return self.websocket(path, extra_headers=headers, **options)

    def subscriber(self, room, after=None, **options):
        """A WebSocket that has been told that it is subscribed; `subscribed` is that frame."""
        socket = self.websocket(**options)
        request = {"type": "subscribe", "id": 1, "room": room}
        if after is not None:
            request["after"] = after
        socket.welcome = socket.expect("welcome")
        socket.send(request)
        socket.subscribed = socket.expect("subscribed")
        return socket

    def events(self, path, **options):
        stream = EventStream(self.host, self.port, path, **options)
        self.clients.append(stream)
        return stream

    def raw(self, **options):
        connection = RawConnection(self.host, self.port, **options)
        self.clients.append(connection)
        return connection

    def metrics(self):
        return parse(self.get("/metrics", headers=self.fields).text)

    def wait_for_metric(self, name, condition, labels=None, limit=15):
        """Looks at /metrics until `condition` holds for the sample, and returns it."""
        seen = []

        def look():
            seen[:] = [self.metrics().value(name, labels)]
            return condition(seen[0])

        wait_until(look, limit, f"{name} (now {seen})")
        return seen[0]

    # Its process

    def resident(self):
        """Resident memory in bytes."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def processor_seconds(self):
        """Processor time used so far, by it and by the kernel for it."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def log_text(self):
        return self.log_path.read_text(errors="replace")

    def log_lines(self):
        """The lines of the log that are complete, as objects."""
        return [json.loads(line) for line in self.log_text().split("\n")[:-1]]

    def wait_for_line(self, **fields):
        """The first line of the log with these fields."""

        def look():
            return [line for line in self.log_lines() if fields.items() <= line.items()]

        return wait_until(look, what=f"a log line with {fields}")[0]

    def limit_files(self, count):
        """Lowers the limit of descriptors while it runs."""
        subprocess.run(["prlimit", f"--pid={self.process.pid}", f"--nofile={count}:{count}"], check=True)

    def reload(self):
        """Has it read its settings again, and returns the line that says what became of it."""

        def outcomes():
            return [line for line in self.log_lines() if line["message"] == "reloaded" or "reload: nothing" in line["message"]]

        before = len(outcomes())
        self.process.send_signal(signal.SIGHUP)
        return wait_until(lambda: outcomes()[before:], what="the end of the reload")[0]

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, limit=20):
        """The exit code."""
        return self.process.wait(seconds(limit))

    def finish(self):
        """Ends it in good order, and says what is wrong with how it ended."""
        for client in self.clients:
            try:
                client.close()
            except Exception as failure:
                print(f"a client could not be closed: {failure!r}")
        if self.process.poll() is None:
            self.terminate()
        try:
            code = self.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.process.stdout.close()
        problems = [] if code == 0 else [f"the hub ended with {code} instead of 0; its log:\n{self.log_text()[-4000:]}"]
        problems += [f"the log tells of a crash:\n{self.log_text()[:8000]}"] if CRASH.search(self.log_text()) else []
        return problems
