"""A proxy as some companies have: it lets HTTP through, and no WebSocket."""

import socket
import threading


class NoUpgrades:
    """`refused` counts the handshakes that it has answered itself."""

    def __init__(self, hub):
        self.target = (hub.host, hub.port)
        self.refused = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client:
            head = client.recv(65536)
            if b"upgrade: websocket" in head.lower():
                self.refused += 1
                client.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            with socket.create_connection(self.target) as hub:
                hub.sendall(head)
                back = threading.Thread(target=self._pump, args=(hub, client), daemon=True)
                back.start()
                self._pump(client, hub)
                back.join()

    @staticmethod
    def _pump(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self._listener.close()
