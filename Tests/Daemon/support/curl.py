"""HTTP by curl."""

import json
import subprocess

from .waiting import seconds


class Response:
    """One answer as curl wrote it down."""

    def __init__(self, text):
        # An interim answer (100) stands before the final one.
        while True:
            head, _, text = text.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            self.status = int(lines[0].split(" ")[1])
            if self.status >= 200 or self.status == 101:
                break
        self.fields = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
        self.body = text

    def field(self, name):
        """The one field of that name, or None."""
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} stands there {len(values)} times"
        return values[0] if values else None

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.fields} {self.body[:500]!r}>"

    def expect_problem(self, status, code):
        """This is that problem document, whole and well-formed."""
        assert self.status == status, self
        assert self.field("Content-Type") == "application/problem+json", self
        problem = self.json
        assert problem["code"] == code and problem["status"] == status, self
        assert set(problem) >= {"type", "title", "status", "code", "detail", "temporary", "traceId"}, self
        assert problem["title"] and problem["detail"] and len(problem["traceId"]) == 32
        assert isinstance(problem["temporary"], bool)
        if status in (429, 503):
            assert int(self.field("Retry-After")) >= 0, self
        return problem


def request(method, url, data=None, headers=None, options=()):
    """Performs one request. `data` makes curl's default Content-Type, as `-d` does, unless `headers` has another."""
    command = ["curl", "-sS", "-i", "--http1.1", "--noproxy", "*", "--max-time", str(seconds(60)), *options]
    command += ["-I"] if method == "HEAD" else ["-X", method]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}" if value else f"{name}:"]
    if data is not None:
        data = data.encode() if isinstance(data, str) else data
        command += ["--data-binary", "@-"]
    done = subprocess.run([*command, url], input=data, capture_output=True)
    assert done.returncode == 0, f"curl ended with {done.returncode}: {done.stderr.decode()}"
    return Response(done.stdout)
