import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded, settle } from "./support/clock.mjs";
import { usePage } from "./support/page.mjs";
import { FakeSocket } from "./support/socket.mjs";

const page = usePage();

test("each wait is random up to a limit that doubles, and never over the cap", async () => {
  page.random = seeded(1);
  const { client, states } = page.client();
  client.room("a").on("*", () => {});
  const waits = [];
  for (let round = 0; round < 200; round++) {
    await settle();
    FakeSocket.last.drop();
    const { state, retryIn, reason } = states.at(-1);
    assert.equal(state, "offline");
    assert.match(reason, /closed with 1006/);
    assert.ok(retryIn >= 0 && retryIn <= Math.min(30000, 500 * 2 ** round), `${retryIn} in round ${round}`);
    waits.push(retryIn);
    const count = FakeSocket.all.length;
    await page.clock.pass(retryIn - 0.01);
    assert.equal(FakeSocket.all.length, count, "no try comes before it was said");
    await page.clock.pass(0.02);
    assert.equal(FakeSocket.all.length, count + 1);
    assert.equal(states.at(-1).state, "connecting");
  }
  const capped = waits.slice(10);
  assert.ok(Math.min(...capped) < 3000 && Math.max(...capped) > 27000, "the jitter is full");
});

test("bounds may be given", async () => {
  page.random = () => 1;
  const { client, states } = page.client({ backoff: { base: 10, cap: 25 } });
  client.room("a").on("*", () => {});
  for (const limit of [10, 20, 25, 25]) {
    await settle();
    FakeSocket.last.drop();
    assert.equal(states.at(-1).retryIn, limit);
    await page.clock.pass(limit);
  }
});

for (const [lasted, limit] of [[4999, 4000], [5000, 500]]) {
  test(`after a connection of ${lasted} ms the limit of the wait is ${limit} ms`, async () => {
    page.random = () => 1;
    const { client, states } = page.client();
    client.room("a").on("*", () => {});
    for (let round = 0; round < 3; round++) {
      await settle();
      FakeSocket.last.drop();
      await page.clock.pass(states.at(-1).retryIn);
    }
    FakeSocket.last.welcome();
    await page.clock.pass(lasted);
    FakeSocket.last.drop();
    assert.equal(states.at(-1).retryIn, limit);
  });
}

for (const random of [0, 0.999]) {
  test(`the delay of a reconnect is never cut short, with a jitter of ${random}`, async () => {
    page.random = () => random;
    const event = page.browser();
    const { states } = await page.listening();
    FakeSocket.last.tell({ type: "reconnect", delay: 8000 });
    await page.clock.pass(3000);
    FakeSocket.last.drop(1012);
    assert.equal(states.at(-1).retryIn, 5000 + random * 500);
    event("online");
    event("visibilitychange");
    await page.clock.pass(4999);
    event("online");
    await settle();
    assert.equal(FakeSocket.all.length, 1, "the browser's news do not cut it short either");
    await page.clock.pass(501);
    assert.equal(FakeSocket.all.length, 2);
  });
}

test("a hub that asks to come back and does not close is left after the delay", async () => {
  const { states } = await page.listening();
  FakeSocket.last.tell({ type: "reconnect", delay: 2000 });
  await page.clock.pass(1999);
  assert.equal(FakeSocket.last.closed, undefined);
  await page.clock.pass(300);
  assert.equal(FakeSocket.all[0].closed, 1000);
  assert.equal(FakeSocket.all.length, 2);
  assert.ok(states.some(({ reason }) => reason === "the hub has asked to come back"));
});

test("a farewell after a reconnect comes back as well", async () => {
  await page.listening();
  FakeSocket.last.tell({ type: "reconnect", delay: 100 });
  FakeSocket.last.drop(1000);
  await page.clock.pass(600);
  assert.equal(FakeSocket.all.length, 2);
});

const codes = {
  back: [1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 3000, 4000, 4100, 4108, 4112, 4113, 4129, 4499],
  final: [1000, 1002, 1003, 1007, 1008, 1009, 1010, 4500, 4501, 4503, 4999],
};
for (const code of codes.back) {
  test(`close code ${code} comes back`, async () => {
    const { states } = await page.listening();
    FakeSocket.last.drop(code);
    assert.equal(states.at(-1).state, "offline");
    assert.ok(states.at(-1).retryIn >= 0);
    await page.clock.pass(500);
    assert.equal(FakeSocket.all.length, 2);
  });
}
for (const code of codes.final) {
  test(`close code ${code} is final`, async () => {
    const { client, room, states, errors } = await page.listening();
    const next = room[Symbol.asyncIterator]().next();
    const publish = room.publish("said", 1);
    FakeSocket.last.tell({ type: "error", code: "UNAUTHORIZED", detail: "why", temporary: false });
    FakeSocket.last.drop(code, "told");
    assert.equal(states.at(-1).state, "offline");
    assert.ok(!("retryIn" in states.at(-1)));
    assert.equal(states.at(-1).reason, "UNAUTHORIZED: why");
    assert.deepEqual(errors.map((error) => error.code), ["UNAUTHORIZED"]);
    await assert.rejects(next, { code: "UNAUTHORIZED" });
    await assert.rejects(publish, { code: "CLOSED" });
    await assert.rejects(room.publish("said", 1), { code: "CLOSED" });
    await page.clock.pass(100000);
    assert.equal(FakeSocket.all.length, 1);
    assert.equal(page.clock.timers, 0);
    assert.equal(client.state, "offline");
  });
}

test("a bound that is left out is the default, and one that is no bound is refused", async () => {
  page.random = () => 1;
  const { client, states } = page.client({ backoff: { base: undefined, cap: undefined } });
  client.room("a").on("*", () => {});
  await settle();
  FakeSocket.last.drop();
  assert.equal(states.at(-1).retryIn, 500);
  for (const value of [0, -1, NaN, Infinity, "500"]) {
    assert.throws(() => page.client({ backoff: { base: value } }), RangeError);
    assert.throws(() => page.client({ backoff: { cap: value } }), RangeError);
    assert.throws(() => page.client({ timeout: value }), RangeError);
    assert.throws(() => client.room("b", { buffer: value }), RangeError);
  }
});
