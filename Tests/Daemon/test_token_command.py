"""`roomcast token` makes what another implementation of tokens finds right, and keeps secrets to itself."""

import base64
import hashlib
import json
import os
import re
import socket
import stat
import subprocess
import time

import jwt
import pytest

from support.daemon import BINARY, clean_environment
from support.waiting import seconds

SECRET = "0123456789abcdef0123456789abcdef"


def run(*words, environment=None, stdin=""):
    done = subprocess.run(
        [BINARY, *words], capture_output=True, text=True, timeout=seconds(20), input=stdin,
        env={**clean_environment(), **(environment or {})},
    )
    return done.returncode, done.stdout, done.stderr


def private_file(path, text):
    path.write_text(text)
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def secret_file(tmp_path):
    return private_file(tmp_path / "secret", SECRET + "\n")


def private_key(tmp_path, *options):
    file = tmp_path / "private.pem"
    subprocess.run(["openssl", "genpkey", *options, "-out", str(file)], check=True, capture_output=True)
    file.chmod(0o600)
    done = subprocess.run(["openssl", "pkey", "-in", str(file), "-pubout"], check=True, capture_output=True)
    return str(file), done.stdout


KINDS = {
    "RS256": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ES256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "EdDSA": ["-algorithm", "ed25519"],
}


# API keys


def test_a_key_comes_with_the_entry_that_lets_it_in():
    code, output, errors = run(
        "token", "key", "billing", "--scopes", "publish,admin", "--rooms", "a:*", "--rooms", "b", "--json",
    )
    assert (code, errors) == (0, "")
    answer = json.loads(output)
    key = answer["key"]
    assert re.fullmatch(r"rc_[A-Za-z0-9_-]{43}", key)
    assert len(base64.urlsafe_b64decode(key[3:] + "=")) == 32
    assert answer["entry"] == {
        "name": "billing", "sha256": hashlib.sha256(key.encode()).hexdigest(), "scopes": ["publish", "admin"],
        "rooms": ["a:*", "b"],
    }
    code, output, _ = run("token", "key", "billing")
    assert output.splitlines()[0] != key and hashlib.sha256(output.splitlines()[0].encode()).hexdigest() in output


def test_a_new_settings_file_is_the_owners_alone_and_right(tmp_path):
    file = tmp_path / "hub.json5"
    code, output, errors = run("token", "key", "billing", "--settings", str(file))
    assert (code, errors) == (0, "")
    key = output.strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert key not in file.read_text() and hashlib.sha256(key.encode()).hexdigest() in file.read_text()
    code, output, errors = run("check", str(file), "--json")
    assert (code, errors) == (0, "")
    settings = {setting["key"]: setting["value"] for setting in json.loads(output)["settings"]}
    assert settings["keys"][0]["name"] == "billing" and settings["keys"][0]["rooms"] == ["*"]


def test_a_settings_file_that_is_there_stays_as_it_is(tmp_path):
    file = tmp_path / "hub.json5"
    file.write_text("{ port: 1 }")
    code, output, errors = run("token", "key", "billing", "--settings", str(file))
    assert (code, output) == (73, "")
    assert "File exists" in errors and str(file) in errors
    assert file.read_text() == "{ port: 1 }"
    link = tmp_path / "link.json5"
    link.symlink_to(tmp_path / "elsewhere")
    assert run("token", "key", "billing", "--settings", str(link))[0] == 73
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("words", [
    ["key"], ["key", "a", "--scopes", "all"], ["key", "a", "--scopes", ""], ["key", "a", "--rooms", "a*b"],
    ["jwt"], ["jwt", "--user", "ann"], ["jwt", "--user", "ann", "--secret-file", "a", "--private-key", "b"],
    ["jwt", "--user", "ann", "--secret-file", "a", "--expires", "soon"],
    ["jwt", "--user", "ann", "--secret-file", "a", "--room", "a*"],
    ["jwt", "--user", "ann", "--secret-file", "a", "--algorithm", "none"],
    ["jwt", "--user", "ann", "--secret", SECRET], ["other"], [],
])
def test_a_wrong_call_is_told(words):
    code, output, errors = run("token", *words)
    assert (code, output) == (64, "") and errors


# Tokens


def test_a_token_says_what_was_asked_for(secret_file):
    before = int(time.time())
    code, output, errors = run(
        "token", "jwt", "--user", "ann \"é\"", "--subscribe", "orders:*", "--subscribe", "news", "--publish", "chat:1",
        "--presence", "*", "--room", "news", "--expires", "15m", "--issuer", "me", "--audience", "hub", "--kid", "k1",
        "--secret-file", secret_file,
    )
    assert (code, errors) == (0, "")
    token = output.strip()
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "k1"}
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="hub", issuer="me")
    assert before <= claims["iat"] <= time.time() and claims["exp"] == claims["iat"] + 900
    assert claims["sub"] == "ann \"é\"" and claims["aud"] == "hub"
    assert claims["roomcast"] == {
        "subscribe": ["orders:*", "news"], "publish": ["chat:1"], "presence": ["*"], "rooms": ["news"],
    }


def test_several_audiences_and_json(secret_file):
    code, output, _ = run(
        "token", "jwt", "--user", "ann", "--audience", "a", "--audience", "b", "--secret-file", secret_file, "--json",
    )
    answer = json.loads(output)
    assert code == 0 and answer["claims"]["aud"] == ["a", "b"]
    assert jwt.decode(answer["token"], SECRET, algorithms=["HS256"], audience="b") == answer["claims"]
    assert "roomcast" not in answer["claims"]


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_private_key_signs_with_its_own_algorithm(tmp_path, algorithm):
    file, public = private_key(tmp_path, *KINDS[algorithm])
    for _ in range(5):
        code, output, errors = run("token", "jwt", "--user", "ann", "--private-key", file, "--algorithm", algorithm)
        assert (code, errors) == (0, "")
        assert jwt.decode(output.strip(), public, algorithms=[algorithm])["sub"] == "ann"
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(output.strip()[:-8] + "AAAAAAAA", public, algorithms=[algorithm])
    for other in {*KINDS, "HS256"} - {algorithm}:
        code, output, errors = run("token", "jwt", "--user", "ann", "--private-key", file, "--algorithm", other)
        assert (code, output) == (65, "") and algorithm in errors


def test_a_key_that_no_hub_takes_signs_nothing(tmp_path):
    short = private_file(tmp_path / "short", "x" * 31 + "\n")
    weak, _ = private_key(tmp_path, "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
    for words in [["--secret-file", short], ["--private-key", weak], ["--private-key", short]]:
        code, output, errors = run("token", "jwt", "--user", "ann", *words)
        assert (code, output) == (65, "") and "x" * 31 not in errors
    assert run("token", "jwt", "--user", "ann", "--secret-file", str(tmp_path / "missing"))[0] == 66


def test_claims_that_no_hub_takes_are_not_signed(secret_file):
    for user in ["", "a\nb", "x" * 201]:
        code, output, errors = run("token", "jwt", "--user", user, "--secret-file", secret_file)
        assert (code, output) == (65, "") and "sub" in errors


def test_a_secret_that_others_can_read_is_a_warning(secret_file):
    os.chmod(secret_file, 0o644)
    code, output, errors = run("token", "jwt", "--user", "ann", "--secret-file", secret_file)
    assert code == 0 and f"chmod 600 {secret_file}" in errors
    assert jwt.decode(output.strip(), SECRET, algorithms=["HS256"])["sub"] == "ann"


# Settings


def test_check_finds_right_what_openssl_made_and_warns_of_open_files(tmp_path, secret_file):
    _, public = private_key(tmp_path, *KINDS["EdDSA"])
    (tmp_path / "public.pem").write_bytes(public)
    file = tmp_path / "hub.json5"
    file.write_text(f"""{{
      tokens: {{ keys: [
        {{ kid: 'a', algorithm: 'HS256', secretFile: '{secret_file}' }},
        {{ kid: 'b', algorithm: 'EdDSA', publicKeyFile: '{tmp_path / "public.pem"}' }},
        {{ kid: 'c', algorithm: 'HS256', secret: 'S3{SECRET}' }},
      ] }},
    }}""")
    file.chmod(0o600)
    code, output, errors = run("check", str(file))
    assert (code, errors) == (0, "")
    assert SECRET not in output and "(hidden)" in output
    file.chmod(0o640)
    os.chmod(secret_file, 0o644)
    code, output, errors = run("check", str(file), "--json")
    assert code == 0 and SECRET not in output + errors
    assert {warning["mend"] for warning in json.loads(output)["warnings"]} == {
        f"chmod 600 {file}", f"chmod 600 {secret_file}",
    }
    assert errors.count("warning") == 2


# Clients


def test_publish_and_subscribe_show_their_credential(hub, tmp_path):
    """The hub is open and takes any: what counts is that it comes, as others read it."""
    file = private_file(tmp_path / "token", "rc_from-a-file\n")
    for words, environment, shown in [
        (["--token-file", file], {"ROOMCAST_TOKEN": "rc_unused"}, "rc_from-a-file"),
        ([], {"ROOMCAST_TOKEN": "rc_from-the-environment"}, "rc_from-the-environment"),
        ([], {}, None),
    ]:
        for command in [["publish", "a", "1"], ["publish", "a", "-"], ["subscribe", "a"]]:
            assert authorization(command + words, environment) == shown
    assert run("publish", "a", "1", "--url", f"http://{hub.authority}", "--token-file", file)[0] == 0


def test_a_text_that_is_no_credential_is_refused_without_being_shown(tmp_path):
    file = private_file(tmp_path / "token", "S3CRET with blanks")
    for words, environment in [(["--token-file", file], {}), ([], {"ROOMCAST_TOKEN": "S3CRET\r\nX: y"})]:
        for command in [["publish", "a", "1"], ["subscribe", "a"]]:
            code, output, errors = run(*command, *words, environment=environment)
            assert (code, output) == (64, "") and errors and "S3CRET" not in errors
    assert run("publish", "a", "1", "--token", "rc_x")[0] == 64
    assert run("publish", "a", "1", "--token-file", str(tmp_path / "missing"))[0] == 64


def authorization(command, environment):
    """The credential that a command sends to whoever listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(seconds(20))
        port = server.getsockname()[1]
        process = subprocess.Popen(
            [BINARY, *command, "--url", f"http://127.0.0.1:{port}"], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**clean_environment(), **environment},
        )
        try:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(seconds(20))
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(4096)
        finally:
            process.kill()
            process.communicate()
    found = re.findall(rb"\r\nAuthorization: Bearer ([^\r]*)\r\n", head)
    assert len(found) <= 1
    return found[0].decode() if found else None
