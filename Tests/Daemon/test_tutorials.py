"""The tutorials: what they let the reader type, open, run and compile does what they say."""

import os
import pty
import re
import subprocess
import threading
import urllib.request

import pytest

from support.browser import Browser
from support.daemon import clean_environment
from support.ports import free_port
from support.restarts import RestartedHub
from support.tutorials import CATALOGUE, HUB, STEPS, Pages, Terminal, compile_swift, mask, type_again
from support.waiting import seconds, wait_until


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture
def pages():
    server = Pages()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def restartable(tmp_path):
    """Makes hubs that can be killed and started again; in the end each must drain in good order."""
    hubs = []

    def restartable(*flags):
        hubs.append(RestartedHub(tmp_path, f"hub{len(hubs)}", *flags, port=free_port()))
        return hubs[-1]

    yield restartable
    assert [problem for hub in hubs for problem in hub.finish()] == []


def steps(tutorial):
    """The files of a tutorial, in their order."""
    return re.findall(r"@Code\(name: \"[^\"]+\", file: ([^)]+)\)", (CATALOGUE / "Tutorials" / tutorial).read_text())


def test_every_file_of_the_tutorials_is_a_step_of_one():
    named = [name for file in (CATALOGUE / "Tutorials").glob("*-tutorial.tutorial") for name in steps(file.name)]
    assert sorted(set(named)) == sorted(file.name for file in STEPS.iterdir())


@pytest.mark.parametrize("tutorial", ["Terminal-tutorial.tutorial", "Services-tutorial.tutorial"])
def test_what_is_typed_prints_what_is_shown(hub, tutorial, tmp_path):
    # The hub of the tests has been started already.
    names = [name for name in steps(tutorial) if name != "terminal-serve.txt"]
    positions = {}
    for name in names:
        if name.endswith(".py"):
            program = tmp_path / name
            port = f"HTTPConnection(\"127.0.0.1\", {hub.port}"
            program.write_text((STEPS / name).read_text().replace('HTTPConnection("127.0.0.1", 8080', port))
            done = subprocess.run(["python3", program], capture_output=True, text=True, timeout=seconds(60))
            assert done.returncode == 0 and "'duplicate': False" in done.stdout, done
            continue
        for command, expected in Terminal(name).commands:
            printed = type_again(hub, command, positions)
            if name == "terminal-top.txt":
                expected, printed = names_of_lines(expected), names_of_lines(printed)
            assert mask(printed) == mask(expected), f"{name}: {command}"
            # Positions of the tutorial stand for those of this run.
            positions.update(zip(re.findall(r'"position":"(\w+)-', expected), re.findall(r'"position":"(\w+)-', printed)))


def names_of_lines(text):
    """What each line of measurements is about; a node's own begins with its name."""
    text = re.sub(r"^\w+ +\d+\.\d+\.\d+", "NODE", text, flags=re.M)
    return "\n".join(re.findall(r"^(?:\| )?[\w/-]+", text, flags=re.M))


def publish(hub, order, fields=None):
    hub.publish("orders", {"order": order, "total": 42.5}, "event=order_created", headers=fields or {})


def orders(page):
    return page.run("[...document.querySelectorAll('#orders li')].map((item) => item.textContent)")


def wait_for_orders(page, *expected):
    wait_until(lambda: orders(page) == [f"{order}: 42.5" for order in expected], what=f"{expected} in the page")


@pytest.mark.parametrize("name", [name for name in steps("Browser-tutorial.tutorial") if re.fullmatch(r"browser-[1-5].html", name)])
def test_each_page_shows_what_is_published(restartable, browser, pages, name):
    restarted = restartable("--allow-origins", pages.origin)
    hub = restarted.start()
    page = browser.open(pages.show(name, hub))
    hub.wait_for_metric("roomcast_subscriptions", lambda count: count == 1)
    publish(hub, 1)
    wait_for_orders(page, 1)
    if name >= "browser-2":
        assert page.run("document.getElementById('state').textContent") == "live"
    if name >= "browser-3":
        wait_for_orders(browser.open(f"{pages.origin}/"), 1)
    if name >= "browser-4":
        # What was kept in memory is gone: the page asks for what there is.
        restarted.kill()
        hub = restarted.start()
        publish(hub, 2)
        wait_for_orders(page, 2)
    if name >= "browser-5":
        page.run("document.getElementById('total').value = '17.25'; document.querySelector('#order button').click()")
        wait_until(lambda: any(text.endswith(": 17.25") for text in orders(page)), what="the page's own order")
        wait_until(
            lambda: re.fullmatch(r"order \d+ is event 2", page.run("document.getElementById('answer').textContent")),
            what="what became of it")


def test_the_last_page_comes_in_with_a_token_of_its_backend(start, browser, credentials):
    pages = Pages(lambda: credentials.token(subscribe=["orders"], publish=["orders"]))
    try:
        hub = start("--settings", credentials.write(), "--allow-origins", pages.origin)
        page = browser.open(pages.show("browser-6.html", hub))
        wait_until(lambda: page.run("document.getElementById('state').textContent") == "live", what="the page to be live")
        publish(hub, 1, {"Authorization": f"Bearer {credentials.admin}"})
        wait_for_orders(page, 1)
    finally:
        pages.shutdown()
        pages.server_close()


def test_the_program_for_node_prints_what_was_published(hub, tmp_path):
    publish(hub, 1)
    with urllib.request.urlopen(hub.url("/roomcast.js")) as answer:
        (tmp_path / "roomcast.mjs").write_bytes(answer.read())
    program = tmp_path / "orders.mjs"
    program.write_text((STEPS / "browser-node.mjs").read_text().replace(HUB, hub.url("")))
    process = subprocess.Popen(["node", program], stdout=subprocess.PIPE, text=True, env=clean_environment())
    try:
        assert process.stdout.readline() == "1 order_created { order: 1, total: 42.5 }\n"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("name", [name for name in steps("Swift-tutorial.tutorial") if re.fullmatch(r"swift-[1-3].swift", name)])
def test_each_step_in_swift_compiles(name):
    compile_swift(STEPS / name)


def test_the_program_in_swift_publishes_and_hears(hub, tmp_path):
    source, program = tmp_path / "Orders.swift", tmp_path / "orders"
    source.write_text((STEPS / "swift-4.swift").read_text().replace(HUB, hub.url("")))
    compile_swift(source, program)
    # On a terminal each line is there at once.
    ours, theirs = pty.openpty()
    process = subprocess.Popen([program], stdout=theirs, env=clean_environment())
    os.close(theirs)
    printed = []

    def read():
        try:
            while data := os.read(ours, 4096):
                printed.append(data.decode())
        except OSError:
            pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        wait_until(lambda: {"live", "order_created"} <= set("".join(printed).split()), what=f"its lines ({printed})")
        hub.publish("orders", 1, "event=order_paid")
        wait_until(lambda: "order_paid" in "".join(printed), what="a live event")
        assert "published as" in "".join(printed)
    finally:
        process.kill()
        process.wait()
        reader.join()
        os.close(ours)
