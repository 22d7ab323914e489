"""Users with several tabs that come and go at random, through any of the hubs, while everybody looks on; and what must be
true afterwards."""

import asyncio
import collections
import json
import random
import time

import websockets

from .waiting import seconds
from .websocket import options

ROOM = "chat:flapping"


class View:
    """Who is in the room, as one observer is told it."""

    def __init__(self, name):
        self.name = name
        self.members = None
        # It was too slow once, and was told a list instead of some joins and leaves.
        self.was_late = False
        self.joins = collections.Counter()
        self.leaves = collections.Counter()
        self.problems = []

    def take(self, frame):
        kind = frame["type"]
        if kind in ("subscribed", "members"):
            users = [member["user"] for member in frame["members"]]
            if len(set(users)) != len(users) or frame["count"] != len(users):
                self.problems.append(f"{self.name}: a list of {frame['count']} is {users}")
            self.was_late = self.was_late or kind == "members"
            self.members = set(users)
        elif kind == "join":
            user = frame["member"]["user"]
            self.joins[user] += 1
            if user in self.members:
                self.problems.append(f"{self.name}: {user} has joined and was there")
            self.members.add(user)
        elif kind == "leave":
            user = frame["member"]["user"]
            self.leaves[user] += 1
            if user not in self.members:
                self.problems.append(f"{self.name}: {user} has left and was not there")
            self.members.discard(user)


class Tab:
    """One connection of a user, which comes and goes; while it is there it is an observer too."""

    def __init__(self, flapping, user, index):
        self.flapping, self.user, self.index = flapping, user, index
        self.random = random.Random(f"{flapping.seed}/{user}/{index}")
        self.socket = None
        self.is_present = False
        self.view = None
        self.stays = 0

    def nap(self, longest):
        return asyncio.sleep(self.random.uniform(0, longest))

    async def run(self):
        await self.nap(self.flapping.pace)
        while not self.flapping.is_over:
            await self.enter()
            await self.nap(self.flapping.pace)
            if not self.flapping.is_over:
                await self.leave()
                # As often shorter as longer than a leave is held back.
                await self.nap(self.flapping.hold * 2 if self.random.random() < 0.5 else self.flapping.pace)
        if self.random.random() < 0.5:
            await self.enter()
        else:
            await self.leave()

    async def enter(self):
        if self.is_present:
            return
        if self.socket is None:
            self.socket = await self.flapping.connect(self.user, self.random.choice(self.flapping.hubs))
            self.subscribed, self.unsubscribed = asyncio.Event(), asyncio.Event()
            self.reader = asyncio.create_task(self.read(self.socket))
        self.subscribed.clear()
        info = {"tab": self.index, "stay": self.stays}
        await self.socket.send(json.dumps({"type": "subscribe", "room": ROOM, "presence": info}))
        await asyncio.wait_for(self.subscribed.wait(), seconds(60))
        self.is_present = True
        self.stays += 1

    async def read(self, socket):
        try:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "subscribed":
                    self.view = View(f"{self.user}/{self.index}")
                    self.flapping.views.append(self.view)
                    self.view.take(frame)
                    if self.user not in self.view.members:
                        self.view.problems.append(f"{self.view.name} does not see itself")
                    self.subscribed.set()
                elif frame["type"] == "unsubscribed":
                    self.view = None
                    self.unsubscribed.set()
                elif self.view:
                    self.view.take(frame)
        except websockets.exceptions.ConnectionClosed:
            pass

    async def leave(self):
        if not self.is_present:
            return
        self.is_present = False
        way = self.random.choice(["unsubscribe", "close", "abort"])
        if way == "unsubscribe":
            self.unsubscribed.clear()
            await self.socket.send(json.dumps({"type": "unsubscribe", "room": ROOM}))
            await asyncio.wait_for(self.unsubscribed.wait(), seconds(60))
            return
        if way == "close":
            await self.socket.close()
        else:
            self.socket.transport.abort()
        await self.reader
        self.view, self.socket = None, None

    async def end(self):
        if self.socket:
            await self.socket.close()
            await self.reader


class Flapping:
    """A run of `duration` seconds with so many users; `token` makes a user's token, `hold` is how long leaves are held
    back, `pace` how long a tab stays at most."""

    def __init__(self, hubs, token, duration, seed, users=200, tabs=2, hold=3.0, pace=6.0, observers=3):
        self.hubs, self.token, self.duration, self.seed = hubs, token, duration, seed
        self.hold, self.pace = hold, pace
        self.tabs = [Tab(self, f"user{number}", index) for number in range(users) for index in range(tabs)]
        self.observers = [View(f"observer{number}") for number in range(observers)]
        self.views = []
        self.is_over = False

    def run(self, look):
        """Everything that is wrong, and what was done; `look` is called when all is quiet and everybody is still there."""
        return asyncio.run(self._run(look))

    async def connect(self, user, hub):
        url = f"ws://{hub.authority}/v1/ws"
        fields = {"Authorization": f"Bearer {self.token(user)}"}
        socket = await websockets.connect(url, **options(extra_headers=fields))
        assert json.loads(await socket.recv())["type"] == "welcome"
        return socket

    async def _observe(self, view, socket):
        async for text in socket:
            view.take(json.loads(text))

    async def _run(self, look):
        sockets, readers = [], []
        for index, view in enumerate(self.observers):
            sockets.append(await self.connect(view.name, self.hubs[index % len(self.hubs)]))
            await sockets[-1].send(json.dumps({"type": "subscribe", "room": ROOM}))
            view.take(json.loads(await sockets[-1].recv()))
            readers.append(asyncio.create_task(self._observe(view, sockets[-1])))
        tasks = [asyncio.create_task(tab.run()) for tab in self.tabs]
        await asyncio.sleep(self.duration)
        self.is_over = True
        await asyncio.gather(*tasks)
        problems = await self._settle()
        await asyncio.to_thread(look)
        for socket in sockets:
            await socket.close()
        await asyncio.gather(*readers, *(tab.end() for tab in self.tabs))
        return problems + self._compare(), self._report()

    def _truth(self):
        return {tab.user for tab in self.tabs if tab.is_present}

    def _living(self):
        return self.observers + [tab.view for tab in self.tabs if tab.is_present]

    async def _settle(self):
        """Waits until everybody sees the truth, and says who does not in time."""
        truth, end = self._truth(), time.monotonic() + seconds(self.hold + 30)
        while time.monotonic() < end:
            if all(view.members == truth for view in self._living()):
                break
            await asyncio.sleep(0.05)
        wrong = [view for view in self._living() if view.members != truth]
        return [
            f"{view.name} sees too many: {sorted(view.members - truth)}, too few: {sorted(truth - view.members)}"
            for view in wrong
        ]

    def _compare(self):
        problems = [problem for view in self.observers + self.views for problem in view.problems]
        truth = self._truth()
        for index in range(len(self.hubs)):
            # Who leaves and returns at the end of the time that leaves are held back, has left on some hubs and not on others.
            told = [view for view in self.observers[index::len(self.hubs)] if not view.was_late]
            for view in told[1:]:
                if (view.joins, view.leaves) != (told[0].joins, told[0].leaves):
                    problems.append(f"{view.name} was told other joins and leaves than {told[0].name}")
            problems += self._balance(told[0], truth) if told else []
        return problems

    def _balance(self, view, truth):
        problems = []
        for user in {tab.user for tab in self.tabs}:
            balance = view.joins[user] - view.leaves[user]
            if balance != (user in truth):
                problems.append(f"{user}: {view.joins[user]} joins, {view.leaves[user]} leaves, there: {user in truth}")
        return problems

    def members(self):
        """The users who must be there now."""
        return sorted(self._truth())

    def _report(self):
        first = self.observers[0]
        return {
            "users": len({tab.user for tab in self.tabs}), "tabs": len(self.tabs), "stays": sum(tab.stays for tab in self.tabs),
            "joins": first.joins.total(), "leaves": first.leaves.total(), "views": len(self.views), "seed": self.seed,
            "present": len(self._truth()), "late": sum(view.was_late for view in self.observers + self.views),
        }
