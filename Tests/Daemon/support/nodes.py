"""Several hubs on one Redis."""

import random

from .link import Link
from .ports import free_port
from .restarts import RestartedHub
from .waiting import wait_until


class HubNode(RestartedHub):
    """One of them, which keeps its port over a restart. `link` is what its connections to Redis go through, if anything."""

    def __init__(self, scratch, name, engine, *flags, link=None):
        super().__init__(scratch, name, "--engine", engine, *flags, port=free_port())
        self.link = link
        # Fields that are given to each of its hubs.
        self.fields = {}

    def launch(self, *flags):
        hub = super().launch(*flags)
        hub.fields = self.fields
        return hub

    @property
    def node(self):
        """Its name, as the other nodes know it."""
        socket = self.hub.websocket(extra_headers=self.fields)
        name = socket.expect("welcome")["node"]
        socket.close()
        return name


class Fleet:
    """So many nodes on `redis`, by links of their own where `linked`. `own` gives each flags for it alone, by its name."""

    def __init__(self, scratch, redis, count, *flags, linked=False, engine=None, fields=None, own=lambda name: ()):
        self.redis = redis
        self.nodes = []
        for number in range(count):
            link = Link(redis.port) if linked else None
            url, name = engine or (link or redis).url, f"node{number}"
            self.nodes.append(HubNode(scratch, name, url, "--reactors", "2", *flags, *own(name), link=link))
            self.nodes[-1].fields = fields or {}

    def start(self):
        # They start at the same time, and are then waited for.
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.hub.wait_until_listening()
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        """Until each takes events and knows all that run."""
        running = [node.hub for node in self.nodes if node.hub]
        for hub in running:
            wait_until(lambda: hub.get("/ready").status == 200, what=f"{hub.authority} to be ready")
        for hub in running:
            hub.wait_for_metric("roomcast_nodes", lambda count: count >= len(running))

    def __iter__(self):
        return iter(self.nodes)

    def __getitem__(self, index):
        return self.nodes[index]

    def __len__(self):
        return len(self.nodes)

    @property
    def hubs(self):
        return [node.hub for node in self.nodes]

    def any(self, chance=random):
        return chance.choice(self.nodes)

    def finish(self):
        problems = [problem for node in self.nodes for problem in node.finish()]
        for node in self.nodes:
            if node.link:
                node.link.close()
        return problems
