"""A TCP proxy that cuts its connections after a random number of bytes, in the middle of whatever they belong to."""

import socket
import threading


class Cutter:
    """Each connection may carry as many bytes to the hub and back as `budgets(n)` says, a pair for the n-th."""

    def __init__(self, hub, budgets):
        self.hub, self.budgets = hub, budgets
        self.connections = 0
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            requests, answers = self.budgets(self.connections)
            self.connections += 1
            hub = socket.create_connection((self.hub.host, self.hub.port))
            threading.Thread(target=self._pump, args=(client, hub, requests), daemon=True).start()
            threading.Thread(target=self._pump, args=(hub, client, answers), daemon=True).start()

    def _pump(self, source, target, left):
        try:
            while left > 0:
                data = source.recv(min(65536, left))
                if not data:
                    break
                target.sendall(data)
                left -= len(data)
            self.cuts += left == 0
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def close(self):
        self._listener.close()
