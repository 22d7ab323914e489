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
    file = "nginx.conf"
    sizes = {"worker_rlimit_nofile 65536;": "", "worker_connections 32768;": "worker_connections 256;"}

    def servers(self):
        return {"server 127.0.0.1:8080;": f"server {self.hub.authority};"}

    def command(self):
        temporary = "".join(
            f"  {kind}_temp_path {self.directory}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = render(self.file, {
            "worker_processes auto;": "worker_processes 1;",
            "/run/nginx.pid": f"{self.directory}/nginx.pid",
            "/var/log/nginx/error.log": f"{self.directory}/nginx-error.log",
            "http {\n": "http {\n" + temporary,
            "listen 80;": f"listen {self.authority};",
            "listen [::]:80;": "",
            **self.sizes, **self.servers(),
        }, self.directory / "nginx.conf")
        return [self.program(), "-p", str(self.directory), "-c", str(file), "-g", "daemon off;"]


class NginxOfTwo(Nginx):
    """In front of two hubs, which `hub` holds."""

    file = "nginx-cluster.conf"
    sizes = {"worker_rlimit_nofile 262144;": "", "worker_connections 131072;": "worker_connections 256;"}

    def servers(self):
        first, second = self.hub
        return {
            "server 10.0.0.11:8080 ": f"server {first.authority} ", "server 10.0.0.12:8080 ": f"server {second.authority} ",
            "server 10.0.0.13:8080 max_fails=0;\n": "",
        }


class HAProxy(Proxy):
    name = "haproxy"
    file = "haproxy.cfg"
    sizes = {"maxconn 20000": "maxconn 100"}

    def servers(self):
        return {"server hub 127.0.0.1:8080 ": f"server hub {self.hub.authority} "}

    def command(self):
        file = render(self.file, {
            "bind :80\n": f"bind {self.authority}\n", **self.sizes, **self.servers(),
        }, self.directory / "haproxy.cfg")
        return [self.program(), "-f", str(file), "-db"]


class HAProxyOfTwo(HAProxy):
    """In front of two hubs, which `hub` holds."""

    file = "haproxy-cluster.cfg"
    sizes = {"maxconn 200000": "maxconn 100"}

    def servers(self):
        first, second = self.hub
        return {
            "server hub1 hub1:8080\n": f"server hub1 {first.authority}\n",
            "server hub2 hub2:8080\n": f"server hub2 {second.authority}\n", "  server hub3 hub3:8080\n": "",
        }
