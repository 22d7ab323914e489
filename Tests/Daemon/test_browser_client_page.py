"""/roomcast.js in a browser as people have it, on a page of the hub's own origin."""

import json

import pytest

from support.browser import Browser
from support.no_upgrades import NoUpgrades
from support.waiting import wait_until


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


BEGIN = """
import("/roomcast.js").then(({ default: Roomcast }) => {
  window.client = new Roomcast("/", { backoff: { base: 50, cap: 200 } });
  window.states = [];
  window.seen = [];
  client.on("state", (change) => states.push(change));
  window.room = client.room("a");
  room.on("*", (event) => seen.push([event.offset, event.data]));
  return new Promise((done) => client.on("state", ({ state }) => state === "live" && done(true)));
})
"""


def begin(browser, url):
    page = browser.open(f"{url}/")
    assert page.run(BEGIN) is True
    return page


def wait_for(page, expression, value):
    seen = []

    def look():
        seen[:] = [page.run(expression)]
        return seen[0] == value

    wait_until(look, 20, f"{expression} to be {value}, now {seen}")


def offline(browser, page, is_offline):
    """As when the network goes; what has a connection keeps it, since that is no news to the kernel."""
    browser.ask("Network.enable", page._session)
    browser.ask(
        "Network.emulateNetworkConditions", page._session, offline=is_offline, latency=0, downloadThroughput=-1,
        uploadThroughput=-1)


def test_a_page_subscribes_and_publishes(hub, browser):
    page = begin(browser, hub.url(""))
    hub.publish("a", {"from": "outside"})
    receipt = page.run("room.publish('said', { from: 'inside' })")
    assert receipt["offset"] == 2 and receipt["duplicate"] is False
    wait_for(page, "seen", [[1, {"from": "outside"}], [2, {"from": "inside"}]])
    page.run("(async () => { for await (const event of room) { window.looped = event.data; break; } })(); 1")
    page.run("room.publish('said', new Uint8Array([1, 2]))")
    wait_for(page, "seen.length", 3)
    page.run("client.close()")
    assert page.run("client.state") == "offline"
    hub.wait_for_metric("roomcast_connections", lambda count: count == 0, {"kind": "websocket"})


def test_a_page_that_was_offline_catches_up(hub, browser):
    page = begin(browser, hub.url(""))
    hub.publish("a", 1)
    wait_for(page, "seen", [[1, 1]])
    offline(browser, page, True)
    connection = page.run("client.connection")
    # The browser may let what is open live on; then the hub ends it.
    if connection:
        assert hub.curl("DELETE", f"/v1/connections/{connection}").status < 300
    wait_for(page, "['offline', 'connecting'].includes(client.state)", True)
    hub.publish("a", 2)
    page.run("room.publish('said', 3).then((receipt) => { window.receipt = receipt; }); 1")
    offline(browser, page, False)
    wait_for(page, "client.state", "live")
    wait_for(page, "seen", [[1, 1], [2, 2], [3, 3]])
    wait_for(page, "window.receipt?.offset", 3)


def test_a_page_behind_a_proxy_without_websockets_uses_event_streams(hub, browser):
    proxy = NoUpgrades(hub)
    try:
        page = begin(browser, proxy.url)
        assert proxy.refused == 1
        hub.publish("a", 1)
        assert page.run("room.publish('said', 2)")["offset"] == 2
        wait_for(page, "seen", [[1, 1], [2, 2]])
        assert hub.curl("DELETE", f"/v1/connections/{page.run('client.connection')}").status < 300
        wait_for(page, "states.map(({ state }) => state).filter((state) => state === 'live').length", 2)
        hub.publish("a", 3)
        wait_for(page, "seen", [[1, 1], [2, 2], [3, 3]])
        assert proxy.refused == 1, "it keeps to what works"
        assert "gap" not in json.dumps(page.run("states"))
    finally:
        page.run("client.close()")
        proxy.close()
