"""More than one Redis: shards, Redis Cluster and Sentinel; and Redis behind TLS and a password."""

import os
import random
import subprocess

import pytest

from support.certificates import make
from support.daemon import Hub
from support.layouts import RedisCluster, SentinelSet
from support.nodes import Fleet
from support.redis import RedisServer
from support.torture import ROOMS, Torture
from support.waiting import wait_until

MANY = ("--redis-room-events", "1000000", "--redis-time", "2s", "--redis-lease", "3s")


@pytest.fixture
def servers(tmp_path):
    """Makes servers, or sets of them, and ends them."""
    made = []

    def servers(kind, *arguments, **options):
        made.append(kind(tmp_path / f"servers{len(made)}", *arguments, **options))
        return made[-1]

    yield servers
    for server in made:
        server.finish()


@pytest.fixture
def nodes(tmp_path):
    """Starts nodes with an engine's address."""
    fleets = []

    def nodes(engine, count, *flags):
        scratch = tmp_path / f"nodes{len(fleets)}"
        scratch.mkdir()
        fleets.append(Fleet(scratch, None, count, *flags, engine=engine))
        return fleets[-1].start()

    yield nodes
    problems = [problem for fleet in fleets for problem in fleet.finish()]
    assert not problems, "\n".join(problems)


def torture(nodes):
    seed = int(os.environ.get("ROOMCAST_SEED") or random.randrange(1 << 32))
    print(f"seed {seed}")
    return Torture(nodes, seed)


def acknowledged(torture):
    return [len(publisher.acknowledged) for publisher in torture.publishers]


def wait_for_more(torture, count=10):
    before = acknowledged(torture)
    torture.wait(
        lambda: all(now >= then + count for now, then in zip(acknowledged(torture), before)), "publishing that goes on")


# Shards


def test_rooms_are_spread_over_shards(servers, nodes):
    shards = [servers(RedisServer) for _ in range(2)]
    both = nodes(",".join(shard.url for shard in shards), 2, *MANY)
    names = [f"spread:{number}" for number in range(40)]
    for number, name in enumerate(names):
        both[number % 2].hub.publish(name, number)
    held = [{key.split("{")[1].split("}")[0] for key in shard.call("KEYS", "roomcast:*:room").split()} for shard in shards]
    assert held[0] | held[1] == set(names) and not held[0] & held[1] and min(map(len, held)) > 5, held
    for name in names:
        assert len(both[0].hub.history(name)) == 1

    def disturb(torture):
        wait_for_more(torture)
        shards[torture.random.randrange(2)].restart()
        wait_for_more(torture)

    run = torture(both)
    run.run(disturb, 2)
    run.verify()


# Redis Cluster


def test_slots_move_while_they_are_used(servers, nodes):
    cluster = servers(RedisCluster)
    both = nodes(cluster.url, 2, "--redis-cluster", *MANY)
    run = torture(both)

    def disturb(torture):
        room = torture.random.choice(ROOMS)
        source, target = cluster.move(cluster.slot(f"{{{room}}}"))
        assert source is not target
        wait_for_more(torture)

    run.run(disturb, 4)
    run.verify()
    assert len({cluster.owner(cluster.slot(f"{{{room}}}")).port for room in ROOMS}) > 1
    # Nobody was sent away for that.
    assert run.report()["resumes"] == 0


def test_a_replica_takes_over_in_a_cluster(servers, nodes):
    cluster = servers(RedisCluster, replicas=1)
    both = nodes(cluster.url, 2, "--redis-cluster", *MANY)
    sockets = {room: [hub.subscriber(room) for hub in both.hubs] for room in ROOMS}
    for room in ROOMS:
        for number in range(5):
            both[number % 2].hub.publish(room, number)
    # A cluster's replicas follow without being waited for: what is here is on all of them before one is needed.
    for master in cluster.masters:
        master.wait_for_replica()
    room = ROOMS[0]
    dead = cluster.owner(cluster.slot(f"{{{room}}}"))
    dead.kill()
    for hub in both.hubs:
        wait_until(lambda: hub.get("/ready").status == 503, 20, "a master that is missed")
    cluster.wait_until_whole()
    both.wait_until_ready()
    for room in ROOMS:
        wait_until(lambda: both[0].hub.post(f"/v1/rooms/{room}/events", "5").status == 201, what="publishing")
        positions = [event["position"] for event in both[1].hub.history(room)]
        assert len(positions) == 6
        for socket in sockets[room]:
            assert [event["position"] for event in socket.take(6)] == positions
    dead.start()


# Sentinel


def test_sentinels_put_another_master_in_place(servers, nodes):
    servers = servers(SentinelSet)
    both = nodes(servers.url, 2, "--redis-sentinel", servers.NAME, *MANY)
    sockets = [hub.subscriber("a") for hub in both.hubs]
    positions = [both[number % 2].hub.publish("a", number)["position"] for number in range(5)]
    servers.master.wait_for_replica()
    servers.fail_over()
    both.wait_until_ready()
    wait_until(lambda: both[0].hub.post("/v1/rooms/a/events", "5").status == 201, 20, "publishing")
    assert [event["position"] for event in both[1].hub.history("a")][:5] == positions
    for socket in sockets:
        assert [event["data"] for event in socket.take(6)] == list(range(6))
    # The old one comes back, and is not written to.
    servers.master.start()
    wait_until(lambda: "role:slave" in servers.master.replication, 40, "the old master to follow")
    assert both[1].hub.publish("a", 6)["offset"] == 7


def test_a_master_that_is_one_no_more_is_left(servers, nodes):
    servers = servers(SentinelSet)
    both = nodes(servers.url, 2, "--redis-sentinel", servers.NAME, *MANY)
    sockets = [hub.subscriber("a") for hub in both.hubs]
    both[0].hub.publish("a", 0)
    servers.ask(servers.sentinels[0], "SENTINEL", "FAILOVER", servers.NAME)
    servers.wait_for_promotion()
    # Both servers run: only what they say tells who is the master.
    for number in (1, 2):
        wait_until(lambda: both[number % 2].hub.post("/v1/rooms/a/events", str(number)).status == 201, 20, "publishing")
    for socket in sockets:
        assert [event["data"] for event in socket.take(3)] == [0, 1, 2]


# Who may


@pytest.fixture
def alone(tmp_path):
    """Starts one hub without waiting until it is ready."""
    hubs = []

    def alone(engine, *flags, **options):
        flags = ("--reactors", "2", *flags) + (("--engine", engine) if engine else ())
        hubs.append(Hub(tmp_path / f"alone{len(hubs)}.log", flags, **options))
        hubs[-1].wait_until_listening()
        return hubs[-1]

    yield alone
    problems = [problem for hub in hubs for problem in hub.finish()]
    assert not problems, "\n".join(problems)


def is_ready(hub):
    return hub.get("/ready").status == 200


def wait_for_reason(hub, *words):
    """The log says why the engine takes no events."""

    def look():
        reasons = [line["reason"] for line in hub.log_lines() if line["message"] == "the engine takes no events"]
        return [reason for reason in reasons if any(word in reason for word in words)]

    return wait_until(look, what=f"a reason with one of {words}")[0]


def test_redis_is_talked_to_over_tls_and_believed_by_its_authority(servers, alone, tmp_path):
    authority, other = make(tmp_path, "authority", "authority", ()), make(tmp_path, "other", "other", ())
    pair = make(tmp_path, "redis", issuer=authority)
    redis = servers(RedisServer, tls=pair, authority=authority.certificate)
    hub = alone(redis.url, "--redis-authorities", str(authority.certificate))
    wait_until(lambda: is_ready(hub), what="the hub to be ready")
    socket = hub.subscriber("a")
    hub.publish("a", 1)
    assert socket.expect("event")["data"] == 1
    hub = alone(redis.url, "--redis-authorities", str(other.certificate))
    wait_for_reason(hub, "certificate")
    hub.get("/ready").expect_problem(503, "ENGINE_UNAVAILABLE")
    hub.post("/v1/rooms/a/events", "1").expect_problem(503, "ENGINE_UNAVAILABLE")
    # A name that the certificate does not have.
    stranger = make(tmp_path, "stranger", "stranger", ("DNS:stranger",), issuer=authority)
    redis = servers(RedisServer, tls=stranger, authority=authority.certificate)
    hub = alone(redis.url, "--redis-authorities", str(authority.certificate))
    wait_for_reason(hub, "certificate", "name")
    hub.get("/ready").expect_problem(503, "ENGINE_UNAVAILABLE")


def secret_file(tmp_path, text):
    file = tmp_path / "redis.secret"
    file.write_text(text + "\n")
    file.chmod(0o600)
    return str(file)


def everything_told(hub):
    """All that somebody else can read of it."""
    process = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(hub.process.pid)], capture_output=True, text=True)
    answers = [hub.get("/ready").text, hub.post("/v1/rooms/a/events", "1").text, hub.get("/metrics").text]
    return "\n".join([process.stdout, hub.log_text(), *answers])


def test_the_password_is_shown_to_redis_alone(servers, alone, tmp_path):
    password = "correct-horse-battery"
    redis = servers(RedisServer, user="rooms", password=password)
    flags = ("--redis-user", "rooms", "--redis-password-file", secret_file(tmp_path, password), "--log-level", "debug")
    hub = alone(redis.url, *flags)
    wait_until(lambda: is_ready(hub), what="the hub to be ready")
    socket = hub.subscriber("a")
    hub.publish("a", 1)
    assert socket.expect("event")["data"] == 1
    hub.get("/v1/nodes")
    assert password not in everything_told(hub)
    # A wrong one is refused, which the log says, without it.
    wrong = "wrong-horse-battery"
    hub = alone(redis.url, "--redis-user", "rooms", "--redis-password-file", secret_file(tmp_path, wrong))
    wait_for_reason(hub, "WRONGPASS")
    hub.get("/ready").expect_problem(503, "ENGINE_UNAVAILABLE")
    assert wrong not in everything_told(hub)
    # None at all.
    hub = alone(redis.url)
    wait_for_reason(hub, "NOAUTH")


def test_a_password_in_the_environment_is_not_told_either(servers, alone):
    password = "correct-horse-battery"
    redis = servers(RedisServer, user="rooms", password=password)
    address = f"redis://rooms:{password}@{redis.authority_part}"
    hub = alone(None, environment={"ROOMCAST_ENGINE": address})
    wait_until(lambda: is_ready(hub), what="the hub to be ready")
    hub.publish("a", 1)
    redis.kill()
    wait_until(lambda: not is_ready(hub), what="Redis to be missed")
    assert password not in everything_told(hub)


def test_hubs_with_other_prefixes_share_nothing(servers, nodes):
    redis = servers(RedisServer)
    one, other = (nodes(redis.url, 1, "--redis-prefix", prefix)[0].hub for prefix in ("one", "other"))
    sockets = [hub.subscriber("a") for hub in (one, other)]
    one.publish("a", 1)
    assert sockets[0].expect("event")["data"] == 1
    other.publish("a", 2)
    assert sockets[1].expect("event")["data"] == 2
    assert [event["data"] for event in other.history("a")] == [2]
    for hub in (one, other):
        assert len(hub.get("/v1/nodes").json["nodes"]) == 1
    assert all(key.startswith(("one:", "other:")) for key in redis.call("KEYS", "*").split())
