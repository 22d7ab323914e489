"""A listener for metrics alone."""

from support import curl
from support.credentials import bearer


def metrics_url(hub):
    return f"{hub.scheme}://" + hub.wait_for_line(message="listening")["metrics"]


def test_metrics_are_there_and_no_longer_here(start):
    hub = start("--metrics-address", "127.0.0.1:0", "--reactors", "2")
    url = metrics_url(hub)
    assert "roomcast_connections" in curl.request("GET", f"{url}/metrics").text
    for path in ("/health", "/ready"):
        assert curl.request("GET", url + path).status == hub.get(path).status == 200
    hub.get("/metrics").expect_problem(404, "NOT_FOUND")
    assert "/metrics" not in hub.get("/openapi.json").json["paths"]
    for path in ("/v1/rooms", "/v1/rooms/a/events", "/v1/ws", "/openapi.json"):
        curl.request("GET", url + path).expect_problem(404, "NOT_FOUND")
    curl.request("POST", f"{url}/metrics", data="").expect_problem(405, "METHOD_NOT_ALLOWED")


def test_they_ask_for_a_key_where_the_hub_does(guard, credentials):
    hub = guard("--metrics-address", "127.0.0.1:0")
    url = metrics_url(hub)
    curl.request("GET", f"{url}/metrics").expect_problem(401, "UNAUTHORIZED")
    assert curl.request("GET", f"{url}/metrics", headers=bearer(credentials.admin)).status == 200
    assert curl.request("GET", f"{url}/health").status == 200


def test_an_open_hub_does_not_show_them_to_other_machines():
    import subprocess

    from support.daemon import BINARY, clean_environment

    done = subprocess.run(
        [BINARY, "check", "--metrics-address", "0.0.0.0:9090"], env=clean_environment(), capture_output=True, text=True)
    assert done.returncode == 78 and "metrics.address" in done.stderr + done.stdout
