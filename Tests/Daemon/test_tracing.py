"""Traces: taken up from the caller, else begun; told in errors and in the log."""

import re

import pytest

from support.waiting import wait_until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def test_a_callers_trace_is_in_the_error_and_in_the_log_line(hub):
    answer = hub.post("/v1/rooms/a/events", "nonsense", headers={"traceparent": PARENT})
    assert answer.expect_problem(400, "INVALID_JSON")["traceId"] == TRACE
    line = hub.wait_for_line(message="request", trace=TRACE)
    assert (line["method"], line["path"], line["status"]) == ("POST", "/v1/rooms/a/events", 400)
    assert line["milliseconds"] >= 0 and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


@pytest.mark.parametrize("parent", [
    None, "nonsense", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-00f067aa0ba902b7-01",
    f"00-{TRACE.upper()}-00f067aa0ba902b7-01", f"00-{TRACE}-00f067aa0ba902b7-01-more", f"00-{TRACE}-00f067aa0ba902b7",
])
def test_without_a_valid_trace_one_is_begun(hub, parent):
    ids = set()
    for _ in range(2):
        problem = hub.get("/nothing", headers={"traceparent": parent} if parent else {}).expect_problem(404, "NOT_FOUND")
        assert re.fullmatch(r"[0-9a-f]{32}", problem["traceId"]) and problem["traceId"] not in (TRACE, "0" * 32)
        hub.wait_for_line(message="request", trace=problem["traceId"])
        ids.add(problem["traceId"])
    assert len(ids) == 2


def test_a_later_version_is_read_as_far_as_it_is_known(hub):
    parent = f"01-{TRACE}-00f067aa0ba902b7-01-what-comes-then"
    assert hub.get("/nothing", headers={"traceparent": parent}).json["traceId"] == TRACE


def test_two_parents_are_none(hub):
    client = hub.raw()
    client.request("GET", "/nothing", [f"traceparent: {PARENT}", f"traceparent: {PARENT}"])
    assert client.response().json["traceId"] != TRACE


def test_errors_of_many_carry_the_trace_of_their_request(hub):
    answer = hub.post("/v1/events", '[{"room":"a b","data":1}]', headers={"traceparent": PARENT})
    assert answer.json["results"][0]["traceId"] == TRACE


def test_an_event_carries_the_trace_only_where_the_setting_says_so(start):
    hub = start("--trace-events")
    socket = hub.subscriber("a")
    hub.publish("a", 1, headers={"traceparent": PARENT})
    assert TRACE in socket.expect("event")["trace"]
    hub.post("/v1/events", '{"room":"a","data":2}', headers={"traceparent": PARENT})
    assert TRACE in socket.expect("event")["trace"]
    plain = start()
    socket = plain.subscriber("a")
    plain.publish("a", 1, headers={"traceparent": PARENT})
    assert "trace" not in socket.expect("event")


def test_a_publish_that_succeeds_is_logged_at_debug_only(start):
    quiet, loud = start(), start("--log-level", "debug")
    for hub in (quiet, loud):
        hub.publish("a", 1)
        hub.get("/nothing")
        hub.wait_for_line(path="/nothing")
    assert not [line for line in quiet.log_lines() if line.get("status") == 201]
    [line] = [line for line in loud.log_lines() if line.get("status") == 201]
    assert (line["level"], line["method"], line["path"]) == ("debug", "POST", "/v1/rooms/a/events")


def test_the_query_is_never_logged(start):
    hub = start("--log-level", "debug")
    hub.websocket("/v1/ws?token=secret-token")
    hub.get("/nothing?token=secret-token")
    hub.publish("a", 1, "event=x&token=secret-token")
    hub.wait_for_line(status=201)
    hub.wait_for_line(path="/nothing")
    hub.wait_for_line(path="/v1/ws", status=101)
    assert "secret-token" not in hub.log_text()


def test_a_line_break_in_a_path_makes_no_second_log_line(hub):
    hub.get("/nothing%0A{\"level\":\"error\"}%22")
    line = hub.wait_for_line(status=404)
    assert line["path"].startswith("/nothing") and line["level"] == "info"


def test_the_log_may_be_text(start):
    hub = start("--log-format", "text")
    hub.get("/nothing", headers={"traceparent": PARENT})
    line = wait_until(lambda: [line for line in hub.log_text().splitlines() if "/nothing" in line])[0]
    assert "404" in line and TRACE in line and not line.startswith("{")
