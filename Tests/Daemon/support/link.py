"""A TCP proxy between a hub and its Redis, which can be cut, or become a black hole."""

import socket
import threading


class Link:
    """Forwards to `port` on this machine until it is told otherwise."""

    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.connections = 0
        self._lock = threading.Lock()
        self._open = set()
        self._flows = threading.Event()
        self._flows.set()
        self._is_refusing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    # What can be done to it

    def cut(self, refusing=False):
        """Ends all connections at once; with `refusing` each new one too, until `heal`."""
        self._is_refusing = refusing
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            self._end(end)

    def swallow(self):
        """From now on nothing comes through, and nobody is told: what is sent waits, and new connections are accepted."""
        self._flows.clear()

    def heal(self):
        """What waits comes through, as when a network comes back."""
        self._is_refusing = False
        self._flows.set()

    def close(self):
        self._end(self._listener)
        self.heal()
        self.cut()

    # How it works

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        if self._is_refusing:
            return self._end(client)
        with self._lock:
            self._open.add(client)
        self._flows.wait()
        try:
            server = socket.create_connection(self.target)
        except OSError:
            return self._end(client)
        with self._lock:
            is_cut = client not in self._open
            self._open.add(server)
        if is_cut:
            return self._end(server)
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._pump, args=(server, client), daemon=True).start()
        self._pump(client, server)

    def _pump(self, source, target):
        try:
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
        except OSError:
            pass
        # An end is not seen through a black hole either.
        self._flows.wait()
        for end in (source, target):
            self._end(end)
            with self._lock:
                self._open.discard(end)

    @staticmethod
    def _end(end):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        end.close()
