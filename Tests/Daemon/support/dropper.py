"""A proxy that loses or repeats a message on its way from the hub to a subscriber."""

import socket
import threading


class Dropper:
    """Stands before a hub. Of one WebSocket, the tenth event comes `copies` times instead of once."""

    def __init__(self, hub, copies):
        self.hub, self.copies = hub, copies
        self.lock = threading.Lock()
        self.events = {}
        self.victim = None
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            hub = socket.create_connection((self.hub.host, self.hub.port))
            threading.Thread(target=self._pass, args=(client, hub, lambda data: data), daemon=True).start()
            threading.Thread(target=self._pass, args=(hub, client, self._filter()), daemon=True).start()

    def _pass(self, source, target, change):
        try:
            while data := source.recv(65536):
                target.sendall(change(data))
        except OSError:
            pass
        for side in (source, target):
            try:
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _filter(self):
        buffer = bytearray()
        state = {"open": False, "events": 0}

        def change(data):
            buffer.extend(data)
            output = bytearray()
            if not state["open"]:
                if b"\r\n\r\n" not in buffer:
                    return b""
                if not buffer.startswith(b"HTTP/1.1 101"):
                    output[:] = buffer
                    buffer.clear()
                    return bytes(output)
                end = buffer.index(b"\r\n\r\n") + 4
                output += buffer[:end]
                del buffer[:end]
                state["open"] = True
            while len(buffer) >= 2:
                header, length = 2, buffer[1]
                if length >= 126:
                    header = 4 if length == 126 else 10
                    length = int.from_bytes(buffer[2:header], "big")
                if len(buffer) < header + length:
                    break
                frame = bytes(buffer[:header + length])
                del buffer[:header + length]
                state["events"] += b'"type":"event"' in frame
                output += frame * (self.copies if self._is_chosen(state) and state["events"] == 10 else 1)
            return bytes(output)

        return change

    def _is_chosen(self, state):
        with self.lock:
            if self.victim is None and state["events"] == 10:
                self.victim = state
            return self.victim is state
