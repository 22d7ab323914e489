#!/usr/bin/env python3
"""The backend of the chat: serves the page, and signs the tokens by which the hub knows its users.

    server.py --secret-file FILE [--hub URL] [--port PORT] [--life SECONDS]
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "lib"))
from pages import Pages, arguments


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret, user, life):
    """A JSON Web Token (RFC 7519), signed with HMAC-SHA256: what the user may do at the hub, for `life` seconds."""
    now = int(time.time())
    claims = {
        "sub": user,
        "iat": now,
        "exp": now + life,
        # `publish: "readers"` in the hub's settings lets those write who may read.
        "roomcast": {"subscribe": ["chat:*"], "presence": ["chat:*"]},
    }
    head = base64url(b'{"alg":"HS256","typ":"JWT"}')
    text = f"{head}.{base64url(json.dumps(claims).encode())}"
    return f"{text}.{base64url(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def main():
    parser = arguments("The backend of the chat.")
    parser.add_argument("--secret-file", required=True, help="the secret that the hub's settings name")
    parser.add_argument("--life", type=int, default=300, help="how many seconds a token is good for")
    words = parser.parse_args()
    secret = pathlib.Path(words.secret_file).read_bytes().strip()

    def sign_in(body):
        # Here everybody is who they say. A real backend looks at its own session instead.
        user = re.sub(r"[^\w .-]", "", body.decode(errors="replace")).strip()[:40]
        if not user:
            return 400, "text/plain", "a name has letters or digits\n"
        return 200, "text/plain", token(secret, user, words.life)

    pages = Pages(HERE, words.hub, words.port, {"/token": sign_in})
    print(f"listening on {pages.origin}", flush=True)
    pages.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
