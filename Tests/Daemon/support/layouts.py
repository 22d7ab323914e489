"""Several Redis servers that are one to the hub: a Redis Cluster, and a master with replicas and Sentinels."""

import signal
import subprocess

from .ports import free_port
from .redis import RedisServer
from .waiting import seconds, wait_until

SLOTS = 16_384


class RedisCluster:
    """Three masters, and so many replicas of each."""

    def __init__(self, directory, replicas=0):
        # Short where one must die; else longer than a busy machine lets a server wait.
        timeout = 2000 if replicas else 30_000
        self.servers = [self._server(directory / f"{index}", timeout) for index in range(3 * (1 + replicas))]
        self.masters = self.servers[:3]
        for server in self.servers[1:]:
            server.call("CLUSTER", "MEET", "127.0.0.1", self.masters[0].port, self.masters[0].bus)
        for index, master in enumerate(self.masters):
            begin, end = SLOTS * index // 3, SLOTS * (index + 1) // 3 - 1
            master.call("CLUSTER", "ADDSLOTSRANGE", begin, end)
        wait_until(lambda: all(self.knows_all(server) for server in self.servers), 30, "a cluster whose servers have met")
        for index, server in enumerate(self.servers[3:]):
            server.call("CLUSTER", "REPLICATE", self.id(self.masters[index % 3]))
        self.wait_until_whole()
        if replicas:
            wait_until(lambda: all(self.is_in_step(server) for server in self.servers[3:]), 30, "replicas that follow")

    @staticmethod
    def _server(directory, timeout):
        bus = free_port()
        server = RedisServer(
            directory, "--cluster-enabled", "yes", "--cluster-port", str(bus), "--cluster-node-timeout", str(timeout),
            "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0")
        server.bus = bus
        return server

    @property
    def url(self):
        """Two of the masters are enough to find the others."""
        return "redis://" + ",redis://".join(server.authority_part for server in self.masters[:2])

    def knows_all(self, server):
        return len(server.call("CLUSTER", "NODES").splitlines()) == len(self.servers)

    @staticmethod
    def is_in_step(server):
        return "master_link_status:up" in server.replication

    def wait_until_whole(self):
        living = [server for server in self.servers if server.process]
        wait_until(
            lambda: all("cluster_state:ok" in (server.try_call("CLUSTER", "INFO") or "") for server in living), 40,
            "a cluster that serves all slots")

    @staticmethod
    def id(server):
        return server.call("CLUSTER", "MYID")

    def slot(self, key):
        return int(self.masters[0].call("CLUSTER", "KEYSLOT", key))

    def owner(self, slot):
        """The master that has the slot."""
        for line in self.living.call("CLUSTER", "NODES").splitlines():
            words = line.split()
            for part in words[8:]:
                first, _, last = part.partition("-")
                if first.isdigit() and int(first) <= slot <= int(last or first):
                    return next(server for server in self.servers if server.port == int(words[1].split("@")[0].split(":")[1]))
        raise AssertionError(f"nobody has slot {slot}")

    @property
    def living(self):
        return next(server for server in self.servers if server.process)

    def move(self, slot):
        """Moves a slot with all it has from one master to another, step by step as an operator's tool does."""
        source = self.owner(slot)
        target = next(server for server in self.masters if server is not source)
        source_id, target_id = self.id(source), self.id(target)
        target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", source_id)
        source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", target_id)
        while keys := source.call("CLUSTER", "GETKEYSINSLOT", slot, 100).split():
            source.call("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *keys)
        for server in (target, source, *self.masters):
            server.call("CLUSTER", "SETSLOT", slot, "NODE", target_id)
        return source, target

    def finish(self):
        for server in self.servers:
            server.finish()


class SentinelSet:
    """One master, one replica, and Sentinels that put the replica in its place."""

    NAME = "rooms"

    def __init__(self, directory, sentinels=3):
        self.master = RedisServer(directory / "master", *self.FLAGS)
        self.replica = RedisServer(directory / "replica", "--replicaof", f"127.0.0.1 {self.master.port}", *self.FLAGS)
        wait_until(lambda: RedisCluster.is_in_step(self.replica), 30, "a replica that follows")
        self.sentinels = [self._sentinel(directory / f"sentinel{index}") for index in range(sentinels)]
        for sentinel in self.sentinels:
            wait_until(lambda: self._knows(sentinel, sentinels - 1), 30, "Sentinels that know each other")

    FLAGS = ("--repl-diskless-sync-delay", "0")

    def _sentinel(self, directory):
        directory.mkdir()
        port = free_port()
        configuration = directory / "sentinel.conf"
        configuration.write_text(
            f"port {port}\nbind 127.0.0.1\ndir {directory}\n"
            f"sentinel monitor {self.NAME} 127.0.0.1 {self.master.port} 2\n"
            f"sentinel down-after-milliseconds {self.NAME} 1000\n"
            f"sentinel failover-timeout {self.NAME} 4000\n")
        with open(directory / "sentinel.log", "wb") as log:
            process = subprocess.Popen(["redis-server", str(configuration), "--sentinel"], stdout=log, stderr=log)
        process.port = port
        return process

    def ask(self, sentinel, *words):
        done = subprocess.run(
            ["redis-cli", "-p", str(sentinel.port), *words], capture_output=True, text=True, timeout=seconds(10))
        return done.stdout.split() if done.returncode == 0 else []

    def _knows(self, sentinel, others):
        told = self.ask(sentinel, "SENTINEL", "MASTER", self.NAME)
        fields = dict(zip(told[::2], told[1::2]))
        return fields.get("num-other-sentinels") == str(others) and fields.get("num-slaves") == "1"

    @property
    def url(self):
        return ",".join(f"redis://127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)

    def fail_over(self):
        """The master dies, and its replica is the master."""
        self.master.kill()
        self.wait_for_promotion()

    def wait_for_promotion(self):
        wait_until(lambda: "role:master" in self.replica.replication, 40, "a replica that is the master")

    def finish(self):
        for sentinel in self.sentinels:
            sentinel.send_signal(signal.SIGKILL)
            sentinel.wait()
        self.master.finish()
        self.replica.finish()
