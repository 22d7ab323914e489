#!/usr/bin/env python3
"""Serves a folder of web pages on loopback, and tells them where the hub is.

    pages.py FOLDER [--hub URL] [--port PORT]
"""

import argparse
import http.server
import pathlib
import re

TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Pages(http.server.ThreadingHTTPServer):
    """`posts` answers POST: by path, a function from the body to (status, type, text)."""

    daemon_threads = True

    def __init__(self, folder, hub, port, posts=None):
        super().__init__(("127.0.0.1", port), Handler)
        self.folder, self.hub, self.posts = pathlib.Path(folder), hub.rstrip("/"), posts or {}
        self.origin = f"http://127.0.0.1:{self.server_port}"
        # The pages load scripts from here and from the hub, talk to these two, and to nobody else.
        socket = self.hub.replace("http", "ws", 1)
        self.policy = (
            f"default-src 'none'; script-src 'self' {self.hub}; style-src 'self'; img-src 'self' data:; "
            f"connect-src 'self' {self.hub} {socket}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # Files of this very folder, and no other.
        name = self.path.partition("?")[0][1:] or "index.html"
        file = self.server.folder / name
        if file.suffix not in TYPES or name not in {file.name for file in self.server.folder.iterdir()}:
            return self._answer(404, "text/plain", "not here\n")
        text = file.read_text()
        if file.suffix == ".html":
            text = text.replace("{{hub}}", self.server.hub)
        return self._answer(200, TYPES[file.suffix], text)

    def do_POST(self):
        answer = self.server.posts.get(self.path)
        length = self.headers.get("Content-Length", "0")
        if answer is None:
            return self._answer(404, "text/plain", "not here\n")
        if not re.fullmatch("[0-9]{1,5}", length) or int(length) > 65536:
            return self._answer(413, "text/plain", "up to 65536 bytes\n")
        # Pages of other origins have no business here.
        if self.headers.get("Origin", self.server.origin) != self.server.origin:
            return self._answer(403, "text/plain", "not for this origin\n")
        return self._answer(*answer(self.rfile.read(int(length))))

    def _answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if kind == "text/html":
            self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def arguments(description):
    """What every server of pages understands."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--hub", default="http://127.0.0.1:8080", help="the hub's address")
    parser.add_argument("--port", type=int, default=8000, help="where to listen, on loopback")
    return parser


def main():
    parser = arguments("Serves a folder of web pages, and tells them where the hub is.")
    parser.add_argument("folder")
    words = parser.parse_args()
    pages = Pages(words.folder, words.hub, words.port)
    print(f"listening on {pages.origin}", flush=True)
    pages.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
