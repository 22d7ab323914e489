"""TLS together with what else stands at the door: reload, the PROXY protocol, keys and client certificates."""

import http.client
import json
import shutil
import socket
import ssl

import pytest

from support import certificates
from support.daemon import seconds


@pytest.fixture
def pair(tmp_path):
    return certificates.make(tmp_path, "hub")


def presented(hub):
    """The certificate that a new connection is shown, in DER."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((hub.host, hub.port), timeout=seconds(15)) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            return secure.getpeercert(binary_form=True)


def der(pair):
    return ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())


def replace(pair, other):
    shutil.copy(other.certificate, pair.certificate)
    shutil.copy(other.key, pair.key)


def test_a_certificate_is_swapped_while_a_websocket_stays_open(start, tmp_path, pair):
    # The hub is believed by this file, while its own is replaced.
    trusted = tmp_path / "trusted.pem"
    shutil.copy(pair.certificate, trusted)
    hub = start("--tls-certificates", pair.setting, trust=trusted)
    before = der(pair)
    subscriber = hub.subscriber("a")
    assert presented(hub) == before
    replace(pair, certificates.make(tmp_path, "next"))
    assert hub.reload()["message"] == "reloaded"
    assert presented(hub) == der(pair) != before
    trusted.write_text(trusted.read_text() + pair.certificate.read_text())
    hub.publish("a", "still here")
    assert subscriber.expect("event")["data"] == "still here"


def test_a_certificate_that_is_wrong_changes_nothing(start, tmp_path, pair):
    hub = start("--tls-certificates", pair.setting, trust=pair.certificate)
    before = der(pair)
    shutil.copy(certificates.make(tmp_path, "other").key, pair.key)
    line = hub.reload()
    assert "nothing was changed" in line["message"] and str(pair.key) in line["message"]
    assert presented(hub) == before


def test_behind_a_proxy_protocol_header_tls_begins(start, pair):
    hub = start(
        "--tls-certificates", pair.setting, "--proxies-trusted", "127.0.0.1", "--proxies-protocol",
        "--log-level", "debug", trust=pair.certificate)
    context = ssl.create_default_context(cafile=pair.certificate)
    with socket.create_connection((hub.host, hub.port), timeout=seconds(15)) as plain:
        for byte in b"PROXY TCP4 203.0.113.9 127.0.0.1 4711 443\r\n":
            plain.sendall(bytes([byte]))
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            secure.sendall(f"GET /v1/rooms/x HTTP/1.1\r\nHost: localhost:{hub.port}\r\n\r\n".encode())
            assert secure.recv(65_536).startswith(b"HTTP/1.1 200 ")
    assert hub.wait_for_line(path="/v1/rooms/x")["peer"] == "203.0.113.9"


def exchange(hub, request, trust, client=None):
    """The status and the body of one request, made with a client certificate or none."""
    context = ssl.create_default_context(cafile=trust)
    if client:
        context.load_cert_chain(client.certificate, client.key)
    with socket.create_connection((hub.host, hub.port), timeout=seconds(15)) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            secure.sendall(request.encode())
            answer = b""
            while part := secure.recv(65_536):
                answer += part
    head, body = answer.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), json.loads(body)


def test_a_verified_client_certificate_publishes_and_nothing_else(start, tmp_path, pair):
    authority = certificates.make(tmp_path, "authority", names=())
    service = certificates.make(tmp_path, "service", subject="billing", issuer=authority)
    hub = start(
        "--tls-certificates", pair.setting, "--tls-client-authorities", str(authority.certificate), trust=pair.certificate)
    publish = "POST /v1/rooms/a/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    history = "GET /v1/rooms/a/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    status, answer = exchange(hub, publish, pair.certificate, service)
    assert (status, answer["offset"]) == (201, 1)
    assert exchange(hub, history, pair.certificate, service)[0] == 403
    status, answer = exchange(hub, publish, pair.certificate)
    assert (status, answer["code"]) == (401, "UNAUTHORIZED")


def test_a_client_certificate_ends_with_the_authority_that_signed_it(start, tmp_path, pair):
    authority = certificates.make(tmp_path, "authority", names=())
    service = certificates.make(tmp_path, "service", subject="billing", issuer=authority)
    file = tmp_path / "authorities.pem"
    file.write_text(authority.certificate.read_text())
    hub = start("--tls-certificates", pair.setting, "--tls-client-authorities", str(file), trust=pair.certificate)
    context = ssl.create_default_context(cafile=pair.certificate)
    context.load_cert_chain(service.certificate, service.key)
    connection = http.client.HTTPSConnection(hub.host, hub.port, context=context, timeout=seconds(15))

    def publish():
        connection.request("POST", "/v1/rooms/a/events", "{}")
        answer = connection.getresponse()
        answer.read()
        return answer.status

    assert publish() == 201
    assert hub.reload()["message"] == "reloaded"
    assert publish() == 201, "the authority is the same"
    file.write_text(certificates.make(tmp_path, "another", names=()).certificate.read_text())
    assert hub.reload()["message"] == "reloaded"
    assert publish() == 401
