#!/usr/bin/env python3
"""Pushes numbers to the dashboard: one POST a second, with an event for each room.

    push.py [--hub URL] [--every SECONDS]
"""

import argparse
import http.client
import json
import math
import os
import random
import sys
import time
import urllib.parse


def numbers(moment):
    """What a real one would measure: by room, a number and its unit."""
    day = (1 + math.sin(moment / 30)) / 2
    return {
        "metric:orders": (round(40 * day + random.uniform(0, 8)), "a minute"),
        "metric:latency": (round(20 + 15 * day + random.expovariate(0.25), 1), "ms"),
        "metric:visitors": (round(800 + 600 * day + random.uniform(-20, 20)), ""),
        "metric:load": (round(100 * min(1, os.getloadavg()[0] / os.cpu_count())), "%"),
    }


def main():
    parser = argparse.ArgumentParser(description="Pushes numbers to the dashboard.")
    parser.add_argument("--hub", default="http://127.0.0.1:8080", help="the hub's address")
    parser.add_argument("--every", type=float, default=1, help="seconds between numbers")
    words = parser.parse_args()
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(words.hub).netloc, timeout=5)
    while True:
        envelopes = [
            {"room": room, "event": "measured", "data": {"value": value, "unit": unit}}
            for room, (value, unit) in numbers(time.time()).items()
        ]
        try:
            connection.request("POST", "/v1/events", json.dumps(envelopes), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            results = json.loads(answer.read()).get("results", [])
            for problem in [result for result in results if "code" in result]:
                print(f"push.py: {problem['code']}: {problem['detail']}", file=sys.stderr)
        except (OSError, http.client.HTTPException, ValueError) as lost:
            # A number that nobody got is soon old: the next one is sent instead.
            print(f"push.py: {lost}", file=sys.stderr)
            connection.close()
        time.sleep(words.every)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
