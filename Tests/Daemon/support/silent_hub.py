"""A hub that welcomes one client over a WebSocket, and says nothing after it."""

import base64
import hashlib
import json
import re
import socket
import struct

from .raw import frame
from .waiting import seconds


class SilentHub:
    def __init__(self, ping):
        self._welcome = {"type": "welcome", "connection": "c", "node": "n", "ping": ping}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(seconds(20))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def messages(self):
        """What the client says until it ends the connection, in JSON."""
        connection, _ = self._listener.accept()
        # Another one is refused.
        self._listener.close()
        connection.settimeout(seconds(20))
        with connection, connection.makefile("rb") as stream:
            head = b"".join(iter(stream.readline, b"\r\n")).decode()
            key = re.search(r"Sec-WebSocket-Key: (\S+)", head, re.IGNORECASE)[1]
            # RFC 6455 section 4.2.2.
            digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
            connection.sendall((
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                f"Sec-WebSocket-Protocol: roomcast.v1\r\nSec-WebSocket-Accept: {base64.b64encode(digest).decode()}\r\n\r\n"
            ).encode() + frame(1, json.dumps(self._welcome), masked=False))
            messages = []
            while start := stream.read(2):
                length = start[1] & 0x7F
                if length == 126:
                    length = struct.unpack(">H", stream.read(2))[0]
                mask, payload = stream.read(4), stream.read(length)
                messages.append(json.loads(bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))))
            return messages
