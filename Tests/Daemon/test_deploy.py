"""What stands in scripts/deploy: checked by the programs that it is for, or by those that know their formats.

Proxies are run in test_proxies.py and test_balancing.py, the units of systemd are in test_system.py. `hadolint` and the
schemas of Kubernetes have no packages in Debian: scripts/test installs them.
"""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

from support import curl
from support.credentials import bearer
from support.daemon import BINARY, clean_environment
from support.proxies import DEPLOY, free_port
from support.waiting import seconds

ROOT = DEPLOY.parents[1]
PROGRAMS = pathlib.Path(os.environ.get("ROOMCAST_DEPLOY_CHECKS", ".build/deploy-checks")) / "bin"
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
# The oldest that the manifests are for, and the newest whose schemas are there.
KUBERNETES = ["1.27", "1.37"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=seconds(120), **options)


def installed(name):
    program = PROGRAMS / name
    assert program.exists(), f"{program} is missing: scripts/test installs it"
    return program


def manifest(kind):
    found = [document for file in MANIFESTS for document in yaml.safe_load_all(file.read_text()) if document["kind"] == kind]
    assert len(found) == 1, kind
    return found[0]


def drain():
    """The default of the setting, in seconds."""
    done = run(BINARY, "check", "--json", env=clean_environment())
    return int(re.search(r'"drain","value":"(\d+)s"', done.stdout)[1])


# Everything


def test_each_file_says_what_it_assumes_and_is_told_of():
    told = (DEPLOY / "README.md").read_text()
    for file in DEPLOY.rglob("*"):
        if file.is_dir() or file.name == "README.md":
            continue
        assert file.name.removeprefix("Dockerfile.") in told, f"README.md does not name {file.name}"
        text = file.read_text()
        if file.suffix == ".json":
            assert "Assumes" in json.loads(text)["description"]
        elif file.name not in ("roomcast.service", "roomcast.socket", "Dockerfile.dockerignore"):
            assert "ssumes" in text.split("\n\n")[0] + text[:1500], f"{file.name} does not say what it assumes"


def test_haproxy_takes_its_files_as_they_are():
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    for name in ("haproxy.cfg", "haproxy-cluster.cfg"):
        done = run(program, "-c", "-f", DEPLOY / name)
        # Where the names of the hubs are not known they are looked up later.
        warnings = [line for line in done.stderr.splitlines() if "WARNING" in line and "could not resolve" not in line]
        assert done.returncode == 0 and warnings == [], done.stderr


# The image


def stage(number):
    return DOCKERFILE.split("\nFROM ")[number]


def test_hadolint_finds_nothing_in_the_dockerfile():
    done = run(installed("hadolint"), DEPLOY / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_build_gets_every_folder_that_the_manifest_names():
    done = run("swift", "package", "dump-package", "--package-path", ROOT)
    assert done.returncode == 0, done.stderr
    folders = {"Sources", "Tests"} | {
        target["path"].split("/")[0] for target in json.loads(done.stdout)["targets"] if target.get("path")
    }
    copied = {line.split()[1] for line in stage(1).splitlines() if line.startswith("COPY ")}
    assert copied == folders | {"Package.swift"}
    kept = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == copied


def test_the_image_has_the_libraries_that_the_binary_needs():
    done = run("ldd", BINARY)
    needed = set(re.findall(r"(lib(?:ssl|crypto|sqlite3|z|curl|xml2)\S*\.so\S*) =>", done.stdout))
    assert needed
    for library in needed:
        owner = run("dpkg-query", "-S", f"*/{library}").stdout.split(":")[0]
        assert re.search(rf"\b{owner}\b", stage(2)), f"{library} is in {owner}"


def test_the_check_of_the_image_tells_a_hub_that_answers_from_one_that_does_not(hub):
    command = json.loads(re.search(r"^HEALTHCHECK .*\\\n  CMD (\[.*\])$", DOCKERFILE, re.M)[1])
    assert command[0] == "bash" and command[2].count("/8080 ") == 1

    def check(port):
        return run(command[0], command[1], command[2].replace("/8080 ", f"/{port} ")).returncode

    assert check(hub.port) == 0
    assert check(free_port()) != 0


def test_the_variables_of_the_image_are_settings():
    lines = re.search(r"^ENV ((?:.*\\\n)*.*)$", stage(2), re.M)[1].replace("\\\n", " ").split()
    variables = dict(line.split("=", 1) for line in lines)
    assert variables
    done = run(BINARY, "check", "--insecure", env={**clean_environment(), **variables})
    assert done.returncode == 0, done.stdout + done.stderr


# Compose


def test_the_hubs_of_compose_are_told_settings_and_given_their_time():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    hubs = {name: service for name, service in services.items() if service.get("image") == "roomcast"}
    assert set(hubs) == set(re.findall(r"^  server (\S+) \1:8080$", (DEPLOY / "haproxy-cluster.cfg").read_text(), re.M))
    for service in hubs.values():
        done = run(BINARY, "check", "--host", "0.0.0.0", env={**clean_environment(), **service["environment"]})
        assert done.returncode == 0, done.stdout + done.stderr
        assert int(service["stop_grace_period"].removesuffix("s")) > drain()
        assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
        assert (ROOT / service["build"]["dockerfile"]).exists()
    trusted = next(iter(hubs.values()))["environment"]["ROOMCAST_PROXIES_TRUSTED"]
    assert services["haproxy"]["networks"]["cluster"]["ipv4_address"] == trusted
    for volume in services["haproxy"]["volumes"]:
        assert (DEPLOY / volume.split(":")[0]).exists()
    assert all(port.startswith("127.0.0.1:") for service in services.values() for port in service.get("ports", []))


def test_redis_in_compose_starts_as_it_is_told_to(tmp_path):
    command = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["redis"]["command"]
    port = free_port()
    with subprocess.Popen([*command, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)],
                          stdout=subprocess.PIPE, text=True) as redis:
        try:
            assert any("Ready to accept connections" in line for line in redis.stdout)
            for name, value in (("appendonly", "yes"), ("appendfsync", "always"), ("maxmemory-policy", "noeviction")):
                assert run("redis-cli", "-p", port, "config", "get", name).stdout.split() == [name, value]
        finally:
            redis.terminate()


# Kubernetes


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_a_manifest_fits_its_schema(file, version):
    done = run(installed("kubernetes-validate"), "--strict", "-k", version, file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_manifest_with_a_mistake_does_not_fit(tmp_path):
    text = (DEPLOY / "kubernetes" / "deployment.yaml").read_text()
    wrong = tmp_path / "deployment.yaml"
    wrong.write_text(text.replace("periodSeconds: 2\n", "periodSecond: 2\n"))
    assert wrong.read_text() != text
    assert run(installed("kubernetes-validate"), "--strict", wrong).returncode != 0


def test_the_manifests_belong_together():
    pod = manifest("Deployment")["spec"]["template"]
    labels = pod["metadata"]["labels"]
    assert manifest("Deployment")["spec"]["selector"]["matchLabels"] == labels
    assert manifest("Service")["spec"]["selector"] == labels
    assert manifest("PodDisruptionBudget")["spec"]["selector"]["matchLabels"] == labels
    assert manifest("NetworkPolicy")["spec"]["podSelector"]["matchLabels"] == labels
    container = pod["spec"]["containers"][0]
    ports = {port["name"] for port in container["ports"]}
    assert {port["targetPort"] for port in manifest("Service")["spec"]["ports"]} <= ports
    target = manifest("HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert (target["kind"], target["name"]) == ("Deployment", manifest("Deployment")["metadata"]["name"])
    volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
    assert volumes["settings"]["configMap"]["name"] == manifest("ConfigMap")["metadata"]["name"]
    assert volumes["secrets"]["secret"]["secretName"] == manifest("Secret")["metadata"]["name"]
    # Else Kubernetes makes variables of the Service that a hub takes for settings.
    assert pod["spec"]["enableServiceLinks"] is False
    waits = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["spec"]["terminationGracePeriodSeconds"] > waits + drain()


def settings_of_the_pods(directory):
    """The file that the pods read, with the secrets where they can be read here."""
    text = manifest("ConfigMap")["data"]["hub.json5"]
    for name, value in manifest("Secret")["stringData"].items():
        (directory / name).write_text(value)
        (directory / name).chmod(0o600)
        assert f"/run/secrets/roomcast/{name}" in text
        text = text.replace(f"/run/secrets/roomcast/{name}", str(directory / name))
    file = directory / "hub.json5"
    file.write_text(text)
    return file


def test_the_settings_of_the_pods_are_right(tmp_path):
    done = run(BINARY, "check", settings_of_the_pods(tmp_path), env=clean_environment())
    assert done.returncode == 0 and "warning" not in done.stdout + done.stderr, done.stdout + done.stderr


def test_a_hub_with_the_settings_of_the_pods_answers_its_probes(start, tmp_path):
    metrics = free_port()
    file = settings_of_the_pods(tmp_path)
    key = "rc_a-key-for-prometheus"
    file.write_text(file.read_text().replace("1" * 64, hashlib.sha256(key.encode()).hexdigest()))
    hub = start("--settings", str(file), "--engine", "memory:", "--metrics-address", f"127.0.0.1:{metrics}")
    container = manifest("Deployment")["spec"]["template"]["spec"]["containers"][0]
    for name in ("startupProbe", "livenessProbe", "readinessProbe"):
        probe = container[name]["httpGet"]
        assert probe["port"] == "http" and hub.get(probe["path"]).status == 200
    hub.get("/v1/rooms/a").expect_problem(401, "UNAUTHORIZED")
    answer = curl.request("GET", f"http://127.0.0.1:{metrics}/metrics", headers=bearer(key))
    metric = manifest("HorizontalPodAutoscaler")["spec"]["metrics"][0]["pods"]["metric"]["name"]
    assert answer.status == 200 and f"\n{metric} " in answer.text
    port = next(port for port in container["ports"] if port["name"] == "metrics")["containerPort"]
    assert f':{port}"' in file.read_text()
    jobs = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text())["scrape_configs"]
    assert all(target.endswith(f":{port}") for target in jobs[0]["static_configs"][0]["targets"])
    assert all(job["authorization"]["credentials_file"] for job in jobs)


# The dashboard


def test_every_metric_of_the_dashboard_is_one_that_a_hub_shows(hub):
    dashboard = json.loads((DEPLOY / "grafana.json").read_text())
    hub.publish("a", 1)
    page = hub.get("/metrics").text
    shown = set(re.findall(r"^([a-z_]+)(?:\{| )", page, re.M)) | set(re.findall(r"^# TYPE ([a-z_]+)", page, re.M))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
    assert len(queries) > 30
    for query in queries:
        names = re.findall(r"\b((?:roomcast|process)_[a-z_]+)", query)
        assert names and set(names) <= shown, f"{set(names) - shown} in {query}"
        assert query.count("(") == query.count(")") and query.count("{") == query.count("}")


def test_the_panels_of_the_dashboard_do_not_overlap():
    places = set()
    identifiers = []
    for panel in json.loads((DEPLOY / "grafana.json").read_text())["panels"]:
        identifiers.append(panel["id"])
        grid = panel["gridPos"]
        cells = {(grid["x"] + x, grid["y"] + y) for x in range(grid["w"]) for y in range(grid["h"])}
        assert grid["x"] + grid["w"] <= 24 and not cells & places, panel["title"]
        places |= cells
    assert len(set(identifiers)) == len(identifiers)
