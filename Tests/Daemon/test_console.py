"""The console, in a browser as people have it: what it shows and does."""

import pathlib
import shutil
import subprocess
import threading

import pytest

from support.console import HOSTILE, OFFSETS, STATE, click, fill, text, wait_for_text
from support.daemon import Hub

UNITS = pathlib.Path(__file__).parent.parent / "Browser"


# What is shown


def test_the_overview_has_figures_of_the_hub(hub, visit):
    page = visit(hub)
    hub.subscriber("orders")
    hub.publish("orders", 1)
    page.wait("document.querySelectorAll('.plot path.line').length >= 3")
    assert "Roomcast" in page.run("document.title")
    wait_for_text(page, "takes events", ".facts")
    assert page.run("document.querySelector('.plot').getAttribute('role')") == "slider"
    assert page.run("document.querySelector('.plot').getAttribute('aria-label')").startswith("Connections: open ")
    page.run("document.querySelector('.figures-table').open = true")
    page.wait("document.querySelectorAll('.figures-table tbody tr').length > 0")


def test_where_metrics_are_elsewhere_the_overview_says_so(start, visit):
    page = visit(start("--metrics-address", "127.0.0.1:0"))
    wait_for_text(page, "metrics.address")
    assert page.run("document.querySelector('.charts').hidden") is True


def test_rooms_are_listed_a_page_at_a_time(hub, visit):
    socket = hub.websocket()
    socket.expect("welcome")
    names = [f"room:{number:03}" for number in range(120)]
    socket.send({"type": "subscribe", "rooms": [{"room": name} for name in names]})
    socket.take(120)
    page = visit(hub, "#/rooms")
    rows = "[...document.querySelectorAll('tbody td.name')].map((cell) => cell.innerText)"
    assert page.wait(f"{rows}.length === 50 && {rows}") == names[:50]
    click(page, "Next")
    page.wait(f"{rows}[0] === 'room:050'")
    click(page, "Next")
    assert page.wait(f"{rows}[0] === 'room:100' && {rows}") == names[100:]
    click(page, "Previous")
    page.wait(f"{rows}[0] === 'room:050'")
    fill(page, "[data-filter]", "room:11")
    page.wait(f"{rows}.length === 10 && {rows}[0] === 'room:110'")
    fill(page, "[data-filter]", "nobody")
    wait_for_text(page, "No room that somebody is in begins with")


def test_nodes_are_listed(hub, visit):
    page = visit(hub, "#/nodes")
    node = hub.get("/v1/nodes").json["nodes"][0]["node"]
    wait_for_text(page, node, "tbody")
    assert "up" in text(page, "tbody")


# A room


def test_events_appear_in_two_tabs(hub, visit):
    hub.publish("orders", "before")
    pages = [visit(hub, "#/rooms/orders") for _ in range(2)]
    for page in pages:
        page.wait(f"{STATE} === 'live'")
    for number in range(2, 6):
        hub.publish("orders", {"number": number}, "event=order_created")
    for page in pages:
        assert page.wait(f"{OFFSETS}.length === 5 && {OFFSETS}") == [5, 4, 3, 2, 1]
        assert "order_created" in text(page, ".events") and '{"number":5}' in text(page, ".events")


def test_nothing_falls_between_what_was_and_what_comes(hub, visit):
    posting = threading.Thread(target=lambda: [hub.publish("orders", number) for number in range(1, 121)])
    posting.start()
    try:
        page = visit(hub, "#/rooms/orders")
        offsets = page.wait(f"{OFFSETS}[0] === 120 && {OFFSETS}")
    finally:
        posting.join()
    assert offsets == list(range(120, 120 - len(offsets), -1))


def test_tabs_resume_when_the_hub_was_killed(visit, tmp_path):
    def begin(port=0):
        hub = Hub(tmp_path / "hub.log", ["--engine", f"disk:{tmp_path}/store"], port=port)
        hub.wait_until_listening()
        return hub

    hub = begin()
    try:
        pages = [visit(hub, "#/rooms/orders") for _ in range(2)]
        for page in pages:
            page.wait(f"{STATE} === 'live'")
            page.run("""(() => {
              window.states = ["live"];
              const badge = document.querySelector('[data-state]');
              const note = () => states.at(-1) !== badge.dataset.state && states.push(badge.dataset.state);
              new MutationObserver(note).observe(badge, { attributes: true });
            })()""")
        for number in range(1, 6):
            hub.publish("orders", number)
        for page in pages:
            page.wait(f"{OFFSETS}.length === 5")
        hub.process.kill()
        hub.process.wait()
        for page in pages:
            page.wait(f"{STATE} === 'offline'")
            wait_for_text(page, "no answer", "#health")
        hub.process.stdout.close()
        hub = begin(hub.port)
        # Whoever is back already gets these live, and the other one from history: each has them once.
        for number in range(6, 11):
            hub.publish("orders", number)
        for page in pages:
            page.wait(f"{STATE} === 'live'", 60)
            assert page.wait(f"{OFFSETS}.length >= 10 && {OFFSETS}") == list(range(10, 0, -1))
            wait_for_text(page, "up", "#health")
            states = page.run("states")
            assert states[:2] == ["live", "offline"] and states[-1] == "live" and "connecting" in states, states
        hub.publish("orders", 11)
        for page in pages:
            assert page.wait(f"{OFFSETS}.length >= 11 && {OFFSETS}") == list(range(11, 0, -1))
    finally:
        problems = hub.finish()
    assert not problems, problems


def test_a_paused_list_stands_still_and_is_bounded(hub, visit):
    page = visit(hub, "#/rooms/orders")
    page.wait(f"{STATE} === 'live'")
    hub.publish("orders", 1)
    page.wait(f"{OFFSETS}.length === 1")
    page.run("document.querySelector('.events summary').click()")
    hub.publish_lines([{"room": "orders", "data": number} for number in range(2, 302)])
    wait_for_text(page, "Resume, 300 new", ".feed .head")
    assert page.run(OFFSETS) == [1]
    click(page, "Resume, 300 new")
    offsets = page.wait(f"{OFFSETS}.length > 100 && {OFFSETS}")
    assert offsets == list(range(301, 301 - len(offsets), -1))
    assert page.run("document.querySelector('.events').childElementCount") == 200


def test_bytes_are_shown_as_such(hub, visit):
    hub.post("/v1/rooms/orders/events", b"\x00abc\xff", headers={"Content-Type": "application/octet-stream"})
    page = visit(hub, "#/rooms/orders")
    wait_for_text(page, "5 bytes", ".events")
    page.run("document.querySelector('.events summary').click()")
    wait_for_text(page, "00 61 62 63 ff", ".whole")


def test_publishing_shows_the_receipt_or_what_is_wrong(hub, visit):
    page = visit(hub, "#/rooms/orders")
    page.wait(f"{STATE} === 'live'")
    fill(page, "textarea", '{"a":')
    wait_for_text(page, "This is no JSON", ".outcome")
    click(page, "Publish")
    assert hub.get("/v1/rooms/orders").json["history"]["events"] == 0
    fill(page, "textarea", '{"a":1}')
    page.press("Control+Enter")
    wait_for_text(page, "Published at offset 1, to 1 subscriber.", ".outcome")
    page.wait(f"{OFFSETS}.length === 1")
    fill(page, ".publish input", "roomcast:mine")
    click(page, "Publish")
    wait_for_text(page, "roomcast:", ".outcome.bad")
    assert [event["data"] for event in hub.history("orders")] == [{"a": 1}]


def test_an_event_whose_receipt_was_torn_is_published_once(hub, visit):
    page = visit(hub, "#/rooms/orders")
    page.wait(f"{STATE} === 'live'")
    page.run("""(() => {
      const real = fetch;
      window.fetch = async (url, options) => {
        const answer = await real(url, options);
        if (options.method !== "POST" || window.isTorn) return answer;
        window.isTorn = true;
        return new Response(new ReadableStream({ start: (torn) => torn.error(new TypeError("network error")) }));
      };
    })()""")
    click(page, "Publish")
    wait_for_text(page, "Publish again: it arrives once.", ".outcome.bad")
    click(page, "Publish")
    wait_for_text(page, "it had arrived before", ".outcome.good")
    assert len(hub.history("orders")) == 1


@pytest.mark.parametrize("name", ["constructor", "toString", "nothing"])
def test_an_address_that_names_nothing_is_the_overview(hub, visit, name):
    page = visit(hub, f"#/{name}")
    wait_for_text(page, "takes events", ".facts")
    assert page.run("document.querySelector('nav [aria-current]').hash") == "#/"


def test_members_are_told_where_presence_is_on(guard, credentials, visit):
    credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
    hub = guard()
    page = visit(hub, "#/rooms/chat:1", key=credentials.admin)
    wait_for_text(page, "Nobody is present.", ".side")
    socket = hub.secret_websocket(credentials.token("ann", subscribe=["*"], presence=["*"]))
    socket.send({"type": "subscribe", "room": "chat:1", "presence": {"name": HOSTILE}})
    wait_for_text(page, "1 user", ".side")
    assert page.run("document.querySelector('.members a').innerText") == "ann"
    page.run("location.assign('#/rooms/orders')")
    wait_for_text(page, "presence is not on in the room", ".side")


def test_a_deleted_room_is_gone(hub, visit):
    hub.publish("orders", 1)
    page = visit(hub, "#/rooms/orders")
    page.wait(f"{STATE} === 'live'")
    click(page, "Delete")
    page.wait("document.querySelector('dialog[open]') !== null")
    page.press("Escape")
    page.wait("document.querySelector('dialog') === null")
    assert hub.get("/v1/rooms/orders").json["history"]["events"] == 1
    click(page, "Delete")
    click(page, "Delete the room", "document.querySelector('dialog')")
    wait_for_text(page, "The room orders is deleted.", "#said")
    page.wait("location.hash === '#/rooms'")
    assert hub.get("/v1/rooms/orders").json["history"]["events"] == 0


# Connections


def test_a_connection_can_be_looked_at_and_closed(hub, visit):
    socket = hub.subscriber("orders")
    hub.subscriber("stock")
    page = visit(hub, "#/connections")
    page.wait("document.querySelectorAll('tbody tr').length === 2")
    page.run("document.querySelectorAll('[data-filter]')[1].focus()")
    page.type("orders")
    page.wait("document.querySelectorAll('tbody tr').length === 1")
    assert page.run("location.hash") == "#/connections?room=orders"
    page.run("document.querySelector('td.rooms summary').click()")
    wait_for_text(page, "orders", "td.rooms ul")
    page.run("document.querySelector('td.action button').click()")
    fill(page, "dialog input[type=number]", "4700")
    fill(page, "dialog input:not([type])", "enough")
    click(page, "Close the connection", "document.querySelector('dialog')")
    assert socket.expect_close() == (4700, "enough")
    wait_for_text(page, "No connection is like that.")


def test_a_theme_is_chosen_and_remembered(hub, visit):
    page = visit(hub, color_scheme="light")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.run(ground)
    page.run("theme.value = 'dark'; theme.dispatchEvent(new Event('change'))")
    dark = page.run(ground)
    assert light != dark
    page.go(hub.url("/"))
    assert page.run(ground) == dark and page.run("theme.value") == "dark"


# Its parts


def test_its_pure_parts_hold_their_laws():
    node = shutil.which("node")
    if node is None:
        pytest.skip("scripts/test installs Node")
    files = sorted(map(str, UNITS.glob("console-*.test.mjs")))
    done = subprocess.run([node, "--test", *files], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout


def test_a_hub_may_do_without_it(start):
    hub = start("--console-off")
    assert hub.get("/").status == 404
    assert hub.get("/console/main.js").status == 404
    assert hub.get("/roomcast.js").status == 200
