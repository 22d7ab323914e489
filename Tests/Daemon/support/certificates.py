"""Certificates for one test, made by the openssl command."""

import subprocess


class Pair:
    """A certificate and its key as PEM files."""

    def __init__(self, directory, name):
        self.certificate, self.key = directory / f"{name}.pem", directory / f"{name}.key"

    @property
    def setting(self):
        return f"{self.certificate}:{self.key}"


def make(directory, name, subject="localhost", names=("DNS:localhost", "IP:127.0.0.1"), issuer=None):
    """A pair that is its own issuer, or signed by `issuer`."""
    pair = Pair(directory, name)
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", f"/CN={subject}", "-keyout", pair.key, "-out", pair.certificate,
    ]
    if names:
        command += ["-addext", f"subjectAltName={','.join(names)}"]
    if issuer:
        command += ["-CA", issuer.certificate, "-CAkey", issuer.key]
    subprocess.run(command, check=True, capture_output=True)
    return pair
