"""What can happen to nodes on one Redis, and that all is well again soon after it has ended."""

import collections
import concurrent.futures
import time

from .waiting import seconds, wait_until

# In which publishing must be back.
BACK = 10

# How the nodes are set: nothing is dropped from history meanwhile, and silence is seen soon.
FLAGS = ("--redis-room-events", "1000000", "--redis-time", "2s", "--redis-lease", "3s")


class Disturbances:
    """Each is a method that takes a torture whose nodes are a fleet with links, disturbs it, and waits until all nodes
    take events again."""

    def __init__(self, fleet, stop=5):
        """`stop` is how long Redis is stopped, and a link silent."""
        self.fleet, self.redis, self.stop = fleet, fleet.redis, stop
        self.times = collections.defaultdict(list)

    def kill_node(self, torture):
        torture.kill()

    def kill_redis(self, torture):
        self.redis.kill()
        self._pause(torture, 1)
        self.redis.start()

    def restart_redis(self, torture):
        self.redis.shut_down()
        self.redis.start()

    def stop_redis(self, torture):
        self.redis.stop()
        time.sleep(self.stop)
        self.redis.go_on()

    def cut_link(self, torture):
        self.fleet.any(torture.random).link.cut()

    def part_link(self, torture):
        """Cut, and for a while there is no other."""
        link = self.fleet.any(torture.random).link
        link.cut(refusing=True)
        self._pause(torture, 1)
        link.heal()

    def swallow_link(self, torture):
        link = self.fleet.any(torture.random).link
        link.swallow()
        time.sleep(self.stop)
        link.heal()

    OF_REDIS = ("kill_redis", "restart_redis", "stop_redis")
    OF_NODES = ("kill_node", "cut_link", "part_link", "swallow_link")
    KINDS = OF_REDIS + OF_NODES

    def mixed(self, torture, count):
        """So many of them, some of which are two at the same time."""
        for _ in range(count):
            if torture.random.random() < 0.3:
                yield f"{torture.random.choice(self.OF_REDIS)} {torture.random.choice(self.OF_NODES)}"
            else:
                yield torture.random.choice(self.KINDS)

    def once(self, torture, kinds):
        self._together([getattr(self, kind) for kind in kinds.split()], torture)
        began = time.monotonic()
        # What each has under way now may have been taken before or meanwhile.
        acknowledged = [len(publisher.acknowledged) + 1 for publisher in torture.publishers]
        for node in self.fleet:
            left = BACK - (time.monotonic() - began) / seconds(1)
            wait_until(lambda: takes_events(node.hub), max(left, 0.5), f"after {kinds} {node.name} takes events")
        self.times[kinds].append(round(time.monotonic() - began, 2))
        torture.wait(
            lambda: all(len(publisher.acknowledged) > count for publisher, count in zip(torture.publishers, acknowledged)),
            f"all publishers to go on after {kinds}")

    @staticmethod
    def _together(disturbances, torture):
        with concurrent.futures.ThreadPoolExecutor(len(disturbances)) as pool:
            for future in [pool.submit(disturbance, torture) for disturbance in disturbances]:
                future.result()

    @staticmethod
    def _pause(torture, longest):
        time.sleep(torture.random.uniform(0, longest))

    def run(self, torture, kinds):
        """One after the other, under load, and then the promises are checked."""
        left = list(kinds)
        done = 0

        def disturb(torture):
            nonlocal done
            self.once(torture, left[done])
            done += 1
            if done % 10 == 0:
                print(f"  {done}: {torture.report()}", flush=True)

        torture.run(disturb, len(left))
        torture.verify()


def takes_events(hub):
    return hub.post("/v1/rooms/probe/events", "1").status == 201
