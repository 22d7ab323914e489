import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Recent, SPAN, growth, histogram, parse, point, quantile, read, since, total,
} from "../../Sources/CWeb/console/metrics.js";

const buckets = (...counts) => counts.map((count, index) => ({ edge: [0.001, 0.002, 0.004, Infinity][index], count }));

const text = ({ events = 0, latency = [0, 0, 0, 0], up = 1 } = {}) => `# HELP roomcast_events_total Events taken.
# TYPE roomcast_events_total counter
roomcast_info{version="1.2.3"} 1
roomcast_connections 5
roomcast_streams{kind="websocket"} 3
roomcast_streams{kind="sse"} 1
roomcast_events_total ${events}
roomcast_deliveries_total ${events * 10}
roomcast_engine_up ${up}
roomcast_publish_to_write_seconds_bucket{le="0.001"} ${latency[0]}
roomcast_publish_to_write_seconds_bucket{le="0.002"} ${latency[1]}
roomcast_publish_to_write_seconds_bucket{le="0.004"} ${latency[2]}
roomcast_publish_to_write_seconds_bucket{le="+Inf"} ${latency[3]}
process_resident_memory_bytes 1048576
`;

test("labels are read with their escapes, and what is no sample is passed over", () => {
  const families = parse('# HELP a b\nx{a="1,}",b="q\\"\\\\\\n"} 2.5e3\n???\n\ny 7 \nz +Inf\n');
  assert.deepEqual(families.get("x"), [{ labels: { a: "1,}", b: 'q"\\\n' }, value: 2500 }]);
  assert.deepEqual([...families.keys()], ["x", "z"]);
  assert.equal(families.get("z")[0].value, Infinity);
});

test("a family is summed up over its labels, and one that is not there is unknown", () => {
  const families = parse('x{r="0"} 2\nx{r="1"} 3\n');
  assert.equal(total(families, "x"), 5);
  assert.equal(total(families, "y"), undefined);
});

test("histograms of several reactors are one, with edges in rising order", () => {
  const families = parse('h_bucket{r="0",le="+Inf"} 4\nh_bucket{r="0",le="0.5"} 1\n'
    + 'h_bucket{r="1",le="0.5"} 2\nh_bucket{r="1",le="+Inf"} 2\n');
  assert.deepEqual(histogram(families, "h"), [{ edge: 0.5, count: 3 }, { edge: Infinity, count: 6 }]);
});

test("a counter that went back has begun anew", () => {
  assert.equal(growth(10, 25), 15);
  assert.equal(growth(10, 10), 0);
  assert.equal(growth(10, 3), 3);
});

test("a histogram that went back has begun anew", () => {
  assert.deepEqual(since(buckets(1, 2, 3, 4), buckets(2, 4, 6, 8)), buckets(1, 2, 3, 4));
  assert.deepEqual(since(buckets(9, 9, 9, 9), buckets(1, 1, 2, 2)), buckets(1, 1, 2, 2));
  assert.deepEqual(since([], buckets(1, 1, 2, 2)), buckets(1, 1, 2, 2));
});

test("a quantile lies evenly within its bucket", () => {
  assert.equal(quantile(buckets(10, 10, 10, 10), 0.5), 0.0005);
  assert.equal(quantile(buckets(0, 10, 10, 10), 0.5), 0.0015);
  assert.equal(quantile(buckets(5, 5, 10, 10), 0.5), 0.001);
  assert.equal(quantile(buckets(0, 0, 100, 100), 1), 0.004);
});

test("a quantile past the last edge is that edge, and one of nothing is unknown", () => {
  assert.equal(quantile(buckets(0, 0, 0, 3), 0.99), 0.004);
  assert.equal(quantile(buckets(0, 0, 0, 0), 0.5), null);
  assert.equal(quantile([], 0.5), null);
});

test("quantiles do not fall as the share rises", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let count = 0;
    const random = buckets(0, 0, 0, 0).map(({ edge }, index) => {
      count += (seed * (index + 7) * 31) % 11;
      return { edge, count };
    });
    const values = [0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1].map((share) => quantile(random, share));
    assert.deepEqual(values, [...values].sort((a, b) => a - b), `seed ${seed}`);
  }
});

test("rates are per second, and unknown at first", () => {
  const [first, second] = [read(text({ events: 100 }), 1000), read(text({ events: 140, latency: [0, 8, 8, 8] }), 3000)];
  assert.equal(point(undefined, first).events, null);
  const next = point(first, second);
  assert.deepEqual([next.events, next.deliveries, next.connections, next.streams], [20, 200, 5, 4]);
  assert.equal(next.p50, 0.0015);
  assert.equal(next.memory, 1048576);
});

test("rates go on when the hub was started anew", () => {
  const next = point(read(text({ events: 1000, latency: [9, 9, 9, 9] }), 0), read(text({ events: 6 }), 2000));
  assert.equal(next.events, 3);
  assert.equal(next.p99, null);
});

test("what the hub says of itself is read", () => {
  const { version, isEngineUp, isDraining } = read(text({ up: 0 }), 0);
  assert.deepEqual([version, isEngineUp, isDraining], ["1.2.3", false, false]);
  assert.equal(read("", 0).isEngineUp, true);
});

test("points older than the span are forgotten, and a miss is a hole", () => {
  const recent = new Recent();
  for (let time = 0; time <= 2 * SPAN; time += 2000) recent.add(read(text({ events: time }), time));
  assert.equal(recent.points[0].time, SPAN);
  assert.equal(recent.points.length, SPAN / 2000 + 1);
  recent.miss(2 * SPAN + 2000);
  assert.deepEqual(recent.points.at(-1), { time: 2 * SPAN + 2000 });
  recent.add(read(text({ events: 2 * SPAN + 4000 }), 2 * SPAN + 4000));
  assert.equal(recent.points.at(-1).events, 1000);
});
