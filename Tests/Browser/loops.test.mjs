import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./support/clock.mjs";
import { usePage } from "./support/page.mjs";
import { FakeSocket } from "./support/socket.mjs";

const page = usePage();

test("a loop that lags has its room left, and resumed when half is taken", async () => {
  const { client, states } = page.client();
  const room = client.room("a", { buffer: 10 });
  const loop = room[Symbol.asyncIterator]();
  await settle();
  FakeSocket.last.welcome();
  await settle();
  FakeSocket.last.subscribe();
  for (let offset = 1; offset <= 30; offset++) FakeSocket.last.event("a", offset);
  assert.deepEqual(FakeSocket.last.take().map(({ type }) => type), ["unsubscribe"]);
  assert.equal(room.position, "e-10");
  assert.equal(states.at(-1).state, "catching-up");
  const taken = [];
  for (let count = 0; count < 4; count++) taken.push((await loop.next()).value.offset);
  await settle();
  assert.deepEqual(FakeSocket.last.sent, []);
  taken.push((await loop.next()).value.offset);
  await settle();
  assert.equal(FakeSocket.last.sent[0].rooms[0].after, "e-10");
  FakeSocket.last.subscribe();
  for (let offset = 11; offset <= 14; offset++) FakeSocket.last.event("a", offset);
  while (taken.length < 14) taken.push((await loop.next()).value.offset);
  assert.deepEqual(taken, Array.from({ length: 14 }, (_, index) => index + 1));
});

test("a lagging loop stays away over a lost connection", async () => {
  const { client } = page.client();
  const loop = client.room("a", { buffer: 2 })[Symbol.asyncIterator]();
  await settle();
  FakeSocket.last.welcome();
  await settle();
  FakeSocket.last.subscribe();
  for (let offset = 1; offset <= 5; offset++) FakeSocket.last.event("a", offset);
  FakeSocket.last.drop();
  await page.clock.pass(500);
  FakeSocket.last.welcome();
  await settle();
  assert.deepEqual(FakeSocket.last.sent, []);
  await loop.next();
  await settle();
  assert.equal(FakeSocket.last.sent[0].rooms[0].after, "e-2");
});

test("what a loop was left with comes again for the next one", async () => {
  const { client } = page.client();
  const room = client.room("a");
  const got = [];
  const take = async (count) => {
    for await (const { offset } of room) if (got.push(offset) && --count === 0) break;
  };
  const first = take(2);
  await settle();
  FakeSocket.last.welcome();
  await settle();
  FakeSocket.last.subscribe();
  for (let offset = 1; offset <= 5; offset++) FakeSocket.last.event("a", offset);
  await first;
  const second = take(1);
  await settle();
  const [{ rooms }] = FakeSocket.last.sent.filter(({ type }) => type === "subscribe");
  assert.equal(rooms[0].after, "e-2");
  FakeSocket.last.subscribe();
  FakeSocket.last.event("a", 3);
  await second;
  assert.deepEqual(got, [1, 2, 3]);
});

test("a loop that waits ends with its return, and with the client", async () => {
  const { client, room } = await page.listening();
  const [one, other] = [room[Symbol.asyncIterator](), room[Symbol.asyncIterator]()];
  const [first, second] = [one.next(), other.next()];
  await one.return();
  assert.equal((await first).done, true);
  client.close();
  assert.equal((await second).done, true);
  assert.equal((await room[Symbol.asyncIterator]().next()).done, true);
});

test("a loop that is left after an ephemeral event loses nothing that was behind it", async () => {
  const { client } = page.client();
  const room = client.room("a");
  const loop = room[Symbol.asyncIterator]();
  await settle();
  FakeSocket.last.welcome();
  await settle();
  FakeSocket.last.subscribe();
  FakeSocket.last.tell({ type: "event", room: "a", event: "typing", data: 1, time: 1 });
  for (const offset of [1, 2]) FakeSocket.last.event("a", offset);
  assert.equal((await loop.next()).value.event, "typing");
  await loop.return();
  assert.equal(room.position, "e-0");
});
