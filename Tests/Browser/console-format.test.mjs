import assert from "node:assert/strict";
import { test } from "node:test";

import { bytes, latency, many, short, span } from "../../Sources/CWeb/console/format.js";

test("figures have three digits that count", () => {
  assert.deepEqual([0, 4.25, 99.94, 983.4, 9999, 12_345, 3_400_000, 2e9].map(short),
    ["0", "4.3", "99.9", "983", "9,999", "12.3k", "3.4M", "2G"]);
});

test("sizes are in units of 1,024", () => {
  assert.deepEqual([0, 1023, 1536, 64 * 1024 ** 2, 1.5 * 1024 ** 4].map(bytes),
    ["0 B", "1023 B", "1.5 KiB", "64 MiB", "1.5 TiB"]);
});

test("latencies change their unit at a thousand", () => {
  assert.deepEqual([0, 87e-6, 0.00125, 0.123, 2.14].map(latency), ["0 µs", "87 µs", "1.3 ms", "123 ms", "2.1 s"]);
});

test("spans name two units at most", () => {
  assert.deepEqual([-5, 4000, 12 * 60e3, 200 * 60e3, 50 * 3600e3].map(span),
    ["0 s", "4 s", "12 min", "3 h 20 min", "2 d 2 h"]);
});

test("one is not many", () => {
  assert.deepEqual([many(0, "room"), many(1, "room"), many(2000, "room")], ["0 rooms", "1 room", "2,000 rooms"]);
});
