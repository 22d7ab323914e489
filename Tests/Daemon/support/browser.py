"""Chromium without a window, driven by its DevTools protocol, and a server for a page of another origin."""

import base64
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import threading

from .waiting import seconds, wait_until
from .websocket import Socket

PAGE = pathlib.Path(__file__).with_name("page.html").read_bytes()

# Any machine on the web whose owner lets its name point to this one.
REBOUND = "evil.test"

FLAGS = [
    "--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--password-store=basic", "--remote-debugging-port=0",
    # It is the hub that must refuse, also for browsers that do not ask before a page may use the local network.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets",
    # No name leads anywhere else than to this machine.
    f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-proxy-server",
    # Its sandbox refuses to work for root.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]

KEY_CODES = {
    "Backspace": 8, "Tab": 9, "Enter": 13, "Escape": 27, "Space": 32, "End": 35, "Home": 36, "ArrowLeft": 37,
    "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "/": 191, "?": 191,
}
MODIFIERS = {"Alt": 1, "Control": 2, "Meta": 4, "Shift": 8}


class Browser:
    def __init__(self, directory):
        """`directory` is empty, and takes all that it writes."""
        directory = pathlib.Path(directory)
        binary = shutil.which("chromium")
        assert binary, "Chromium is missing: apt-get install chromium"
        self.log = directory / "chromium.log"
        profile = directory / "profile"
        with open(self.log, "wb") as output:
            self.process = subprocess.Popen(
                [binary, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stdout=output, stderr=output,
                env={**os.environ, "HOME": str(directory)},
            )
        # Two lines: the port, and the path of the one WebSocket for the whole browser.
        active = profile / "DevToolsActivePort"
        lines = wait_until(lambda: self._lines(active), 60, f"the start of Chromium ({self.log})")
        self._socket = Socket(f"ws://127.0.0.1:{lines[0]}{lines[1]}")
        self._last = 0
        self._documents = {}
        self._pages = {}

    def _lines(self, file):
        assert self.process.poll() is None, self.log.read_text(errors="replace")
        lines = file.read_text().splitlines() if file.exists() else []
        return lines if len(lines) == 2 else None

    def ask(self, method, session=None, **parameters):
        """Sends a command and returns its result; meanwhile, requests for documents given to `open` are answered."""
        number = self._send(method, session, parameters)
        while True:
            message = self._socket.receive(limit=30)
            if message.get("method") == "Fetch.requestPaused":
                self._answer(message["sessionId"], message["params"])
            elif "method" in message:
                if page := self._pages.get(message.get("sessionId")):
                    page.note(message["method"], message["params"])
            elif message.get("id") == number:
                assert "error" not in message, message
                return message["result"]

    def _send(self, method, session, parameters):
        self._last += 1
        self._socket.send({
            "id": self._last, "method": method, "params": parameters, **({"sessionId": session} if session else {})
        })
        return self._last

    def _answer(self, session, request):
        document = self._documents[request["request"]["url"]]
        self._send("Fetch.fulfillRequest", session, {
            "requestId": request["requestId"], "responseCode": 200, "body": base64.b64encode(document).decode(),
            "responseHeaders": [{"name": "Content-Type", "value": "text/html"}],
        })

    def open(self, url, document=None):
        """Opens a page that shares nothing with others. `document` is what stood at the URL before it was rebound."""
        page = self.blank()
        if document:
            self._documents[url] = document
            page.ask("Fetch.enable", patterns=[{"urlPattern": url}])
        page.go(url)
        return page

    def blank(self):
        """An empty page that shares nothing with others."""
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._pages[session] = Page(self, session, target)
        return self._pages[session]

    def close(self):
        try:
            self.ask("Browser.close")
            self.process.wait(seconds(20))
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()


class Page:
    def __init__(self, browser, session, target):
        self._browser, self._session, self._target = browser, session, target
        # What it asked for since `watch`, and what went wrong in its scripts.
        self.requests, self.failures = [], []

    def ask(self, method, **parameters):
        return self._browser.ask(method, self._session, **parameters)

    def go(self, url):
        """Opens the URL, and returns once it is loaded."""
        shown = self.ask("Page.navigate", url=url)
        assert "errorText" not in shown, shown
        self.run("document.readyState === 'complete' || new Promise((done) => { onload = () => done(true); })")

    def close(self):
        self._browser.ask("Target.closeTarget", targetId=self._target)

    # What it does

    def watch(self):
        """Notes from now on what it asks for, and what goes wrong in its scripts."""
        for domain in ("Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def note(self, method, parameters):
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(parameters["url"])
        elif method == "Runtime.exceptionThrown":
            self.failures.append(parameters["exceptionDetails"])
        # What the hub refuses stands in the log of the network, too.
        elif method == "Log.entryAdded" and parameters["entry"]["source"] != "network":
            self.failures.append(parameters["entry"])

    def run(self, expression):
        """What the expression gives, waited for where it is a promise."""
        result = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def call(self, function, *arguments):
        """Calls one of the page's functions."""
        return self.run(f"{function}({', '.join(json.dumps(argument) for argument in arguments)})")

    def wait(self, expression, limit=15):
        """Waits until the expression gives something true, and returns that."""
        return wait_until(lambda: self.run(expression), limit, expression)

    # How it is looked at, and by whom

    def look(self, width=1280, height=800, phone=False, **features):
        """The size of its window, and what its user prefers, as in `color_scheme="dark"`."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        if features:
            self.ask("Emulation.setEmulatedMedia", features=[
                {"name": name.replace("_", "-") if name == "forced_colors" else f"prefers-{name.replace('_', '-')}",
                 "value": value} for name, value in features.items()
            ])

    def press(self, *keys):
        """Presses keys one after another: a letter, or a name such as `Tab`; `Shift+Tab` holds the first."""
        for key in keys:
            *held, key = key.split("+") if len(key) > 1 else [key]
            code = KEY_CODES.get(key, ord(key[0].upper()))
            text = {"Enter": "\r", "Space": " "}.get(key, key if len(key) == 1 else None)
            about = {
                "key": " " if key == "Space" else key, "windowsVirtualKeyCode": code,
                "modifiers": sum(MODIFIERS[name] for name in held),
            }
            typed = {"text": text} if text and "Control" not in held else {}
            self.ask("Input.dispatchKeyEvent", type="keyDown" if typed else "rawKeyDown", **about, **typed)
            self.ask("Input.dispatchKeyEvent", type="keyUp", **about)

    def type(self, text):
        """Puts a text in where the focus is, as if it were pasted."""
        self.ask("Input.insertText", text=text)

    def screenshot(self, path):
        """What is seen of it now, as PNG."""
        image = self.ask("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(image))


class PageServer:
    """Serves the page at every path, as an origin of its own."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(PAGE)))
            self.end_headers()
            self.wfile.write(PAGE)

        def log_message(self, *_):
            pass

    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
