"""Plain sockets, for tests in which each byte counts, and for clients that misbehave."""

import base64
import os
import socket
import struct

from .curl import Response
from .waiting import seconds


class RawConnection:
    def __init__(self, host, port, receive_buffer=None, source=None):
        self.authority = f"{host}:{port}"
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(seconds(15))
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((host, port))
        self._received = b""

    def send(self, data):
        self.socket.sendall(data.encode("latin-1") if isinstance(data, str) else data)

    def request(self, method, path, fields=(), body=b"", host=None):
        """Sends a request with these field lines, and a Host unless that is ''."""
        host = self.authority if host is None else host
        lines = [f"{method} {path} HTTP/1.1", *([f"Host: {host}"] if host else []), *fields]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines) + "\r\n\r\n")
        self.send(body)

    def receive(self, limit=65536):
        """What has arrived next; empty at the end, also where the hub has cut the connection."""
        try:
            return self.socket.recv(limit)
        except ConnectionResetError:
            return b""

    def rest(self):
        """Everything up to the end."""
        parts = [self._received]
        self._received = b""
        while part := self.receive():
            parts.append(part)
        return b"".join(parts)

    def exactly(self, count):
        while len(self._received) < count:
            part = self.receive()
            assert part, f"the end after {self._received!r}"
            self._received += part
        result, self._received = self._received[:count], self._received[count:]
        return result

    def head(self):
        """The bytes of an answer's head."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.exactly(1)
        return head

    def response(self, head_only=False):
        """One answer, by its Content-Length."""
        response = Response(self.head())
        if not head_only:
            response.body = self.exactly(int(response.field("Content-Length") or 0))
        return response

    # WebSocket

    def upgrade(self, path="/v1/ws", fields=()):
        """Opens a WebSocket; returns the answer's head."""
        key = base64.b64encode(os.urandom(16)).decode()
        self.request("GET", path, [
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", *fields
        ])
        response = Response(self.head())
        assert response.status == 101, response
        return response

    def frame(self, opcode, payload=b"", final=True, masked=True, reserved=0):
        self.send(frame(opcode, payload, final, masked, reserved))

    def receive_frame(self):
        """Opcode and payload of the next frame, which must be whole and unmasked."""
        first, second = self.exactly(2)
        assert first & 0x80 and not first & 0x70 and not second & 0x80, (first, second)
        length = second
        if second == 126:
            length = struct.unpack(">H", self.exactly(2))[0]
        elif second == 127:
            length = struct.unpack(">Q", self.exactly(8))[0]
        return first & 0x0F, self.exactly(length)

    def expect_close(self):
        """The code of the close frame that must come after whatever else; then this side ends, and the hub does."""
        while True:
            opcode, payload = self.receive_frame()
            if opcode == 8:
                break
        self.frame(8, payload[:2])
        self.socket.shutdown(socket.SHUT_WR)
        assert self.rest() == b""
        return struct.unpack(">H", payload[:2])[0] if payload else None

    def close(self):
        self.socket.close()


def frame(opcode, payload=b"", final=True, masked=True, reserved=0):
    """The bytes of one frame of a client."""
    payload = payload.encode() if isinstance(payload, str) else payload
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if len(payload) < 126:
        head += bytes([mask_bit | len(payload)])
    elif len(payload) < 65536:
        head += bytes([mask_bit | 126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([mask_bit | 127]) + struct.pack(">Q", len(payload))
    if not masked:
        return head + payload
    mask = os.urandom(4)
    whole = (mask * (len(payload) // 4 + 1))[: len(payload)]
    masked_payload = int.from_bytes(payload, "big") ^ int.from_bytes(whole, "big")
    return head + mask + masked_payload.to_bytes(len(payload), "big")
