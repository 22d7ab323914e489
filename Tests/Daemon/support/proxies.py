"""Proxies that others wrote, in front of a hub, with the configurations that come with it."""

import pathlib
import shutil
import socket
import subprocess

from .waiting import seconds, wait_until

DEPLOY = pathlib.Path(__file__).parents[3] / "scripts" / "deploy"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def render(name, replacements, target):
    """Writes the configuration with other addresses and paths; each of them stands there once."""
    text = (DEPLOY / name).read_text()
    for old, new in replacements.items():
        assert text.count(old) == 1, f"{name} has {old!r} {text.count(old)} times"
        text = text.replace(old, new)
    target.write_text(text)
    return target


class Proxy:
    """One process that listens on a free port of 127.0.0.1."""

    def __init__(self, directory, hub):
        self.directory, self.hub, self.port = directory, hub, free_port()
        self.log = directory / f"{self.name}.log"
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(self.command(), stdout=output, stderr=subprocess.STDOUT)
        wait_until(self._accepts, what=f"{self.name} listening")

    def _accepts(self):
        assert self.process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def authority(self):
        return f"127.0.0.1:{self.port}"

    def url(self, path):
        return f"http://{self.authority}{path}"

    def program(self):
        # Not on every user's path.
        found = shutil.which(self.name) or shutil.which(self.name, path="/usr/sbin:/usr/local/sbin")
        assert found, f"{self.name} is not installed; scripts/test does that"
        return found

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(seconds(15))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Nginx(Proxy):
    name = "nginx"

    def command(self):
        temporary = "".join(
            f"  {kind}_temp_path {self.directory}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = render("nginx.conf", {
            "worker_processes auto;": "worker_processes 1;",
            "worker_rlimit_nofile 65536;": "",
            "worker_connections 32768;": "worker_connections 256;",
            "/run/nginx.pid": f"{self.directory}/nginx.pid",
            "/var/log/nginx/error.log": f"{self.directory}/nginx-error.log",
            "http {\n": "http {\n" + temporary,
            "listen 80;": f"listen {self.authority};",
            "listen [::]:80;": "",
            "server 127.0.0.1:8080;": f"server {self.hub.authority};",
        }, self.directory / "nginx.conf")
        return [self.program(), "-p", str(self.directory), "-c", str(file), "-g", "daemon off;"]


class HAProxy(Proxy):
    name = "haproxy"

    def command(self):
        file = render("haproxy.cfg", {
            "maxconn 20000": "maxconn 100",
            "bind :80\n": f"bind {self.authority}\n",
            "server hub 127.0.0.1:8080 ": f"server hub {self.hub.authority} ",
        }, self.directory / "haproxy.cfg")
        return [self.program(), "-f", str(file), "-db"]
