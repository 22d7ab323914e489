"""The files for browsers: where they are, who may use them, and how browsers keep them."""

import pytest

FILES = {
    "/": "text/html; charset=utf-8",
    "/roomcast.js": "text/javascript; charset=utf-8",
    "/roomcast.d.ts": "text/plain; charset=utf-8",
    "/console/console.css": "text/css; charset=utf-8",
}


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_there_for_everybody(guard, path):
    answer = guard().get(path)
    assert answer.status == 200 and answer.body
    assert answer.field("Content-Type") == FILES[path]
    assert answer.field("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize("path", FILES)
def test_a_browser_that_has_the_file_gets_it_no_second_time(hub, path):
    tag = hub.get(path).field("ETag")
    assert tag.startswith('"') and hub.get(path).field("Cache-Control") == "no-cache"
    for known in (tag, f"W/{tag}", f'"other" , {tag} ', f'{tag}, "other"', "*"):
        answer = hub.get(path, headers={"If-None-Match": known})
        assert answer.status == 304 and answer.body == b"" and answer.field("ETag") == tag, known
    assert hub.get(path, headers={"If-None-Match": "\"other\""}).status == 200


def test_a_page_may_load_from_the_hub_alone(hub):
    policy = hub.get("/").field("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'self'; ") and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert hub.get("/").field("Access-Control-Allow-Origin") is None


def test_pages_of_every_origin_may_use_the_library(hub):
    answer = hub.get("/roomcast.js", headers={"Origin": "https://shop.example"})
    assert answer.field("Access-Control-Allow-Origin") == "*"


def test_the_console_can_be_taken_away(start):
    hub = start("--console-off")
    assert hub.get("/roomcast.js").status == 200
    for path in ("/", "/console/console.css"):
        hub.get(path).expect_problem(404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/nothing.js", "/console/../roomcast.js", "//a"])
def test_nothing_else_is_there(hub, path):
    hub.get(path, options=["--path-as-is"]).expect_problem(404, "NOT_FOUND")
