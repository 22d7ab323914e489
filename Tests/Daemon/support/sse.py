"""Event streams over Python's own HTTP client, with a reader after the event stream format of the HTML standard."""

import collections
import http.client
import json

from .waiting import seconds

Event = collections.namedtuple("Event", "id name data")


class EventStream:
    def __init__(self, host, port, path, last=None, headers=None):
        """`last` is the Last-Event-ID."""
        self._connection = http.client.HTTPConnection(host, port, timeout=seconds(15))
        fields = {"Accept": "text/event-stream", **(headers or {})}
        if last is not None:
            fields["Last-Event-ID"] = last
        self._connection.request("GET", path, headers=fields)
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.fields = self._response.headers
        self.comments = 0
        self.retry = []
        self.last = last

    def read(self):
        """The body of a response that is no stream, as JSON."""
        return json.loads(self._response.read())

    def next(self):
        """The next event; None at the end of the stream."""
        event_id, name, data = None, "message", []
        while True:
            line = self._response.readline()
            # A line that is cut off says nothing.
            if not line.endswith(b"\n"):
                return None
            line = line.decode().rstrip("\n")
            field, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if line == "":
                if data:
                    self.last = event_id or self.last
                    return Event(event_id, name, json.loads("\n".join(data)))
                event_id, name = None, "message"
            elif field == "":
                self.comments += 1
            elif field == "id":
                event_id = value
            elif field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "retry":
                self.retry.append(int(value))
            else:
                raise AssertionError(f"an unknown field: {line!r}")

    def take(self, count):
        return [self.next() for _ in range(count)]

    def expect(self, name):
        """The next event, which must have this name."""
        event = self.next()
        assert event and event.name == name, event
        return event

    def wait_for_comment(self):
        """Reads up to the next comment line."""
        while True:
            line = self._response.readline()
            assert line, "the stream has ended"
            if line.startswith(b":"):
                return

    def close(self):
        self._response.close()
        self._connection.close()
