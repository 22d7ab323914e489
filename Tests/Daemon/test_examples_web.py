"""The pages of the examples and of the tutorials, in a browser as people have it."""

import json
import signal
import subprocess
import urllib.request

import pytest

from support.credentials import bearer
from support.examples import EXAMPLES, Example, Program, is_alive
from support.ports import free_port
from support.restarts import RestartedHub
from support.waiting import wait_until

ROOM = "chat:lobby"


class Chat:
    """The hub of the chat, which can be killed, and its backend."""

    def __init__(self, scratch, engine):
        secret = scratch / "jwt-secret"
        secret.write_text("0123456789abcdef" * 4)
        secret.chmod(0o600)
        file = scratch / "hub.json5"
        file.write_text((EXAMPLES / "chat" / "hub.json5").read_text().replace("jwt-secret", str(secret)))
        port = free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self.restarted = RestartedHub(
            scratch, "hub", "--settings", str(file), "--engine", engine, "--allow-origins", self.origin,
            "--presence-leave", "200ms", port=free_port())
        self.hub = self.restarted.start()
        self.backend = Program(
            [EXAMPLES / "chat" / "server.py", "--hub", self.hub.url(""), "--port", str(port), "--secret-file", secret,
             "--life", "120"], scratch / "backend.log")
        assert self.backend.wait_for(1) == [f"listening on {self.origin}"]

    def token(self, name):
        with urllib.request.urlopen(f"{self.origin}/token", name.encode()) as answer:
            return answer.read().decode()

    def say(self, number, name="Rob"):
        """Publishes a message by REST."""
        self.hub.publish(
            ROOM, {"id": f"rest-{number}", "text": f"message {number}"}, "event=said", headers=bearer(self.token(name)))

    def start(self):
        self.hub = self.restarted.start()

    def finish(self):
        self.backend.stop()
        return self.restarted.finish()


@pytest.fixture
def open_chat(tmp_path):
    """Opens chats, whose hubs must end in good order."""
    chats = []

    def open_chat(engine):
        chats.append(Chat(tmp_path, engine))
        return chats[-1]

    yield open_chat
    assert [problem for chat in chats for problem in chat.finish()] == []


class Person:
    """A tab with the chat, and what it shows."""

    def __init__(self, browser, chat, name):
        self.page = browser.open(f"{chat.origin}/")
        self.name = name
        wait_until(lambda: self.page.run("!document.getElementById('entrance').hidden"), what="the entrance")
        # Every state that was shown, in order.
        self.page.run("""
          window.shown = [];
          window.violations = [];
          window.failures = [];
          addEventListener("unhandledrejection", ({ reason }) => failures.push(String(reason)));
          addEventListener("error", ({ message }) => failures.push(message));
          addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI));
          const element = document.getElementById("state");
          new MutationObserver(() => {
            if (shown.at(-1) !== element.dataset.state) shown.push(element.dataset.state);
          }).observe(element, { attributes: true, attributeFilter: ["data-state"] });
          undefined""")
        self.page.call("""((name) => {
          document.getElementById("name").value = name;
          document.querySelector("#entrance button").click();
        })""", name)

    def state(self):
        return self.page.run("document.getElementById('state').dataset.state")

    def wait_for_state(self, state, limit=30):
        wait_until(lambda: self.state() == state, limit, f"{state} for {self.name} ({self.shown()})")

    def shown(self):
        return self.page.run("shown")

    def texts(self, selector):
        return self.page.call(
            "((selector) => [...document.querySelectorAll(selector)].map((item) => item.textContent))", selector)

    def messages(self):
        return self.page.run(
            "[...document.querySelectorAll('#messages li:not(.note)')].map((item) => item.childNodes[1].textContent)")

    def wait_for_messages(self, expected):
        wait_until(lambda: self.messages() == expected, 30, f"{expected} for {self.name}, who has {self.messages()}")

    def wait_for_members(self, *names):
        wait_until(lambda: self.texts("#members li") == list(names), 15, f"{names} for {self.name}")
        assert self.texts("#count") == [str(len(names))]

    def say(self, text):
        self.page.call("""((text) => {
          document.getElementById("text").value = text;
          document.querySelector("#speak button").click();
        })""", text)


def test_two_people_chat_while_the_hub_is_killed_and_one_leaves(open_chat, browser, tmp_path):
    chat = open_chat(f"disk:{tmp_path / 'store'}")
    ann, bob = Person(browser, chat, "Ann"), Person(browser, chat, "Bob")
    for person in (ann, bob):
        person.wait_for_state("live")
        person.wait_for_members("Ann", "Bob")
    chat.say(1)
    ann.say("hello")
    for person in (ann, bob):
        person.wait_for_messages(["message 1", "hello"])
    assert ann.texts(".mine .who") == ["Ann"] and ann.texts(".pending") == [] and bob.texts(".mine") == []

    chat.restarted.kill()
    for person in (ann, bob):
        person.wait_for_state("offline")
    assert "next try in" in ann.texts("#state")[0]
    # Shown at once, and sent when there is a hub again.
    ann.say("is anybody there?")
    assert ann.messages()[-1] == "is anybody there?" and len(ann.texts(".pending")) == 1
    chat.start()
    for number in (2, 3, 4):
        chat.say(number)
    for person in (ann, bob):
        person.wait_for_state("live")
    wait_until(lambda: len(ann.messages()) == 6 and not ann.texts(".pending"), what="all messages, each acknowledged")
    messages = ann.messages()
    assert sorted(messages[2:]) == ["is anybody there?", "message 2", "message 3", "message 4"]
    bob.wait_for_messages(messages)
    # Nothing was doubled, for it stands in the room once.
    kept = chat.hub.get(f"/v1/rooms/{ROOM}/events", headers=bearer(chat.token("Rob"))).json["events"]
    assert [event["data"]["text"] for event in kept] == messages
    for person in (ann, bob):
        person.wait_for_members("Ann", "Bob")
        states = person.shown()
        assert "live" in states[:-1] and "offline" in states[states.index("live"):] and states[-1] == "live", states
        assert person.page.run("document.getElementById('gap').hidden") is True

    origins = ann.page.run(
        "[...new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin))].sort()")
    assert set(origins) <= {chat.origin, chat.hub.url("")} and ann.page.run("violations") == [], origins

    bob.page.close()
    ann.wait_for_members("Ann")
    assert "Bob left" in ann.texts(".note")


def test_a_chat_says_so_when_messages_are_gone_and_shows_what_is_kept(open_chat, browser):
    chat = open_chat("memory:")
    ann = Person(browser, chat, "Ann")
    ann.wait_for_state("live")
    chat.say(1)
    ann.wait_for_messages(["message 1"])
    chat.restarted.kill()
    chat.start()
    # Not from this page.
    chat.hub.publish(ROOM, None, "event=said", headers=bearer(chat.token("Rob")))
    chat.say(2)
    ann.wait_for_messages(["message 2"])
    assert ann.page.run("failures") == []
    assert ann.page.run("document.getElementById('gap').hidden") is False


def values(page, name):
    return page.run(f"document.querySelector('#{name} output')?.textContent ?? ''")


def test_a_dashboard_draws_what_is_pushed_and_has_the_latest_at_once(tmp_path, browser):
    hub_port, page_port = free_port(), free_port()
    example = Example(
        "dashboard", tmp_path / "log", "--hub-port", str(hub_port), "--page-port", str(page_port), "--", "--every", "0.2",
        last="Ctrl-C ends it.")
    try:
        page = browser.open(f"http://127.0.0.1:{page_port}/")
        points = "document.querySelector('#visitors polyline')?.getAttribute('points')?.split(' ').length ?? 0"
        wait_until(lambda: page.run(points) >= 5, what="a line of five points")
        assert page.run("document.getElementById('state').dataset.state") == "live"
        # Nothing is pushed any more: a newcomer has the latest number, and the line, all the same.
        pusher = example.child("push.py")
        subprocess.run(["kill", "-STOP", str(pusher)], check=True)
        with urllib.request.urlopen(f"http://127.0.0.1:{hub_port}/v1/rooms/metric:visitors/events?last=1") as answer:
            newest = json.load(answer)["events"][0]
        late = browser.open(f"http://127.0.0.1:{page_port}/")
        wait_until(lambda: values(late, "visitors") == str(newest["data"]["value"]), what="the newest number")
        wait_until(lambda: late.run(points) == min(newest["offset"], 120), what="the line until then")
        subprocess.run(["kill", "-CONT", str(pusher)], check=True)
    finally:
        children = example.children()
        assert len(children) == 3
        assert example.stop(signal.SIGINT) == 0
    wait_until(lambda: not any(is_alive(process) for process in children), what="the end of all that was started")
