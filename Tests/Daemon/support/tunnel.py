"""A TCP proxy as the worst way to a hub: it cuts, delays, swallows and half-closes connections as a seed says."""

import random
import socket
import threading
import time


class Tunnel:
    """Each connection has a fate of its own, which comes over it after a while; `heal` spares those that come later."""

    FATES = ("cut", "swallow", "mute", "half-close", "delay", "torn")

    def __init__(self, hub, seed, life=2):
        """`life` is how many seconds a connection has on average before its fate."""
        self.target = (hub.host, hub.port)
        self.life = life
        self.connections = 0
        self.fates = dict.fromkeys(self.FATES, 0)
        self._random = random.Random(seed)
        self._is_healed = False
        self._is_closed = False
        self._ends = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def heal(self):
        """What comes from now on gets through. What is swallowed stays so, since nobody tells of a dead link."""
        self._is_healed = True

    def close(self):
        self._is_closed = True
        for end in (self._listener, *self._ends):
            _end(end)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._ends.add(client)
            fate = None if self._is_healed else self._random.choice(self.FATES)
            if fate:
                self.fates[fate] += 1
            # One that is never answered; the client has to know by itself how long that may take.
            if fate != "mute":
                _Passage(self, client, fate, random.Random(self._random.random())).start()


class _Passage:
    """One connection through it, until its fate."""

    def __init__(self, tunnel, client, fate, chance):
        self.tunnel, self.client, self.fate, self.chance = tunnel, client, fate, chance
        self.comes = time.monotonic() + chance.expovariate(1 / tunnel.life)
        # In the middle of whatever it is: a frame, a head, a line.
        self.bytes_left = chance.randrange(1, 20000)

    def start(self):
        try:
            self.hub = socket.create_connection(self.tunnel.target)
        except OSError:
            return _end(self.client)
        self.tunnel._ends.add(self.hub)
        for end in (self.client, self.hub):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for source, target in ((self.client, self.hub), (self.hub, self.client)):
            threading.Thread(target=self._pump, args=(source, target), daemon=True).start()
        if self.fate in ("cut", "half-close"):
            timer = threading.Timer(max(0, self.comes - time.monotonic()), self._fall)
            timer.daemon = True
            timer.start()

    def _fall(self):
        if self.fate == "cut":
            return self._finish()
        try:
            self.client.shutdown(self.chance.choice((socket.SHUT_RD, socket.SHUT_WR)))
        except OSError:
            pass

    def _pump(self, source, target):
        try:
            while data := source.recv(65536):
                if self.fate == "delay":
                    time.sleep(self.chance.uniform(0, 0.2))
                if self.fate == "torn":
                    data = data[:self.bytes_left]
                    self.bytes_left -= len(data)
                if self.fate == "swallow" and time.monotonic() > self.comes:
                    return
                target.sendall(data)
                if self.bytes_left <= 0 or (self.fate == "delay" and time.monotonic() > self.comes):
                    break
        except OSError:
            pass
        # An end is not seen through a black hole either, nor from the side that still may speak.
        if self.fate != "swallow" or time.monotonic() <= self.comes:
            self._finish()

    def _finish(self):
        for end in (self.client, self.hub):
            _end(end)
            self.tunnel._ends.discard(end)


def _end(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
