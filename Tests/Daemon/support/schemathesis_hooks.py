"""What the document of the hub tells in words only, for schemathesis: it is loaded by the name in SCHEMATHESIS_HOOKS."""

import json
import os
import re

import schemathesis

# Ids of connections that were open when the run began.
CONNECTIONS = json.loads(os.environ.get("ROOMCAST_CONNECTIONS", "[]"))
# A cursor, or a position, as it is right for some rooms and not for others.
POINT = r"(?:[0-9a-f]{8}(?:~[A-Za-z0-9]{1,32}-[0-9]{1,19}){2,32}|[A-Za-z0-9]{1,32}-[0-9]{1,19})"


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Of the ids that are right, most are those of a connection that is, or was, there."""
    id = (path_parameters or {}).get("connection")
    if CONNECTIONS and isinstance(id, str) and re.fullmatch("[0-9a-f]{32}", id) and id[0] < "c":
        path_parameters["connection"] = CONNECTIONS[int(id[1:4], 16) % len(CONNECTIONS)]
    return path_parameters


def is_between(text):
    """The hub counts bytes where a schema counts characters: of such texts the schema cannot say whether they fit."""
    return isinstance(text, str) and not text.isascii() and len(text) > 30


@schemathesis.hook
def before_call(context, case, kwargs):
    query = case.query or {}
    for name in ("reason", "event"):
        if is_between(query.get(name)):
            query[name] = "x" * 201
    # One excludes the other, and `stop` needs `results=each`.
    if {"after", "last"} <= set(query):
        del query["last"]
    if query.get("stop") == "temporary" and query.get("results") in (None, "summary"):
        query["results"] = "each"
    # A CloudEvent has its name in itself.
    if "cloudevents" in str((case.headers or {}).get("Content-Type", case.media_type)):
        query.pop("event", None)
    # The cursor of several rooms is one that the hub has made for them.
    if case.operation.path == "/v1/events" and re.fullmatch(POINT, str(query.get("after"))):
        query["after"] = "earliest"
