import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./support/clock.mjs";
import { usePage } from "./support/page.mjs";
import { FakeSocket } from "./support/socket.mjs";

const page = usePage();
const types = (socket) => socket.sent.map(({ type }) => type);

test("nothing is connected before a room is listened to", async () => {
  const { client } = page.client();
  client.room("a");
  await settle();
  assert.equal(FakeSocket.all.length, 0);
  assert.equal(client.state, "connecting");
  client.room("a").on("said", () => {});
  await settle();
  assert.equal(FakeSocket.all.length, 1);
});

test("the address is the hub's, under its path and without anything else", async () => {
  for (const [url, expected] of [
    ["https://hub.test", "wss://hub.test/v1/ws"], ["http://hub.test:81/under/", "ws://hub.test:81/under/v1/ws"],
    ["wss://hub.test/?token=x#y", "wss://hub.test/v1/ws"],
  ]) {
    const Client = page.client().client.constructor;
    const client = new Client(url, { WebSocket: FakeSocket });
    page.clients.push(client);
    client.room("a").on("*", () => {});
    await settle();
    assert.equal(FakeSocket.last.url, expected);
  }
  const Client = page.client().client.constructor;
  assert.throws(() => new Client("file:///hub"), TypeError);
  assert.throws(() => new Client("http://ann:secret@hub.test"), TypeError);
  assert.throws(() => new Client("http://hub.test", { transport: "websocket", WebSocket: null }), TypeError);
});

test("states go from connecting over catching-up to live, and offline when the link is lost", async () => {
  const { states, events } = await page.listening({}, { after: "e-1" });
  const socket = FakeSocket.last;
  await settle();
  socket.tell({ type: "subscribed", id: "never", room: "a", position: "e-9" });
  assert.deepEqual(states.map(({ state }) => state), ["connecting", "catching-up", "live"]);
  socket.drop();
  await page.clock.pass(500);
  FakeSocket.last.welcome();
  await settle();
  FakeSocket.last.subscribe({ newest: "e-3" });
  FakeSocket.last.event("a", 2);
  assert.equal(states.at(-1).state, "catching-up");
  FakeSocket.last.event("a", 3);
  assert.deepEqual(states.map(({ state }) => state), [
    "connecting", "catching-up", "live", "offline", "connecting", "catching-up", "live",
  ]);
  assert.deepEqual(events.map(({ offset }) => offset), [2, 3]);
});

test("a silent link is asked after the hub's ping, and given up after the timeout", async () => {
  const { states } = await page.listening();
  const socket = FakeSocket.last;
  await page.clock.pass(24999);
  assert.deepEqual(types(socket), []);
  await page.clock.pass(1);
  assert.deepEqual(types(socket), ["ping"]);
  await page.clock.pass(9999);
  assert.equal(states.at(-1).state, "live");
  await page.clock.pass(1);
  assert.equal(states.at(-1).state, "offline");
  assert.equal(states.at(-1).reason, "no answer to a ping");
  assert.equal(socket.closed, 1000);
});

test("any frame is a sign of life", async () => {
  await page.listening();
  const socket = FakeSocket.last;
  await page.clock.pass(20000);
  socket.event("a", 1);
  await page.clock.pass(24999);
  assert.deepEqual(types(socket), []);
  await page.clock.pass(1);
  socket.tell({ type: "pong" });
  await page.clock.pass(24999);
  assert.deepEqual(types(socket), ["ping"]);
  assert.equal(FakeSocket.all.length, 1);
});

test("a connection that is not welcomed in time is given up", async () => {
  const { client, states } = page.client({ timeout: 2000 });
  client.room("a").on("*", () => {});
  await page.clock.pass(2000);
  assert.equal(states.at(-1).reason, "no welcome in time");
  assert.equal(FakeSocket.last.closed, 1000);
});

test("an answer that is not the hub's is given up", async () => {
  const { client, states } = page.client();
  client.room("a").on("*", () => {});
  await settle();
  FakeSocket.last.onmessage({ data: "<html>" });
  assert.equal(states.at(-1).state, "offline");
});

test("what an old link still tells is not heard", async () => {
  const { events } = await page.listening();
  const old = FakeSocket.last;
  const { onmessage } = old;
  old.drop();
  await page.clock.pass(500);
  onmessage({ data: JSON.stringify({ type: "event", room: "a", offset: 1, position: "e-1", event: "said", time: 1 }) });
  assert.deepEqual(events, []);
});

// The page

test("a browser that comes online has the next try made at once", async () => {
  page.random = () => 1;
  const event = page.browser();
  const { client } = page.client();
  client.room("a").on("*", () => {});
  for (const name of ["online", "visibilitychange"]) {
    await settle();
    FakeSocket.last.drop();
    const count = FakeSocket.all.length;
    event(name);
    await settle();
    assert.equal(FakeSocket.all.length, count + 1, name);
  }
});

for (const name of ["offline", "visibilitychange", "online"]) {
  test(`at ${name} the link is checked at once`, async () => {
    const event = page.browser();
    const { states } = await page.listening();
    const socket = FakeSocket.last;
    event(name);
    event(name);
    assert.deepEqual(types(socket), ["ping"]);
    await page.clock.pass(2999);
    assert.equal(states.at(-1).state, "live");
    await page.clock.pass(1);
    assert.equal(states.at(-1).state, "offline");
  });
}

test("a link that answers the check stays", async () => {
  const event = page.browser();
  await page.listening();
  event("offline");
  FakeSocket.last.tell({ type: "pong" });
  await page.clock.pass(20000);
  assert.equal(FakeSocket.all.length, 1);
});

test("a page that is hidden does not check", async () => {
  const event = page.browser();
  await page.listening();
  document.visibilityState = "hidden";
  event("visibilitychange");
  assert.deepEqual(types(FakeSocket.last), []);
});

test("a page that is put aside closes, and comes back where it was", async () => {
  const event = page.browser();
  const { states, events } = await page.listening();
  FakeSocket.last.event("a", 1);
  event("pagehide", { persisted: true });
  assert.equal(FakeSocket.last.closed, 1000);
  assert.equal(states.at(-1).state, "offline");
  await page.clock.pass(100000);
  assert.equal(FakeSocket.all.length, 1);
  event("pageshow", { persisted: true });
  await settle();
  FakeSocket.last.welcome();
  await settle();
  FakeSocket.last.subscribe();
  FakeSocket.last.event("a", 2);
  assert.deepEqual(events.map(({ offset }) => offset), [1, 2]);
});

test("close leaves no timer and no listener", async () => {
  const event = page.browser();
  const { client, states } = await page.listening();
  client.close();
  client.close();
  assert.equal(page.clock.timers, 0);
  assert.ok(page.signals.length > 0 && page.signals.every(({ aborted }) => aborted));
  assert.equal(FakeSocket.last.closed, 1000);
  event("online");
  event("pageshow", { persisted: true });
  await page.clock.pass(100000);
  assert.equal(FakeSocket.all.length, 1);
  assert.equal(states.filter(({ state }) => state === "offline").length, 1);
});

// Listeners

test("a listener that throws is reported, and breaks nothing", async () => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  const { room, events } = await page.listening();
  const stop = room.on("said", () => {
    throw new Error("mine");
  });
  FakeSocket.last.event("a", 1);
  stop();
  stop();
  FakeSocket.last.event("a", 2);
  assert.deepEqual(reported, ["mine"]);
  assert.deepEqual(events.map(({ offset }) => offset), [1, 2]);
});

test("events for the user are told by the client", async () => {
  const { client } = page.client();
  const events = [];
  client.on("event", (event) => events.push(event));
  await settle();
  FakeSocket.last.welcome({ user: "ann" });
  FakeSocket.last.tell({ type: "event", user: "ann", event: "mail", dataBase64: "AQL/", time: 5 });
  assert.deepEqual(events, [{ user: "ann", event: "mail", bytes: new Uint8Array([1, 2, 255]), time: 5 }]);
  assert.equal(client.user, "ann");
  assert.equal(client.connection, "c1");
});

test("a listener that is stopped or left by another is not called any more", async () => {
  const { room } = await page.listening();
  const told = [];
  const stops = ["one", "other"].map((name) => room.on("said", () => {
    told.push(name);
    stops[1]();
  }));
  FakeSocket.last.event("a", 1);
  assert.deepEqual(told, ["one"]);
  room.on("said", () => room.leave());
  room.on("said", () => told.push("left"));
  FakeSocket.last.event("a", 2);
  assert.deepEqual(told, ["one", "one"]);
});

test("a page that is shown again does not cut short what the hub asked for", async () => {
  const event = page.browser();
  await page.listening();
  FakeSocket.last.tell({ type: "reconnect", delay: 8000 });
  FakeSocket.last.drop(1012);
  event("pagehide", { persisted: true });
  event("pageshow", { persisted: true });
  await page.clock.pass(7999);
  assert.equal(FakeSocket.all.length, 1);
  await page.clock.pass(500);
  assert.equal(FakeSocket.all.length, 2);
});
