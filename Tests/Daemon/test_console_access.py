"""The console: who may look, what comes from anybody, and whether everybody can use it."""

import json
import pathlib

import pytest

from support.console import HOSTILE, OFFSETS, STATE, click, fill, text, wait_for_text


# Who may look


def test_a_hub_with_keys_asks_for_one_with_the_scope_admin(guard, credentials, visit):
    weak = credentials.key("weak", ["read"])
    hub = guard()
    page = visit(hub)
    assert "Sign in" in text(page, "h1")
    assert page.run("document.querySelector('#views').hidden") is True
    for key, wanted in [("rc_unknown", "does not know this key"), (weak, "does not suffice")]:
        # The field has the focus, and after a refusal what stands in it is chosen.
        page.type(key)
        page.press("Enter")
        wait_for_text(page, wanted)
        assert page.run("sessionStorage.length") == 0
    fill(page, "input[type=password]", credentials.admin)
    page.press("Enter")
    wait_for_text(page, "Overview", "h1")
    page.wait("document.querySelectorAll('.plot path.line').length > 0")
    page.run("location.assign('#/rooms/orders')")
    page.wait(f"{STATE} === 'live'")
    hub.post("/v1/rooms/orders/events", "7", headers=hub.fields)
    page.wait(f"{OFFSETS}.length === 1")
    assert not any(credentials.admin in url for url in page.requests)
    click(page, "Sign out")
    wait_for_text(page, "Sign in", "h1")
    assert page.run("sessionStorage.length + localStorage.length") == 0
    assert credentials.admin not in page.run("document.documentElement.outerHTML")


def test_a_key_that_is_taken_away_leads_back_to_signing_in(guard, credentials, visit):
    key = credentials.key("passing", ["read", "publish", "admin"])
    hub = guard()
    page = visit(hub, key=key)
    wait_for_text(page, "Overview", "h1")
    credentials.forget_key("passing")
    credentials.write()
    hub.reload()
    wait_for_text(page, "The hub does not know this key.")


def test_what_a_key_may_not_read_is_told_where_it_stands(guard, credentials, visit):
    key = credentials.key("lookout", ["admin"])
    page = visit(guard(), "#/rooms/orders", key=key)
    page.wait("!document.querySelector('.notice').hidden")
    assert "read" in text(page, ".notice")


# What comes from anybody


def test_hostile_names_and_data_are_text(guard, credentials, visit):
    hub = guard()
    user = "<b onclick=alert(1)>eve</b>"
    socket = hub.secret_websocket(credentials.token(user, subscribe=["*"], publish=["*"]))
    socket.expect("welcome")
    socket.send({"type": "subscribe", "room": "orders"})
    socket.expect("subscribed")
    socket.send({"type": "publish", "room": "orders", "event": HOSTILE[:-1], "data": {HOSTILE: [HOSTILE]}})
    page = visit(hub, "#/rooms/orders", key=credentials.admin)
    page.wait(f"{OFFSETS}.length === 1")
    page.run("document.querySelector('.events summary').click()")
    wait_for_text(page, "<script>", ".whole")
    assert HOSTILE[:40] in text(page, ".events b")
    for address in ("#/connections", f"#/rooms/{HOSTILE}", "#/rooms/%E0%A4%A", f"#/connections?user={HOSTILE}"):
        page.run(f"location.assign({json.dumps(address)})")
        page.wait("document.querySelector('h1') !== null")
        if address == "#/connections":
            wait_for_text(page, user)
    assert page.run("document.title") != "taken"
    assert page.run("document.querySelectorAll('main img, main script, main b[onclick]').length") == 0


# Keys


def test_all_of_it_can_be_reached_by_keys_alone(hub, visit):
    hub.subscriber("orders")
    page = visit(hub)
    focus = "document.activeElement"
    page.press("Tab")
    assert page.run(f"{focus}.className") == "skip"
    page.press("Enter")
    assert page.run(f"{focus}.id") == "main"
    page.press("g", "r")
    page.wait("location.hash === '#/rooms' && document.activeElement.innerText === 'Rooms'")
    page.press("/")
    assert page.run(f"{focus}.matches('[data-filter]')")
    page.type("ord")
    page.wait("document.querySelectorAll('tbody tr').length === 1")
    for _ in range(5):
        page.press("Tab")
        if page.run(f"{focus}.closest('td') !== null"):
            break
    page.press("Enter")
    page.wait(f"location.hash === '#/rooms/orders' && {STATE} === 'live'")
    page.press("p")
    assert "Resume" in text(page, "[data-pause]")
    page.press("?")
    page.wait("document.querySelector('dialog[open]') !== null")
    page.press("g", "n")
    page.press("Escape")
    page.wait("document.querySelector('dialog') === null")
    assert page.run("location.hash") == "#/rooms/orders"
    page.press("g", "n")
    page.wait("location.hash === '#/nodes'")
    page.run("history.back()")
    page.wait(f"location.hash === '#/rooms/orders' && {STATE} === 'live'")
    page.press("g", "o")
    page.wait("document.querySelectorAll('.plot path.line').length > 0")
    page.run("document.querySelector('.plot').focus()")
    page.press("Home")
    page.wait("!document.querySelector('.tip').hidden")
    assert page.run("document.querySelector('.plot').getAttribute('aria-valuenow')") == "0"


# What everybody can read


@pytest.fixture(scope="module")
def axe():
    """The checks of accessibility, from where scripts/test puts them."""
    found = sorted(pathlib.Path(".build/axe").glob("lib/python*/site-packages/axe_core_python/axe.min.js"))
    if not found:
        pytest.skip("scripts/test installs axe")
    return found[0].read_text()


SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740, "phone": True}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_every_view_is_accessible(guard, credentials, visit, axe, scheme, size):
    credentials.settings["namespaces"] = [{"name": "chat", "presence": True}]
    hub = guard()
    room = f"chat:{'n' * 150}"
    socket = hub.secret_websocket(credentials.token("ann" * 40, subscribe=["*"], presence=["*"]))
    socket.send({"type": "subscribe", "room": room, "presence": {"name": "Ann" * 60}})
    for _ in range(3):
        hub.post(f"/v1/rooms/{room}/events?event={'e' * 120}", json.dumps(["w" * 400]), headers=hub.fields)
    page = visit(hub, color_scheme=scheme, **size)
    page.run(axe + "; 0")
    problems = check(page, "sign in", size["width"])
    fill(page, "input[type=password]", credentials.admin)
    page.press("Enter")
    wait_for_text(page, "Overview", "h1")
    page.wait("document.querySelectorAll('.plot path.line').length > 0")
    page.run("document.querySelector('.figures-table').open = true; document.querySelector('.plot').focus()")
    page.press("Home")
    problems += check(page, "overview", size["width"])
    for address, ready in [
        ("#/rooms", "document.querySelector('tbody tr')"),
        (f"#/rooms/{room}", f"{STATE} === 'live' && document.querySelector('.members li')"),
        ("#/rooms/empty", f"{STATE} === 'live'"),
        ("#/connections", "document.querySelector('tbody tr')"),
        ("#/nodes", "document.querySelector('tbody tr')"),
    ]:
        page.run(f"location.assign({json.dumps(address)})")
        page.wait(f"!!({ready}) && document.activeElement.tagName === 'H1'")
        if room in address:
            page.run("document.querySelector('.events summary').click()")
            page.wait("document.querySelector('.whole') !== null")
        problems += check(page, address, size["width"])
    page.run("document.getElementById('help').click()")
    problems += check(page, "shortcuts", size["width"])
    assert not problems, "\n".join(problems)


def check(page, view, width):
    """What axe finds, and whether the page is wider than its window."""
    page.run("document.getAnimations().forEach((animation) => animation.finish())")
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    found = page.run(f"""axe.run({options}).then(({{ violations }}) => violations.flatMap(({{ id, help, nodes }}) =>
        nodes.map(({{ html, failureSummary }}) => `${{id}}: ${{help}}: ${{html}}: ${{failureSummary}}`)))""")
    wide = page.run(f"document.documentElement.scrollWidth > {width}")
    return [f"{view}: {problem}" for problem in found] + ([f"{view}: wider than the window"] if wide else [])
