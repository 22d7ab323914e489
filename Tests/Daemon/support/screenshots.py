"""The command behind `scripts/screenshots`: FOLDER SECONDS. Pictures of the console, over a hub where much goes on."""

import asyncio
import json
import math
import pathlib
import random
import struct
import sys
import tempfile
import threading
import time
import zlib

import websockets

from .browser import Browser
from .credentials import Credentials, bearer
from .daemon import Hub
from .websocket import options

PEOPLE = ["ann", "bob", "chidi", "dora", "emeka", "freja", "gulnara", "hiro", "ines", "jonas", "kofi", "lena"]
SHOPS = ["berlin", "lagos", "lima", "osaka", "porto", "turin"]
ROOMS = [
    "orders", *(f"orders:{shop}" for shop in SHOPS), *(f"stock:{shop}" for shop in SHOPS), "chat:lobby", "chat:support",
    "news", "prices:EUR", "prices:USD", "scores:football", "scores:tennis", "telemetry:line-1", "telemetry:line-2",
]
SAYINGS = [
    "Good morning", "The truck is here", "Who has the key to bay 4?", "On my way", "Two are missing", "Thank you!",
]
# The most that a picture may have, for the pages that show it.
LARGEST = 150_000


class Bustle:
    """Clients who look on, and a service that posts."""

    def __init__(self, hub, credentials):
        self._hub, self._credentials = hub, credentials
        self._random = random.Random(7)
        self._end = threading.Event()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        for index in range(180):
            asyncio.run_coroutine_threadsafe(self._look_on(index), self._loop)
        self._poster = threading.Thread(target=self._post)
        self._poster.start()

    def end(self):
        self._end.set()
        self._poster.join()

    async def _look_on(self, index):
        user = PEOPLE[index % len(PEOPLE)]
        token = self._credentials.token(user, subscribe=["*"], presence=["chat:*"])
        await asyncio.sleep(index * 0.25 if index > 60 else 0)
        url = f"ws://{self._hub.authority}/v1/ws"
        async with websockets.connect(url, extra_headers=bearer(token), **options()) as socket:
            rooms = {"orders", ROOMS[index % len(ROOMS)], ROOMS[(index * 7 + 3) % len(ROOMS)]}
            for room in rooms:
                presence = {"presence": {"name": user.title()}} if room.startswith("chat:") else {}
                await socket.send(json.dumps({"type": "subscribe", "room": room, **presence}))
            async for _ in socket:
                pass

    def _post(self):
        began = time.monotonic()
        while not self._end.wait(0.35):
            passed = time.monotonic() - began
            count = max(1, int(8 + 5 * math.sin(passed / 23) + self._random.random() * 4))
            self._hub.post("/v1/events", json.dumps([self._event() for _ in range(count)]), headers={
                "Content-Type": "application/json", **self._hub.fields})

    def _event(self):
        draw = self._random
        room = draw.choice(["orders", "orders", "orders", *ROOMS])
        kind = room.partition(":")[0]
        if kind == "orders":
            number = draw.randrange(1000, 9999)
            if draw.random() < 0.3:
                paid = {"order": number, "by": draw.choice(["card", "cash"])}
                return {"room": room, "event": "order_paid", "data": paid}
            return {"room": room, "event": "order_created", "data": {
                "order": number, "shop": draw.choice(SHOPS), "total": round(draw.random() * 200, 2),
                "lines": [{"sku": f"A-{draw.randrange(99)}", "pieces": draw.randrange(1, 5)}],
            }}
        if kind == "chat":
            return {"room": room, "event": "said", "data": {"by": draw.choice(PEOPLE), "text": draw.choice(SAYINGS)}}
        return {"room": room, "event": "changed", "data": {"value": round(draw.random() * 100, 3)}}


def smaller(png):
    """The same picture, compressed as well as can be: browsers rather do it fast (PNG, section 10)."""
    chunks, place = [], 8
    while place < len(png):
        size, kind = struct.unpack(">I4s", png[place:place + 8])
        chunks.append((kind, png[place + 8:place + 8 + size]))
        place += size + 12
    pixels = zlib.compress(zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT")), 9)
    kept = [(kind, data) for kind, data in chunks if kind not in (b"IDAT", b"IEND")]
    return png[:8] + b"".join(
        struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in [*kept, (b"IDAT", pixels), (b"IEND", b"")])


def shots(hub, credentials, browser, folder, wait):
    """Takes them, each when its page has seen some minutes of it."""
    wanted = [
        ("console-light", "#/", {"width": 1200, "height": 720}, "light"),
        ("console-dark", "#/rooms/chat:lobby", {"width": 1200, "height": 720}, "dark"),
        ("console-phone", "#/", {"width": 390, "height": 844, "phone": True}, "light"),
    ]
    pages = []
    for name, address, size, scheme in wanted:
        page = browser.blank()
        page.look(**size, color_scheme=scheme)
        page.ask("Emulation.setScrollbarsHidden", hidden=True)
        page.go(hub.url("/roomcast.js"))
        page.run(f"sessionStorage.setItem('roomcast.key', {json.dumps(credentials.admin)})")
        page.go(hub.url("/" + address))
        pages.append((name, page))
    time.sleep(wait)
    for name, page in pages:
        file = folder / f"{name}.png"
        page.screenshot(file)
        file.write_bytes(smaller(file.read_bytes()))
        size = file.stat().st_size
        assert size <= LARGEST, f"{file} has {size} bytes, the limit is {LARGEST}"
        print(f"{file}: {size} bytes")


def main(folder, wait):
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="roomcast-screenshots-") as scratch:
        scratch = pathlib.Path(scratch)
        credentials = Credentials(scratch)
        credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
        hub = Hub(scratch / "hub.log", ["--settings", credentials.write()])
        hub.wait_until_listening()
        hub.fields = bearer(credentials.admin)
        profile = scratch / "browser"
        profile.mkdir()
        browser = Browser(profile)
        bustle = Bustle(hub, credentials)
        try:
            shots(hub, credentials, browser, folder, wait)
        finally:
            bustle.end()
            browser.close()
            hub.process.kill()
            hub.process.wait()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), float(sys.argv[2]))
