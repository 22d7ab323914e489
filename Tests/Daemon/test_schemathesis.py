"""The REST surface against requests that a machine has made up from its document, right ones and wrong ones.

schemathesis has no package in Debian: scripts/test installs it. `ROOMCAST_CASES` says about how many cases to try,
`ROOMCAST_SEED` tries those of a run again.
"""

import json
import os
import pathlib
import re
import subprocess

COMMAND = os.environ.get("ROOMCAST_SCHEMATHESIS", ".build/schemathesis/bin/schemathesis")
CASES = int(os.environ.get("ROOMCAST_CASES", "600"))
SEED = os.environ.get("ROOMCAST_SEED", "1")
STREAMS = 40
SUPPORT = pathlib.Path(__file__).parent / "support"


def operations(hub):
    document = hub.get("/openapi.json").json
    return sum(method != "parameters" for path in document["paths"].values() for method in path)


def open_streams(hub, credentials):
    """Some connections that can be found, looked at and closed; their ids."""
    ids = []
    for number in range(STREAMS):
        token = credentials.token(f"user{number % 4}", subscribe=["*"])
        if number % 4 == 0:
            stream = hub.events(f"/v1/rooms/a/events?token={token}")
            ids.append(stream.expect("roomcast:subscribed").data["connection"])
        else:
            ids.append(hub.secret_websocket(token).expect("welcome")["connection"])
    return ids


def test_nothing_that_a_machine_makes_up_breaks_the_surface(guard, credentials, tmp_path):
    assert pathlib.Path(COMMAND).exists(), f"{COMMAND} is missing: scripts/test installs it"
    credentials.settings["namespaces"] = [{"name": "*", "presence": True}]
    hub = guard("--reactors", "2")
    environment = {
        **os.environ, "SCHEMATHESIS_HOOKS": "support.schemathesis_hooks", "PYTHONPATH": str(SUPPORT.parent),
        "ROOMCAST_CONNECTIONS": json.dumps(open_streams(hub, credentials)),
    }
    # Some operations have so few parameters that there are not as many different requests.
    examples = max(1, 2 * CASES // operations(hub))
    done = subprocess.run(
        [
            os.path.abspath(COMMAND), "--config-file", str(SUPPORT / "schemathesis.toml"), "run", hub.url("/openapi.json"),
            "--max-examples", str(examples), "--seed", SEED,
            "--header", f"Authorization: {hub.fields['Authorization']}",
        ],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )
    print(done.stdout[-20000:], done.stderr[-4000:])
    generated = re.search(r"(\d+) generated", done.stdout)
    print("cases:", generated and generated[1])
    assert done.returncode == 0, "schemathesis has found something"
    assert generated and int(generated[1]) >= CASES
    assert all(line.get("status", 0) < 500 for line in hub.log_lines())
