"""What web pages can do to a hub, in a browser as people have it."""

import json
import subprocess

import pytest

from support.browser import PAGE, REBOUND, PageServer
from support.daemon import BINARY

ROOM = "/v1/rooms/a/events"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def pages():
    server = PageServer()
    yield server
    server.close()


@pytest.fixture
def page(browser, pages):
    """A page of another origin than the hub's: the same host, another port."""
    return browser.open(f"{pages.origin}/")


def socket_url(hub, path):
    return f"ws://{hub.authority}{path}"


def is_empty(hub):
    return hub.get("/v1/rooms/a").json["position"].endswith("-0")


# Each way to reach the hub, and whether the page learns that it failed: what a form or a beacon did, nobody tells it.
WAYS = {
    "a simple publish": (lambda hub: ("ask", hub.url(ROOM), {"method": "POST", "body": "1"}), True),
    "a publish nobody asks about": (
        lambda hub: ("ask", hub.url(ROOM), {"method": "POST", "body": "1", "mode": "no-cors"}), False),
    "a publish of JSON": (lambda hub: ("ask", hub.url(ROOM), {"method": "POST", "body": "1", "headers": JSON}), True),
    "many events": (
        lambda hub: ("ask", hub.url("/v1/events"), {"method": "POST", "body": '{"room":"a","data":1}'}), True),
    "a form": (lambda hub: ("submit", hub.url(ROOM), '{"a":"', '"}'), False),
    "a beacon": (lambda hub: ("navigator.sendBeacon", hub.url(ROOM), "1"), False),
    "history": (lambda hub: ("ask", hub.url(ROOM)), True),
    "the room": (lambda hub: ("ask", hub.url("/v1/rooms/a")), True),
    "a deletion": (lambda hub: ("ask", hub.url("/v1/users/ann/connections"), {"method": "DELETE"}), True),
    "an event stream": (lambda hub: ("listen", hub.url(ROOM), ["roomcast:subscribed"]), True),
    "an event stream of many": (lambda hub: ("listen", hub.url("/v1/events?room=a"), ["roomcast:subscribed"]), True),
    "a socket": (
        lambda hub: ("talk", socket_url(hub, "/v1/ws"), [{"type": "publish", "room": "a", "data": 1}]), True),
    "a socket of the room": (lambda hub: ("talk", socket_url(hub, ROOM)), True),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_page_of_another_origin_can_neither_write_nor_read(hub, page, way):
    call, is_told = WAYS[way]
    seen = page.call(*call(hub))
    if is_told:
        assert "error" in seen or seen.get("code") == 1006, seen
        assert not seen.get("frames") and not seen.get("events"), seen
    hub.wait_for_metric("roomcast_errors_total", lambda count: count == 1, {"code": "ORIGIN_NOT_ALLOWED"})
    assert is_empty(hub)


def test_an_image_or_a_script_shows_a_page_nothing(hub, page):
    hub.publish("a", {"secret": 1})
    for kind in ("img", "script"):
        assert page.call("load", kind, hub.url(ROOM)) == "refused"
    opaque = page.call("ask", hub.url(ROOM), {"mode": "no-cors"})
    assert "secret" not in json.dumps(opaque), opaque


@pytest.mark.parametrize("way", ["a publish of JSON", "history", "an event stream", "a socket"])
def test_a_page_of_a_name_that_was_rebound_to_this_machine_can_neither_write_nor_read(hub, browser, way):
    # To the browser the hub is now this page's own origin.
    page = browser.open(f"http://{REBOUND}:{hub.port}/page", document=PAGE)
    hub.host, host = REBOUND, hub.host
    call = WAYS[way][0](hub)
    hub.host = host
    seen = page.call(*call)
    assert seen.get("status") == 403 or "error" in seen or seen.get("code") == 1006, seen
    assert not seen.get("frames") and not seen.get("events"), seen
    assert hub.metrics().value("roomcast_errors_total", {"code": "ORIGIN_NOT_ALLOWED"}) == 1
    assert is_empty(hub)


def test_such_a_page_gets_through_where_its_name_is_the_hub_s(start, browser):
    hub = start("--allow-hosts", REBOUND)
    url = f"http://{REBOUND}:{hub.port}"
    page = browser.open(f"{url}/page", document=PAGE)
    assert page.call("ask", url + ROOM, {"method": "POST", "body": "1", "headers": JSON})["status"] == 201
    assert not is_empty(hub)


@pytest.fixture
def allowing(start, pages):
    return start("--allow-origins", pages.origin)


def test_an_allowed_page_publishes_and_reads_the_answers(allowing, page):
    simple = page.call("ask", allowing.url(ROOM), {"method": "POST", "body": "plain", "headers": {
        "Content-Type": "text/plain"}})
    assert simple["status"] == 201 and json.loads(simple["text"])["offset"] == 1, simple
    headers = {
        **JSON, "Idempotency-Key": "once", "Authorization": "Bearer unused",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    for is_duplicate in (False, True):
        answer = page.call("ask", allowing.url(ROOM), {"method": "POST", "body": '{"n":2}', "headers": headers})
        assert answer["type"] == "cors" and answer["status"] == 201, answer
        assert json.loads(answer["text"])["duplicate"] is is_duplicate
    history = json.loads(page.call("ask", allowing.url(ROOM))["text"])
    assert [event["data"] for event in history["events"]] == ["plain", {"n": 2}]
    deleted = page.call("ask", allowing.url("/v1/users/ann/connections"), {"method": "DELETE"})
    assert deleted["status"] == 200, deleted


def test_an_allowed_page_is_told_what_is_wrong_and_when_to_come_back(start, pages, page):
    hub = start("--allow-origins", pages.origin, "--limits-publishes", "1")
    wrong = page.call("ask", hub.url(ROOM), {"method": "POST", "body": "nonsense", "headers": JSON})
    assert wrong["status"] == 400 and json.loads(wrong["text"])["code"] == "INVALID_JSON", wrong
    # One of many at once must be too much for one a second.
    once = f"ask('{hub.url(ROOM)}', {{ method: 'POST', body: '1' }})"
    answers = page.run(f"Promise.all([...Array(20)].map(() => {once}))")
    refused = [answer for answer in answers if answer["status"] == 429]
    assert refused and all(int(answer["fields"]["Retry-After"]) >= 1 for answer in refused), answers


def test_an_allowed_page_streams(allowing, page):
    position = allowing.publish("a", 1)["position"]
    page.run(f"""window.streams = Promise.all([
      listen("{allowing.url(ROOM)}?after=earliest", ["roomcast:subscribed", "message"]),
      listen("{allowing.url('/v1/events?room=a&room=b')}&after=earliest",
        ["roomcast:subscribed", "message"], 3),
      readStream("{allowing.url(ROOM)}", {{ "Last-Event-ID": "{position.rpartition('-')[0]}-0" }}, "event: message"),
      talk("{socket_url(allowing, ROOM)}?after=earliest", [], 3),
    ]), undefined""")
    one, many, fetched, socket = page.run("window.streams")
    assert [event["name"] for event in one["events"]] == ["roomcast:subscribed", "message"]
    assert one["events"][1]["id"] == position and one["events"][1]["data"]["data"] == 1
    assert [event["data"]["room"] for event in many["events"]] == ["a", "b", "a"]
    assert fetched["status"] == 200 and position in fetched["text"]
    assert [frame["type"] for frame in socket["frames"]] == ["welcome", "subscribed", "event"]


def test_an_allowed_page_publishes_over_a_socket(allowing, page):
    seen = page.call("talk", socket_url(allowing, "/v1/ws"), [
        {"type": "subscribe", "id": 1, "room": "a"}, {"type": "publish", "id": 2, "room": "a", "data": {"text": "hi"}}
    ], 4)
    assert sorted(frame["type"] for frame in seen["frames"]) == ["event", "published", "subscribed", "welcome"], seen


# With credentials


@pytest.fixture
def guarded(start, pages, tmp_path):
    """A hub that knows one secret; `token` makes tokens for it."""
    secret = tmp_path / "secret"
    secret.write_text("0123456789abcdef" * 4)
    secret.chmod(0o600)
    settings = tmp_path / "hub.json5"
    settings.write_text(f"""{{
      allow: {{ origins: ["{pages.origin}"] }},
      tokens: {{ keys: [{{ algorithm: "HS256", secretFile: "{secret}" }}], leeway: "0s", grace: "1s" }},
    }}""")
    hub = start("--settings", str(settings))

    def token(*flags):
        words = [BINARY, "token", "jwt", "--secret-file", str(secret), "--user", "ann", *flags]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()

    hub.token = token
    return hub


def test_a_page_comes_in_with_a_token_in_the_url_and_the_log_does_not_tell_it(guarded, page):
    token = guarded.token("--subscribe", "a", "--publish", "a")
    socket = page.call("talk", f"{socket_url(guarded, ROOM)}?token={token}", [
        {"type": "publish", "room": "a", "data": 1}], 3)
    assert socket["frames"][0]["user"] == "ann", socket
    assert {frame["type"] for frame in socket["frames"][1:]} <= {"subscribed", "published", "event"}, socket
    url = f"{guarded.url(ROOM)}?after=earliest&token={token}"
    stream = page.call("listen", url, ["roomcast:subscribed", "message"])
    assert stream["events"][1]["data"]["data"] == 1
    fetched = page.call("ask", guarded.url(ROOM), {"headers": {"Authorization": f"Bearer {token}"}})
    assert fetched["status"] == 200, fetched
    assert token not in guarded.log_text() and token.rpartition(".")[2] not in guarded.log_text()


def test_a_page_comes_in_with_a_token_in_the_first_message(guarded, page):
    token = guarded.token("--subscribe", "a")
    seen = page.call("talk", socket_url(guarded, ROOM), [{"type": "auth", "id": 1, "token": token}], 3)
    assert [frame["type"] for frame in seen["frames"]] == ["welcome", "authenticated", "subscribed"], seen


def test_a_page_sees_why_its_socket_was_closed(guarded, page):
    for path, code, error in [
        (f"{ROOM}?token=nonsense", 4501, "UNAUTHORIZED"),
        (f"{ROOM}?token={guarded.token('--subscribe', 'b')}", 4503, "FORBIDDEN"),
    ]:
        seen = page.call("talk", socket_url(guarded, path))
        assert seen["code"] == code and seen["frames"][-1]["code"] == error, seen


def test_a_page_refreshes_its_token_or_sees_that_it_ended(guarded, page):
    def url(life):
        return f"{socket_url(guarded, ROOM)}?token={guarded.token('--subscribe', 'a', '--expires', life)}"

    fresh = {"type": "auth", "id": 1, "token": guarded.token("--subscribe", "a")}
    refreshed = page.call("talk", url("1m"), [fresh], 3)
    assert [frame["type"] for frame in refreshed["frames"]] == ["welcome", "subscribed", "authenticated"], refreshed
    ended = page.call("talk", url("1s"))
    assert ended["code"] == 4101 and ended["frames"][-1]["code"] == "TOKEN_EXPIRED", ended


def test_a_page_without_a_good_token_gets_no_stream_and_reads_why_by_fetch(guarded, page):
    for query in ("", "?token=nonsense"):
        assert page.call("listen", guarded.url(ROOM) + query, ["roomcast:subscribed"])["error"]
        answer = page.call("ask", guarded.url(ROOM) + query)
        assert answer["status"] == 401 and json.loads(answer["text"])["code"] == "UNAUTHORIZED", answer
        assert answer["fields"]["WWW-Authenticate"].startswith("Bearer"), answer
    written = page.call("ask", guarded.url(ROOM), {"method": "POST", "body": "1"})
    assert written["status"] == 401, written


def test_a_good_token_does_not_let_in_a_page_of_another_origin(guarded, browser):
    other = PageServer()
    try:
        page = browser.open(f"{other.origin}/")
        token = guarded.token("--subscribe", "a", "--publish", "a")
        assert page.call("talk", f"{socket_url(guarded, ROOM)}?token={token}")["code"] == 1006
        headers = {"Authorization": f"Bearer {token}"}
        assert "error" in page.call("ask", guarded.url(ROOM), {"method": "POST", "body": "1", "headers": headers})
    finally:
        other.close()
    assert len([line for line in guarded.log_lines() if line.get("status") == 403]) == 2
