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
        context = self.ask("Target.createBrowserContext")["browserContextId"]
        target = self.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        if document:
            self._documents[url] = document
            self.ask("Fetch.enable", session, patterns=[{"urlPattern": url}])
        shown = self.ask("Page.navigate", session, url=url)
        assert "errorText" not in shown, shown
        return Page(self, session)

    def close(self):
        try:
            self.ask("Browser.close")
            self.process.wait(seconds(20))
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()


class Page:
    def __init__(self, browser, session):
        self._browser, self._session = browser, session
        self.run("document.readyState === 'complete' || new Promise((done) => { onload = () => done(true); })")

    def run(self, expression):
        """What the expression gives, waited for where it is a promise."""
        result = self._browser.ask(
            "Runtime.evaluate", self._session, expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def call(self, function, *arguments):
        """Calls one of the page's functions."""
        return self.run(f"{function}({', '.join(json.dumps(argument) for argument in arguments)})")


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
