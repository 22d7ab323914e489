"""TLS on the hub's own port, by clients that others wrote: curl, openssl s_client, Python's ssl and websockets."""

import asyncio
import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import subprocess

import pytest

from support import certificates
from support.daemon import BINARY, clean_environment
from support.waiting import seconds, wait_until
from support.websocket import Socket


@pytest.fixture
def pair(tmp_path):
    return certificates.make(tmp_path, "hub")


@pytest.fixture
def secure(start, pair):
    """Starts a hub with TLS."""
    return lambda *flags: start("--tls-certificates", pair.setting, *flags, trust=pair.certificate)


def s_client(hub, *flags, send="", name="localhost"):
    """What `openssl s_client` tells of one connection, and whether its handshake was done."""
    command = ["openssl", "s_client", "-connect", hub.authority, *([] if "-noservername" in flags else ["-servername", name])]
    done = subprocess.run(
        [*command, *map(str, flags)], input=send, capture_output=True, text=True, timeout=seconds(30))
    return done.stdout + done.stderr, done.returncode == 0


def get_health(hub):
    return f"GET /health HTTP/1.1\r\nHost: localhost:{hub.port}\r\nConnection: close\r\n\r\n"


def encrypted(hub, trust, **options):
    """A raw connection that speaks TLS."""
    client = hub.raw(**options)
    client.socket = ssl.create_default_context(cafile=trust).wrap_socket(client.socket, server_hostname="localhost")
    return client


def keep_alive(hub):
    return http.client.HTTPSConnection(
        hub.host, hub.port, context=ssl.create_default_context(cafile=hub.trust), timeout=seconds(30))


def test_curl_publishes_and_websockets_hear_it(secure):
    hub = secure()
    assert hub.scheme == "https"
    subscriber = hub.subscriber("a")
    assert hub.publish("a", {"x": 1})["subscribers"] == 1
    assert subscriber.expect("event")["data"] == {"x": 1}


def test_a_fan_out_comes_to_all_in_order(secure):
    hub = secure()
    subscribers = [hub.subscriber("a") for _ in range(20)]
    connection = keep_alive(hub)
    for number in range(300):
        connection.request("POST", "/v1/rooms/a/events", json.dumps({"n": number, "p": "x" * (number * 37 % 3000)}))
        assert connection.getresponse().read()
    for subscriber in subscribers:
        frames = subscriber.take(300)
        assert [frame["data"]["n"] for frame in frames] == list(range(300))
        assert all(len(frame["data"]["p"]) == frame["data"]["n"] * 37 % 3000 for frame in frames)


def test_lines_that_leave_together_share_records(secure):
    hub = secure("--reactors", "1")
    subscriber = hub.subscriber("a")
    before = hub.metrics().value("roomcast_sends_total")
    hub.publish_lines([{"room": "a", "data": number} for number in range(200)])
    assert [frame["data"] for frame in subscriber.take(200)] == list(range(200))
    assert hub.metrics().value("roomcast_sends_total") - before < 100


def test_a_megabyte_in_each_of_200_events_to_a_slow_reader(secure):
    hub = secure("--history-room-bytes", "512MiB", "--history-node-bytes", "1GiB")
    reader = encrypted(hub, hub.trust, receive_buffer=16384)
    reader.upgrade("/v1/rooms/a/events")
    connection, digests = keep_alive(hub), []
    for number in range(200):
        body = json.dumps(hashlib.sha256(str(number).encode()).hexdigest() * 16000).encode()
        digests.append(hashlib.sha256(body).hexdigest())
        connection.request("POST", "/v1/rooms/a/events", body)
        assert connection.getresponse().read()
    seen = []
    while len(seen) < 200:
        opcode, payload = reader.receive_frame()
        if opcode == 9:
            reader.frame(10, payload)
            continue
        frame = json.loads(payload)
        if frame["type"] == "event":
            seen.append((frame["offset"], hashlib.sha256(json.dumps(frame["data"]).encode()).hexdigest()))
    assert seen == [(index + 1, digest) for index, digest in enumerate(digests)]


def test_16_mib_come_back_from_the_echo(secure):
    hub = secure("--debug-echo")
    echo = hub.websocket("/debug/echo")
    data = os.urandom(16 << 20)
    echo.send(data)
    assert echo.receive_text(60) == data
    for size in (0, 1, 125, 16383, 16384, 16385, 65535, 65536):
        echo.send(data[:size])
        assert echo.receive_text() == data[:size]


@pytest.mark.parametrize("minimum,accepted", [("1.2", ["-tls1_2", "-tls1_3"]), ("1.3", ["-tls1_3"])])
def test_versions_below_the_minimum_are_refused(secure, minimum, accepted):
    hub = secure("--tls-minimum", minimum)
    for version in ("-tls1_1", "-tls1_2", "-tls1_3"):
        flags = ["-cipher", "DEFAULT@SECLEVEL=0"] if version == "-tls1_1" else []
        output, done = s_client(hub, version, *flags)
        assert done == (version in accepted), output
    assert hub.get("/health").status == 200


def test_nobody_renegotiates(secure):
    hub = secure()
    output, _ = s_client(hub, "-tls1_2", send="R\n")
    assert "RENEGOTIATING" in output and "no renegotiation" in output, output
    assert hub.get("/health").status == 200


def test_http_1_1_is_chosen_and_nothing_else_spoken(secure):
    hub = secure()
    assert "ALPN protocol: http/1.1" in s_client(hub, "-alpn", "h2,http/1.1")[0]
    assert "No ALPN negotiated" in s_client(hub)[0]
    output, done = s_client(hub, "-alpn", "h2")
    assert not done and "no application protocol" in output, output


def test_the_certificate_is_chosen_by_the_name_that_is_asked_for(start, tmp_path):
    pairs = [
        certificates.make(tmp_path, "first", "first"),
        certificates.make(tmp_path, "second", "second", ["DNS:hub.example.org", "DNS:*.live.example.org"]),
        certificates.make(tmp_path, "third", "third", ["DNS:one.live.example.org"]),
    ]
    hub = start("--tls-certificates", ",".join(pair.setting for pair in pairs), trust=pairs[0].certificate)

    def subject(name, *flags):
        return re.search(r"subject=CN = (\w+)", s_client(hub, *flags, name=name)[0])[1]

    for version in ("-tls1_2", "-tls1_3"):
        assert subject("localhost", version) == "first"
        assert subject("HUB.example.org", version) == "second"
        assert subject("two.live.example.org", version) == "second"
        assert subject("one.live.example.org", version) == "third"
        assert subject("a.b.live.example.org", version) == "first"
        assert subject("nobody.example.com", version) == "first"
        assert subject("", version, "-noservername") == "first"
    assert hub.get("/health").status == 200


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_session_is_resumed_by_its_ticket(secure, tmp_path, version):
    hub = secure()
    ticket = tmp_path / "session"
    output, _ = s_client(hub, version, "-ign_eof", "-sess_out", ticket, send=get_health(hub))
    assert "New, TLS" in output and "200 OK" in output, output
    output, _ = s_client(hub, version, "-ign_eof", "-sess_in", ticket, send=get_health(hub))
    assert "Reused, TLS" in output and "200 OK" in output, output


def test_a_client_certificate_is_verified_where_there_is_one(start, tmp_path, pair):
    ours = certificates.make(tmp_path, "ours", "Our authority", [])
    theirs = certificates.make(tmp_path, "theirs", "Their authority", [])
    good = certificates.make(tmp_path, "good", "ann", [], issuer=ours)
    bad = certificates.make(tmp_path, "bad", "ann", [], issuer=theirs)
    hub = start(
        "--tls-certificates", pair.setting, "--tls-client-authorities", str(ours.certificate), trust=pair.certificate)
    output, done = s_client(hub, "-cert", good.certificate, "-key", good.key, "-ign_eof", send=get_health(hub))
    assert done and "200 OK" in output and "CN = Our authority" in output, output
    for version in ("-tls1_2", "-tls1_3"):
        output, _ = s_client(
            hub, version, "-cert", bad.certificate, "-key", bad.key, "-ign_eof", send=get_health(hub))
        assert "200 OK" not in output and "unknown ca" in output, output
    assert hub.get("/health").status == 200
    ticket = tmp_path / "session"
    for flags in (["-sess_out", ticket], ["-sess_in", ticket]):
        output, _ = s_client(
            hub, "-cert", good.certificate, "-key", good.key, "-ign_eof", *flags, send=get_health(hub))
    assert "Reused, TLS" in output and "200 OK" in output, output


def test_plain_http_is_closed_and_the_hub_stays(secure):
    hub = secure()
    for _ in range(20):
        client = hub.raw()
        client.request("GET", "/health")
        assert b"HTTP/1.1" not in client.rest()
    assert hub.get("/health").status == 200
    assert hub.metrics().value("roomcast_tls_handshakes_total", {"result": "failed"}) >= 20


def test_rubbish_after_the_handshake_ends_that_connection_alone(secure):
    hub = secure()
    other, client = hub.subscriber("a"), encrypted(hub, hub.trust)
    client.upgrade()
    plain = socket.socket(fileno=os.dup(client.socket.fileno()))
    plain.sendall(b"\x17\x03\x03\x00\x40" + os.urandom(64))
    plain.settimeout(seconds(15))
    try:
        while plain.recv(65536):
            pass
    except ConnectionResetError:
        pass
    plain.close()
    assert hub.publish("a", 1)["subscribers"] == 1
    assert other.expect("event")["data"] == 1


def test_aborted_handshakes_leave_nothing_behind(secure):
    hub = secure()
    hub.get("/health")

    def descriptors():
        return len(os.listdir(f"/proc/{hub.process.pid}/fd"))

    before = descriptors()
    hello = first_flight()
    for number in range(2000):
        client = socket.create_connection((hub.host, hub.port), timeout=seconds(15))
        # From nothing at all to a whole first flight; every second one waits for the answer.
        client.sendall(hello[:len(hello) * (number % 11) // 10])
        if number % 22 >= 11 and number % 11 == 10:
            assert client.recv(100)
        client.close()
    hub.wait_for_metric("roomcast_tls_handshakes_total", lambda count: count == 2000, {"result": "failed"})
    hub.wait_for_metric("roomcast_tls_handshakes_under_way", lambda count: count == 0)
    wait_until(lambda: descriptors() <= before, what=f"{before} descriptors")


def first_flight():
    """A client's first message."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def test_a_handshake_cut_into_single_bytes_works(secure):
    hub = secure()
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cafile=hub.trust).wrap_bio(incoming, outgoing, server_hostname="localhost")
    raw = hub.raw()
    raw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def perform(step):
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                result = None
            for byte in outgoing.read():
                raw.send(bytes([byte]))
            if result is not None:
                return result
            incoming.write(raw.receive())

    perform(lambda: client.do_handshake() or True)
    client.write(get_health(hub).encode())
    assert b"200 OK" in perform(lambda: client.read(65536))


def test_where_handshakes_have_their_limit_the_oldest_makes_room(secure):
    hub = secure("--tls-handshakes", "5", "--reactors", "1")
    silent = [hub.raw() for _ in range(5)]
    silent[0].send(first_flight()[:100])
    assert hub.get("/health").status == 200
    assert silent[0].rest() == b""
    assert hub.metrics().value("roomcast_tls_handshakes_total", {"result": "refused"}) == 1


def test_a_handshake_has_its_time(secure):
    hub = secure("--handshake", "1s")
    silent = [hub.raw() for _ in range(5)]
    silent[0].send(first_flight()[:100])
    for client in silent:
        assert client.rest() == b""
    assert hub.metrics().value("roomcast_tls_handshakes_total", {"result": "failed"}) == 5


def test_the_end_is_told_and_not_only_cut(secure):
    hub = secure()
    client = encrypted(hub, hub.trust)
    # Python takes an end without close_notify as an error where it is told to.
    client.socket.suppress_ragged_eofs = False
    client.request("GET", "/health", ["Connection: close"])
    assert b"200 OK" in client.rest()
    stream = encrypted(hub, hub.trust)
    stream.socket.suppress_ragged_eofs = False
    stream.request("GET", "/v1/rooms/a/events", ["Accept: text/event-stream"])
    assert stream.head()
    hub.terminate()
    stream.rest()


def test_a_drain_closes_with_1012(secure):
    hub = secure("--drain", "5s")
    subscribers = [hub.subscriber("a") for _ in range(50)]
    hub.terminate()
    for subscriber in subscribers:
        assert subscriber.expect("reconnect")["delay"] > 0
        assert subscriber.expect_close()[0] == 1012
    assert hub.wait() == 0


def test_the_log_says_once_who_encrypts(secure):
    hub = secure()
    for _ in range(3):
        hub.get("/health")
    hub.wait_for_line(level="info")
    assert sum(line["message"].startswith("TLS: ") for line in hub.log_lines()) == 1


def run(*words):
    done = subprocess.run(
        [BINARY, *map(str, words)], capture_output=True, text=True, timeout=seconds(20), env=clean_environment())
    return done.returncode, done.stdout, done.stderr


def test_check_and_serve_tell_what_is_wrong_with_the_files(tmp_path, pair):
    other = certificates.make(tmp_path, "other")
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    files = f"{pair.certificate}:{other.key},{tmp_path}/missing.pem:{pair.key},{pair.certificate}:{empty}"
    for command in ("check", "serve"):
        code, _, errors = run(command, "--port", "0", "--tls-certificates", files)
        assert code == 78, errors
        lines = errors.splitlines()
        assert len(lines) == 3 and all("--tls-certificates: tls.certificates: " in line for line in lines), errors
        assert f"the key in {other.key} does not belong to the certificate in {pair.certificate}" in lines[0]
        assert f"{tmp_path}/missing.pem cannot be read: No such file" in lines[1]
        assert f"{empty} holds no private key" in lines[2]


def test_check_warns_of_a_key_that_others_can_read(start, pair):
    assert run("check", "--tls-certificates", pair.setting)[2] == ""
    pair.key.chmod(0o640)
    code, output, errors = run("check", "--tls-certificates", pair.setting)
    assert code == 0 and f"chmod 600 {pair.key}" in errors and "warning" in errors
    code, output, _ = run("check", "--json", "--tls-certificates", pair.setting)
    report = json.loads(output)
    assert code == 0 and report["ok"] and len(report["warnings"]) == 1
    hub = start("--tls-certificates", pair.setting, trust=pair.certificate)
    assert str(pair.key) in hub.wait_for_line(level="warning")["message"]


def test_a_key_with_a_passphrase_is_refused_without_asking_for_it(tmp_path, pair):
    locked = tmp_path / "locked.key"
    subprocess.run(
        ["openssl", "pkey", "-in", pair.key, "-aes256", "-passout", "pass:secret", "-out", locked], check=True)
    code, _, errors = run("check", "--tls-certificates", f"{pair.certificate}:{locked}")
    assert code == 78 and "passphrase" in errors


def test_client_authorities_need_certificates(pair):
    code, _, errors = run("check", "--tls-client-authorities", pair.certificate)
    assert code == 78 and "tls.certificates is empty" in errors


def test_many_handshakes_at_once(secure):
    hub = secure()

    async def one(context):
        reader, writer = await asyncio.open_connection(hub.host, hub.port, ssl=context, server_hostname="localhost")
        writer.write(get_health(hub).encode())
        answer = await reader.read()
        writer.close()
        return answer

    async def many():
        context = ssl.create_default_context(cafile=hub.trust)
        return await asyncio.gather(*(one(context) for _ in range(300)))

    assert all(b"200 OK" in answer for answer in asyncio.run(many()))
    hub.wait_for_metric("roomcast_connections", lambda count: count <= 1)


def test_a_websocket_that_trusts_another_does_not_connect(secure, tmp_path):
    hub = secure()
    stranger = certificates.make(tmp_path, "stranger")
    context = ssl.create_default_context(cafile=stranger.certificate)
    with pytest.raises(ssl.SSLCertVerificationError):
        Socket(f"wss://{hub.authority}/v1/ws", ssl=context)
    assert hub.get("/health").status == 200
