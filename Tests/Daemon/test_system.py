"""What the hub asks of the operating system: sockets handed over, a user to become, memory that others cannot read."""

import os
import pathlib
import pwd
import re
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys

import pytest

from support.curl import request
from support.daemon import BINARY, clean_environment
from support.raw import RawConnection
from support.waiting import seconds, wait_until

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "deploy"
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
NOBODY = pwd.getpwnam("nobody")

# What systemd does between fork and exec: the socket becomes descriptor 3, and the process learns that it is meant.
ACTIVATE = """
import os, sys
count, handed, *command = sys.argv[1:]
for index in range(int(count)):
    os.dup2(int(handed), 3 + index)
environment = {**os.environ, "LISTEN_FDS": count, "LISTEN_PID": str(os.getpid())}
os.execve(command[0], command, environment)
"""


class Activated:
    """A hub that is given a socket, as systemd would; `listener` is that socket."""

    def __init__(self, listener, *flags, count=1):
        # High enough that it is not overwritten, and inherited.
        handed = os.dup2(listener.fileno(), 100, inheritable=True)
        self.process = subprocess.Popen(
            [sys.executable, "-c", ACTIVATE, str(count), str(handed), BINARY, "serve", *flags], pass_fds=[handed],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=clean_environment(),
        )
        os.close(handed)

    def first_line(self):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds(20))
        return self.process.stdout.readline().decode() if ready else ""

    def end(self):
        """Exit code and log after SIGTERM, or after it has ended by itself."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=seconds(30))
        return self.process.returncode, log.decode()

    def refusal(self):
        """Exit code and log of one that does not start."""
        output, log = self.process.communicate(timeout=seconds(30))
        assert output == b""
        return self.process.returncode, log.decode()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


# Socket activation


def test_a_handed_over_socket_is_served_by_all_reactors_and_its_address_is_told(listener):
    port = listener.getsockname()[1]
    early = RawConnection("127.0.0.1", port)
    early.request("POST", "/v1/rooms/a/events", body=b"1")
    hub = Activated(listener, "--reactors", "2", "--host", "127.0.0.9", "--port", "1")
    try:
        assert hub.first_line() == f"listening on http://127.0.0.1:{port}\n"
        assert early.response().status == 201, "a connection from before the start"
        streams = [RawConnection("127.0.0.1", port) for _ in range(20)]
        for stream in streams:
            stream.upgrade("/v1/rooms/a/events")
            assert b'"welcome"' in stream.receive_frame()[1] and b'"subscribed"' in stream.receive_frame()[1]
        assert request("POST", f"http://127.0.0.1:{port}/v1/rooms/a/events", "2").json["subscribers"] == 20
        for stream in streams:
            assert b'"data":2' in stream.receive_frame()[1]
            stream.close()
        early.close()
    finally:
        code, log = hub.end()
    assert code == 0, log


def test_the_socket_stays_usable_for_the_next_hub(listener):
    port = listener.getsockname()[1]
    for _ in range(2):
        hub = Activated(listener)
        assert hub.first_line() == f"listening on http://127.0.0.1:{port}\n"
        assert request("GET", f"http://127.0.0.1:{port}/health").status == 200
        code, log = hub.end()
        assert code == 0, log


def test_the_socket_decides_whether_an_open_hub_can_be_reached_from_elsewhere():
    with socket.create_server(("0.0.0.0", 0)) as listener:
        code, log = Activated(listener, "--host", "127.0.0.1").refusal()
        assert code not in (0, None) and "no credentials are configured" in log, log
        hub = Activated(listener, "--insecure")
        assert hub.first_line() == f"listening on http://0.0.0.0:{listener.getsockname()[1]}\n"
        code, log = hub.end()
        assert code == 0 and "open to everybody" in log, log


def test_a_reload_does_not_ask_for_another_address(listener):
    hub = Activated(listener, "--log-format", "json")
    assert hub.first_line()
    hub.process.send_signal(signal.SIGHUP)
    log = b""
    while b"reloaded" not in log:
        log += hub.process.stderr.readline()
    code, rest = hub.end()
    assert code == 0 and "need a restart" not in log.decode() + rest


def test_anything_but_one_listening_tcp_socket_is_refused(listener, tmp_path):
    with socket.socket(socket.AF_UNIX) as unix, socket.socket() as idle, socket.socket(type=socket.SOCK_DGRAM) as udp:
        unix.bind(str(tmp_path / "hub.sock"))
        unix.listen()
        for wrong in (unix, idle, udp):
            code, log = Activated(wrong).refusal()
            assert code == 69 and "TCP socket" in log and "LISTEN_FDS" in log, log
    code, log = Activated(listener, count=2).refusal()
    assert code == 69 and "2 sockets" in log, log


def test_sockets_for_another_process_are_left_alone(start):
    hub = start(environment={"LISTEN_FDS": "1", "LISTEN_PID": "1"})
    assert hub.get("/health").status == 200


# Another user


def threads(hub):
    """The ids of every thread: user, group and the other groups."""
    found = []
    for task in pathlib.Path(f"/proc/{hub.process.pid}/task").iterdir():
        text = (task / "status").read_text()
        ids = [set(map(int, re.search(rf"^{name}:(.*)$", text, re.M)[1].split())) for name in ("Uid", "Gid", "Groups")]
        capabilities = [int(re.search(rf"^{name}:\s+(\S+)$", text, re.M)[1], 16) for name in ("CapEff", "CapPrm")]
        found.append((*ids, *capabilities))
    return found


def low_port():
    for port in range(600, 1024):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise AssertionError("no port below 1024 is free")


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text("0123456789abcdef" * 4)
    file.chmod(0o600)
    return file


@pytest.fixture
def settings(tmp_path, secret):
    """Settings that name a secret which root alone can read."""
    file = tmp_path / "hub.json5"
    file.write_text(f'{{ tokens: {{ keys: [{{ algorithm: "HS256", secretFile: "{secret}" }}] }} }}')
    file.chmod(0o600)
    return file


@ROOT_ONLY
def test_all_threads_become_the_user_after_the_port_and_the_keys_were_root_s(start, settings, secret):
    port = low_port()
    hub = start("--user", "nobody", "--settings", str(settings), "--reactors", "2", port=port)
    assert hub.port == port
    seen = threads(hub)
    assert len(seen) >= 4, "the main thread, two reactors and the log"
    for user, group, groups, effective, permitted in seen:
        assert user == {NOBODY.pw_uid} and group == {NOBODY.pw_gid}
        assert 0 not in groups and groups <= {NOBODY.pw_gid}
        assert effective == permitted == 0
    token = subprocess.run(
        [BINARY, "token", "jwt", "--secret-file", str(secret), "--user", "ann", "--subscribe", "*"],
        capture_output=True, text=True, check=True).stdout.strip()
    assert hub.get("/v1/rooms/a", headers={"Authorization": f"Bearer {token}"}).status == 200


@ROOT_ONLY
def test_a_reload_that_the_user_may_not_read_changes_nothing_and_is_told(start, settings):
    hub = start("--user", "nobody", "--settings", str(settings))
    hub.process.send_signal(signal.SIGHUP)
    line = hub.wait_for_line(level="error")
    assert str(settings) in line["message"], line
    hub.get("/v1/rooms/a").expect_problem(401, "UNAUTHORIZED")


@pytest.fixture
def binary(tmp_path):
    """The command where an unprivileged user can run it, beside files that they can read."""
    for place in (tmp_path, *tmp_path.parents[:2]):
        place.chmod(place.stat().st_mode | 0o055)
    return shutil.copy(BINARY, tmp_path / "roomcast")


def start_and_fail(*flags, binary=BINARY, **options):
    done = subprocess.run(
        [binary, "serve", "--port", "0", *flags], capture_output=True, text=True, timeout=seconds(20),
        env=clean_environment(), **options)
    assert done.stdout == "" and done.returncode != 0, done
    return done.stderr


def test_a_user_that_does_not_exist_is_named():
    assert '"no-such-user"' in start_and_fail("--user", "no-such-user")


@ROOT_ONLY
def test_only_root_becomes_somebody_else(binary):
    errors = start_and_fail(
        "--user", "daemon", binary=binary, user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[], cwd="/")
    assert '"daemon"' in errors and "not permitted" in errors


# Memory


def readable_by_nobody(hub):
    """Whether the process's environment can be read by another process of the unprivileged user."""
    done = subprocess.run(
        ["cat", f"/proc/{hub.process.pid}/environ"], capture_output=True, user=NOBODY.pw_uid, group=NOBODY.pw_gid,
        extra_groups=[], cwd="/")
    return done.returncode == 0


def is_hidden(hub):
    return os.stat(f"/proc/{hub.process.pid}/environ").st_uid == 0


@ROOT_ONLY
def test_the_memory_of_a_hub_with_keys_is_hidden_from_its_own_user(start, settings, secret):
    settings.write_text(settings.read_text().replace("{ tokens", '{ user: "nobody", tokens'))
    hub = start("--settings", str(settings))
    assert threads(hub)[0][0] == {NOBODY.pw_uid}
    assert is_hidden(hub) and not readable_by_nobody(hub)


@ROOT_ONLY
def test_memory_is_hidden_once_a_reload_has_brought_keys(start, binary, tmp_path, secret):
    os.chown(secret, NOBODY.pw_uid, NOBODY.pw_gid)
    settings = tmp_path / "later.json5"
    settings.write_text("{}")
    hub = start("--settings", str(settings), binary=binary, user="nobody")
    assert not is_hidden(hub) and readable_by_nobody(hub)
    settings.write_text(f'{{ tokens: {{ keys: [{{ algorithm: "HS256", secretFile: "{secret}" }}] }} }}')
    hub.process.send_signal(signal.SIGHUP)
    wait_until(lambda: is_hidden(hub), what="hidden memory")
    assert not readable_by_nobody(hub)


# systemd


def test_the_units_are_what_systemd_understands(tmp_path):
    binary = tmp_path / "roomcast"
    binary.write_text("#!/bin/sh\n")
    binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    units = []
    for name in ("roomcast.service", "roomcast.socket"):
        text = (DEPLOY / name).read_text()
        units.append(tmp_path / name)
        units[-1].write_text(text.replace("/usr/local/bin/roomcast", str(binary)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, units)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_unit_gives_a_drain_the_time_it_needs():
    text = (DEPLOY / "roomcast.service").read_text()
    done = subprocess.run([BINARY, "check", "--json"], capture_output=True, text=True, env=clean_environment())
    drain = int(re.search(r'"drain","value":"(\d+)s"', done.stdout)[1])
    assert int(re.search(r"^TimeoutStopSec=(\d+)$", text, re.M)[1]) > drain
