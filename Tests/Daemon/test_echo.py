"""The echo that conformance suites talk to: --debug-echo."""

import os

import pytest


@pytest.fixture
def echo(start):
    hub = start("--debug-echo")
    client = hub.raw()
    client.upgrade("/debug/echo")
    return client


def test_it_is_there_only_where_the_flag_says_so(hub):
    hub.get("/debug/echo").expect_problem(404, "NOT_FOUND")


def test_text_and_octets_of_every_length_of_a_length_come_back(echo):
    for size in (0, 1, 125, 126, 127, 65535, 65536, 200_000):
        text, octets = b"x" * size, os.urandom(size)
        echo.frame(1, text)
        assert echo.receive_frame() == (1, text)
        echo.frame(2, octets)
        assert echo.receive_frame() == (2, octets)


def test_16_mib_by_the_library(start):
    hub = start("--debug-echo")
    socket = hub.websocket("/debug/echo")
    data = os.urandom(16 << 20)
    socket.send(data)
    assert socket.receive_text(60) == data
    text = "aé€😀" * (1 << 20)
    socket.send(text)
    assert socket.receive_text(60) == text


def test_fragments_become_one_message(echo):
    data = os.urandom(10_000)
    for start in range(0, len(data), 10):
        echo.frame(2 if start == 0 else 0, data[start:start + 10], final=False)
    echo.frame(0, b"", final=True)
    assert echo.receive_frame() == (2, data)


def test_control_frames_between_fragments(echo):
    echo.frame(1, b"one ", final=False)
    echo.frame(9, b"ping")
    echo.frame(0, b"two ", final=False)
    echo.frame(10, b"unasked")
    echo.frame(0, b"three")
    assert echo.receive_frame() == (10, b"ping")
    assert echo.receive_frame() == (1, b"one two three")


def test_characters_cut_between_fragments(echo):
    text = "κόσμε 😀".encode()
    for index in range(len(text)):
        echo.frame(1 if index == 0 else 0, text[index:index + 1], final=index == len(text) - 1)
    assert echo.receive_frame() == (1, text)


@pytest.mark.parametrize("frames,code", [
    ([(1, b"\xce\xba\xe1\xbd\xb9\xed\xa0\x80", True)], 1007),
    ([(1, b"\xf4", False), (0, b"\x90", False)], 1007),
    ([(0, b"x", True)], 1002),
    ([(1, b"x", False), (2, b"x", True)], 1002),
    ([(9, b"x", False)], 1002),
    ([(8, b"\x03\xec", True)], 1002),
])
def test_violations_close_with_their_code(echo, frames, code):
    for opcode, payload, final in frames:
        echo.frame(opcode, payload, final)
    assert echo.expect_close() == code


def test_over_64_mib_is_1009(echo):
    echo.send(b"\x82\xff" + (65 << 20).to_bytes(8, "big") + b"\0\0\0\0")
    assert echo.expect_close() == 1009
