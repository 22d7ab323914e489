"""A service that the hub calls: an HTTP server that keeps what it is sent, and answers as the test wishes."""

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time

from .waiting import wait_until

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


class Request:
    """One request as it came."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body
        self.at = time.monotonic()

    @property
    def json(self):
        return json.loads(self.body)

    def is_signed(self, secret=SECRET):
        """By Standard Webhooks: whether one of the signatures is right, and the time is now."""
        identity, seconds = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{identity}.{seconds}.".encode() + self.body
        right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return right in self.headers["webhook-signature"].split() and abs(time.time() - int(seconds)) < 60


class Receiver:
    """Answers each request with what `answer(request)` gives: a status, or a status and an object; None hangs up."""

    def __init__(self, answer=lambda request: 204, pair=None, port=0):
        self.answer = answer
        self.requests = []
        self.connections = 0
        self.pair = pair
        self.server = None
        self.start(port)

    def start(self, port=0):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                receiver.connections += 1

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                request = Request(self.path, dict(self.headers), body)
                answer = receiver.answer(request)
                receiver.requests.append(request)
                if answer is None:
                    self.close_connection = True
                    return
                status, content = answer if isinstance(answer, tuple) else (answer, None)
                data = b"" if content is None else content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Length", str(len(data)))
                if status in (301, 302, 307, 308):
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        if self.pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.pair.certificate, self.pair.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        """Nobody listens any more; `start(self.port)` begins again."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def url(self):
        return f"{'https' if self.pair else 'http'}://127.0.0.1:{self.port}/hooks?from=hub"

    def target(self, name="ours", **more):
        """The entry of the settings that names it."""
        return {"name": name, "url": self.url, "secret": SECRET, **more}

    @property
    def events(self):
        """Of every request that was taken, in their order; a repeated request repeats them."""
        return [event for request in list(self.requests) for event in request.json["events"]]

    def wait_for(self, count, limit=15):
        """The first `count` events, as soon as they are there."""
        wait_until(lambda: len(self.events) >= count, limit, f"{count} events (now {self.events})")
        return self.events[:count]
