import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./support/clock.mjs";
import { useEvents } from "./support/events.mjs";
import { FakeSocket } from "./support/socket.mjs";

const site = useEvents();

test("where no WebSocket opens and an event stream does, that is used, and preferred for ten minutes", async () => {
  site.page.random = () => 1;
  const { seen, states } = await site.listening(["a"], { transport: "auto" });
  assert.equal(FakeSocket.all.length, 1);
  FakeSocket.last.drop();
  await site.page.clock.pass(20);
  site.hub.last.subscribe();
  site.hub.last.event("a", 1);
  await settle();
  assert.deepEqual(seen, ["a 1"]);
  assert.deepEqual(states.map(({ state }) => state), ["connecting", "catching-up", "live"]);
  for (let round = 0; round < 3; round++) {
    site.hub.last.end();
    await site.page.clock.pass(1000);
    site.hub.last.subscribe();
    await site.page.clock.pass(5000);
  }
  assert.equal(FakeSocket.all.length, 1);
  for (let quiet = 0; quiet < 600; quiet += 20) {
    site.hub.last.write(":\n\n");
    await site.page.clock.pass(20000);
  }
  assert.equal(FakeSocket.all.length, 1, "a stream that works is kept");
  site.hub.last.end();
  await site.page.clock.pass(1000);
  assert.equal(FakeSocket.all.length, 2, "and after ten minutes a WebSocket is tried first");
});

test("a WebSocket that opens not in time is the same", async () => {
  await site.listening(["a"], { transport: "auto" });
  await site.page.clock.pass(9970);
  assert.equal(site.hub.streams.length, 0);
  await site.page.clock.pass(50);
  assert.equal(site.hub.streams.length, 1);
  assert.equal(FakeSocket.last.closed, 1000);
});

test("a hub that answers the WebSocket, or is away, is no reason for event streams", async () => {
  const { states } = await site.listening(["a"], { transport: "auto" });
  FakeSocket.last.isOpen = true;
  FakeSocket.last.tell({ type: "error", code: "DRAINING", detail: "", temporary: true });
  FakeSocket.last.drop(1012);
  await settle();
  assert.equal(site.hub.requests.length, 0);
  assert.equal(states.at(-1).state, "offline");
  site.hub.isAway = true;
  await site.page.clock.pass(500);
  FakeSocket.last.drop();
  await site.page.clock.pass(20);
  assert.equal(states.at(-1).state, "offline");
  await site.page.clock.pass(1000);
  assert.equal(FakeSocket.all.length, 3, "both failed, so the next try begins with a WebSocket");
});

test("without a WebSocket there are event streams", async () => {
  const { seen } = await site.listening(["a"], { transport: "auto", WebSocket: null });
  site.hub.last.subscribe();
  site.hub.last.event("a", 1);
  await settle();
  assert.deepEqual(seen, ["a 1"]);
});
