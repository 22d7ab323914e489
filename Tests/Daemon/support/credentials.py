"""API keys, tokens and the settings that know them, made by Python's own libraries and not by the hub's command."""

import base64
import functools
import hashlib
import hmac
import json
import os
import pathlib
import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

PEM = serialization.Encoding.PEM


def now():
    return int(time.time())


def base64url(data):
    """Without padding (RFC 7515 section 2)."""
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def bearer(credential):
    """The field that shows a credential; none for None."""
    return {} if credential is None else {"Authorization": f"Bearer {credential}"}


def unsigned(header, claims, signature=""):
    """A token whose header and signature no library would make."""
    return f"{base64url(header)}.{base64url(claims)}.{signature}"


def hs256(header, claims, secret):
    """A token signed with HMAC over whatever the header says."""
    text = f"{base64url(header)}.{base64url(claims)}"
    return f"{text}.{base64url(hmac.digest(secret, text.encode(), 'sha256'))}"


@functools.cache
def pairs():
    """Private keys, the same for all tests: to make one for RSA takes long."""
    return {
        "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ec": ec.generate_private_key(ec.SECP256R1()),
        "ed": ed25519.Ed25519PrivateKey.generate(),
    }


class Credentials:
    """The settings file of a hub with credentials, and what its users show."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.file = self.folder / "roomcast.json5"
        # Every text that must not leave the tests, for a look into what the hub wrote.
        self.shown = []
        self.secret = os.urandom(32).hex().encode()
        self.private = {"hmac": self.secret, **pairs()}
        self.algorithms = {"hmac": "HS256", "rsa": "RS256", "ec": "ES256", "ed": "EdDSA"}
        self._write_private("hmac.secret", self.secret + b"\n")
        self.public = {}
        for name in ("rsa", "ec", "ed"):
            key = self.private[name].public_key()
            self.public[name] = key.public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            (self.folder / f"{name}.pem").write_bytes(self.public[name])
        self.settings = {"keys": [], "tokens": {"keys": [
            {"kid": "hmac", "algorithm": "HS256", "secretFile": str(self.folder / "hmac.secret")},
            *(
                {"kid": name, "algorithm": self.algorithms[name], "publicKeyFile": str(self.folder / f"{name}.pem")}
                for name in ("rsa", "ec", "ed")
            ),
        ]}}
        self.admin = self.key("admin", ["publish", "read", "admin"])

    def _write_private(self, name, data):
        file = self.folder / name
        file.write_bytes(data)
        file.chmod(0o600)

    def replace_secret(self):
        """Another secret in the same file."""
        self.private["hmac"] = self.secret = os.urandom(32).hex().encode()
        self._write_private("hmac.secret", self.secret)

    # What is shown

    def key(self, name, scopes=("publish", "read"), rooms=None):
        """A new API key that the settings know."""
        key = "rc_" + base64url(os.urandom(32))
        entry = {"name": name, "sha256": hashlib.sha256(key.encode()).hexdigest(), "scopes": list(scopes)}
        if rooms is not None:
            entry["rooms"] = rooms
        self.settings["keys"].append(entry)
        self.shown.append(key)
        return key

    def forget_key(self, name):
        self.settings["keys"] = [key for key in self.settings["keys"] if key["name"] != name]

    def claims(self, user="ann", subscribe=(), publish=(), rooms=(), presence=(), life=3600, **more):
        """The claims of a token that is right; a claim given as None is left out."""
        claims = {"sub": user, "iat": now() - 5, "exp": now() + life, "roomcast": {
            "subscribe": list(subscribe), "publish": list(publish), "rooms": list(rooms), "presence": list(presence)
        }, **more}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, user="ann", subscribe=(), publish=(), rooms=(), signer="hmac", headers=None, **more):
        """A signed token."""
        return self.sign(self.claims(user, subscribe, publish, rooms, **more), signer, headers)

    def sign(self, claims, signer="hmac", headers=None):
        headers = {"kid": signer} if headers is None else headers
        return self.note(jwt.encode(claims, self.private[signer], self.algorithms[signer], headers=headers))

    def note(self, token):
        """Remembers a token that was made by hand."""
        self.shown.append(token)
        return token

    # The settings

    def write(self, text=None):
        """Writes the settings file; JSON is JSON5 too."""
        self.file.write_text(json.dumps(self.settings, indent=2) if text is None else text)
        self.file.chmod(0o600)
        return str(self.file)
