"""WebSockets by the `websockets` library, for tests that go step by step: one event loop in a thread serves them all."""

import asyncio
import json
import threading

import websockets

from .waiting import seconds

_loop = asyncio.new_event_loop()
threading.Thread(target=_loop.run_forever, daemon=True).start()


def options(**more):
    """For `websockets.connect`: nothing is sent that a test does not send, and all that comes is taken."""
    return {
        "max_size": None, "max_queue": None, "ping_interval": None, "compression": None, "open_timeout": seconds(20),
        "close_timeout": seconds(2), **more,
    }


class Closed(Exception):
    """The hub has closed, with this code and reason."""

    def __init__(self, code, reason):
        super().__init__(f"closed with {code} {reason!r}")
        self.code, self.reason = code, reason


class Socket:
    def __init__(self, url, **more):
        self._call(self._open(url, options(**more)), 30)

    async def _open(self, url, settings):
        self._socket = await websockets.connect(url, **settings)

    @staticmethod
    def _call(coroutine, limit=15):
        async def bounded():
            return await asyncio.wait_for(coroutine, seconds(limit))

        try:
            return asyncio.run_coroutine_threadsafe(bounded(), _loop).result()
        except websockets.exceptions.ConnectionClosed as closed:
            frame = closed.rcvd
            raise Closed(frame.code if frame else 1006, frame.reason if frame else "") from None

    @property
    def subprotocol(self):
        return self._socket.subprotocol

    def send(self, message):
        """Sends an object as JSON, text as it is, bytes as a binary message."""
        text = message if isinstance(message, (str, bytes)) else json.dumps(message)
        self._call(self._socket.send(text))

    def receive_text(self, limit=15):
        return self._call(self._socket.recv(), limit)

    def receive(self, limit=15):
        return json.loads(self.receive_text(limit))

    def expect(self, kind, limit=15):
        """The next frame, which must be of this type."""
        frame = self.receive(limit)
        assert frame["type"] == kind, frame
        return frame

    def ask(self, message):
        """Sends a message and returns the next frame."""
        self.send(message)
        return self.receive()

    def take(self, count):
        """The next `count` frames."""

        async def many():
            return [json.loads(await self._socket.recv()) for _ in range(count)]

        return self._call(many(), 60)

    def ping(self):
        """Sends a ping, and returns when its pong has come."""

        async def both():
            await (await self._socket.ping())

        self._call(both())

    def expect_close(self, limit=15):
        """The code and reason of the close, before which nothing more may come."""
        try:
            frame = self.receive_text(limit)
        except Closed as closed:
            return closed.code, closed.reason
        raise AssertionError(f"instead of a close there came {frame!r}")

    def expect_refusal(self, code, close):
        """An error frame with `code`, and a close with the code `close`."""
        assert self.expect("error")["code"] == code
        assert self.expect_close()[0] == close

    def abort(self):
        """Cuts the link, without a close."""
        _loop.call_soon_threadsafe(self._socket.transport.abort)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._socket.close(), _loop).result(seconds(30))
