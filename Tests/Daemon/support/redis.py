"""Redis as Debian brings it, on a free port and in a directory of its own: it can be killed, stopped and started again."""

import os
import signal
import subprocess

from .ports import free_port
from .waiting import seconds, wait_until


class RedisServer:
    """What is acknowledged is on disk. `password` is that of `user`, whom alone it lets in; `tls` is a pair of certificate
    and key, and `authority` the file by which it is believed: then there is no other port."""

    def __init__(self, directory, *flags, tls=None, authority=None, user="default", password=None):
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.flags, self.tls, self.authority = flags, tls, authority
        self.user, self.password = user, password
        self.process = None
        self.begin()
        self.wait_until_answering()

    # Its address

    @property
    def authority_part(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{'rediss' if self.tls else 'redis'}://{self.authority_part}"

    # Its process

    def command(self):
        words = ["redis-server", "--bind", "127.0.0.1", "--dir", str(self.directory), "--daemonize", "no"]
        words += ["--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        if self.tls:
            words += ["--port", "0", "--tls-port", str(self.port), "--tls-auth-clients", "no"]
            words += ["--tls-cert-file", str(self.tls.certificate), "--tls-key-file", str(self.tls.key)]
        else:
            words += ["--port", str(self.port)]
        if self.password:
            words += ["--aclfile", str(self._users())]
        return [*words, *self.flags]

    def _users(self):
        """Only that user may do anything, and only with what the hub uses."""
        file = self.directory / "users.acl"
        lines = [f"user {self.user} on >{self.password} ~roomcast* &roomcast* +@all -@dangerous +info +role"]
        if self.user != "default":
            lines.append("user default off")
        lines.append(f"user keeper on >{self.password} ~* &* +@all")
        file.write_text("\n".join(lines) + "\n")
        return file

    def begin(self):
        """Starts it, without waiting for it."""
        assert self.process is None, "it runs already"
        with open(self.directory / "redis.log", "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)

    def start(self):
        self.begin()
        self.wait_until_answering()

    def wait_until_answering(self):
        def answers():
            assert self.process.poll() is None, f"Redis has ended: {self.log_text()}"
            return self.try_call("PING") == "PONG"

        wait_until(answers, 30, f"an answer of Redis; its log:\n{self.log_text()}")

    def kill(self):
        """Ends it without a warning."""
        process, self.process = self.process, None
        process.kill()
        process.wait()

    def shut_down(self):
        """Ends it in good order."""
        process, self.process = self.process, None
        process.terminate()
        process.wait(seconds(20))

    def restart(self):
        self.kill()
        self.start()

    def stop(self):
        """From now on it does nothing, and its connections stay."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def finish(self):
        if self.process:
            self.kill()

    def log_text(self):
        return (self.directory / "redis.log").read_text(errors="replace")[-4000:]

    # Commands

    def run(self, *words, limit=10):
        command = ["redis-cli", "-p", str(self.port)]
        environment = dict(os.environ)
        if self.tls:
            command += ["--tls", "--cacert", str(self.authority)]
        if self.password:
            command += ["--user", "keeper"]
            environment["REDISCLI_AUTH"] = self.password
        return subprocess.run(
            [*command, *map(str, words)], capture_output=True, text=True, timeout=seconds(limit), env=environment)

    def try_call(self, *words):
        """The answer as redis-cli prints it; None where there is none."""
        try:
            done = self.run(*words, limit=3)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    def call(self, *words):
        done = self.run(*words)
        text = done.stdout.strip()
        assert done.returncode == 0 and not text.startswith(("ERR", "NOAUTH", "WRONG", "LOADING")), (words, done)
        return text

    @property
    def replication(self):
        """Whether it is a master, and how its replicas do; nothing while it becomes another."""
        return self.try_call("INFO", "replication") or ""

    def wait_for_replica(self):
        """Returns once a replica has everything that this master had at the time of the call."""
        def is_there():
            fields = dict(line.split(":", 1) for line in self.replication.splitlines() if ":" in line)
            replica = dict(part.split("=", 1) for part in fields.get("slave0", "").split(",") if "=" in part)
            return int(replica.get("offset", -1)) >= offset

        offset = int(next(
            line.split(":")[1] for line in self.replication.splitlines() if line.startswith("master_repl_offset:")))
        wait_until(is_there, what="a replica that has everything")
