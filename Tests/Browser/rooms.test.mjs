import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./support/clock.mjs";
import { failureOf, usePage } from "./support/page.mjs";
import { FakeSocket } from "./support/socket.mjs";

const page = usePage();
const offsets = (events) => events.map(({ offset }) => offset);

test("ephemeral events have no place and are told", async () => {
  const { events } = await page.listening();
  FakeSocket.last.tell({ type: "event", room: "a", event: "typing", data: 1, time: 1 });
  assert.deepEqual(events, [{ room: "a", event: "typing", data: 1, time: 1 }]);
});

test("many rooms are asked for in messages of 100, and resumed so", async () => {
  const { client } = page.client();
  for (let number = 0; number < 250; number++) client.room(`r${number}`).on("*", () => {});
  await settle();
  for (let round = 0; round < 2; round++) {
    FakeSocket.last.welcome();
    await settle();
    const messages = FakeSocket.last.sent.filter(({ type }) => type === "subscribe");
    assert.deepEqual(messages.map(({ rooms }) => rooms.length), [100, 100, 50]);
    assert.ok(messages.every(({ rooms }) => rooms.every(({ after }) => after === (round ? "e-0" : undefined))));
    FakeSocket.last.subscribe();
    FakeSocket.last.drop();
    await page.clock.pass(1000);
  }
});

test("a message stays below the hub's limit, whatever is told about the user", async () => {
  const { client } = page.client();
  for (let number = 0; number < 100; number++) {
    client.room(`r${number}`, { presence: { name: "ä".repeat(900) } }).on("*", () => {});
  }
  await settle();
  FakeSocket.last.welcome();
  await settle();
  const messages = FakeSocket.last.sent.filter(({ type }) => type === "subscribe");
  assert.equal(messages.flatMap(({ rooms }) => rooms).length, 100);
  for (const message of messages) assert.ok(Buffer.byteLength(JSON.stringify(message)) < 65536);
});

test("a room that is refused for now is tried again with backoff, the others go on", async () => {
  page.random = () => 1;
  const { client, states } = page.client();
  const told = [];
  for (const name of ["a", "b"]) client.room(name).on("roomcast:error", (error) => told.push([name, error.code]));
  await settle();
  FakeSocket.last.welcome();
  await settle();
  for (const wait of [500, 1000, 2000]) {
    for (const { id, rooms } of FakeSocket.last.take("subscribe")) {
      for (const { room } of rooms) {
        if (room === "a") FakeSocket.last.tell({ type: "subscribed", id, room, position: "e-0" });
        else FakeSocket.last.tell({ type: "error", id, room, code: "TOO_MANY_ROOMS", detail: "", temporary: true });
      }
    }
    assert.equal(states.at(-1).state, "catching-up");
    client.room(`c${wait}`).on("*", () => {});
    await page.clock.pass(wait - 1);
    const asked = FakeSocket.last.sent.flatMap(({ rooms }) => rooms).map(({ room }) => room);
    assert.deepEqual(asked, [`c${wait}`]);
    FakeSocket.last.subscribe();
    await page.clock.pass(1);
  }
  FakeSocket.last.subscribe();
  assert.deepEqual(told, Array(3).fill(["b", "TOO_MANY_ROOMS"]));
  assert.equal(states.at(-1).state, "live");
});

test("a room that is refused for good is told, ends its loops, and is not asked for again", async () => {
  const { client, states } = page.client();
  const room = client.room("a");
  const told = [];
  room.on("roomcast:error", (error) => told.push(error));
  const next = room[Symbol.asyncIterator]().next();
  await settle();
  FakeSocket.last.welcome();
  await settle();
  const [{ id }] = FakeSocket.last.take("subscribe");
  FakeSocket.last.tell({ type: "error", id, room: "a", code: "FORBIDDEN", detail: "not yours", temporary: false });
  assert.equal((await failureOf(next)).code, "FORBIDDEN");
  assert.deepEqual(told.map(({ code, temporary }) => [code, temporary]), [["FORBIDDEN", false]]);
  assert.equal(states.at(-1).state, "live");
  FakeSocket.last.drop();
  await page.clock.pass(500);
  FakeSocket.last.welcome();
  await settle();
  assert.deepEqual(FakeSocket.last.sent, []);
  room.on("said", () => {});
  await settle();
  assert.equal(FakeSocket.last.take("subscribe").length, 1, "whoever listens anew has it tried again");
});

for (const code of ["FORBIDDEN", "NOT_FOUND"]) {
  test(`a room that the hub takes away with ${code} is told`, async () => {
    const { room, events } = await page.listening();
    const told = [];
    room.on("roomcast:error", (error) => told.push(error.code));
    FakeSocket.last.tell({ type: "unsubscribed", room: "a", code });
    FakeSocket.last.event("a", 1);
    assert.deepEqual([told, events], [[code], []]);
  });
}

test("a room that the hub chose itself serves where it begins where the client is", async () => {
  const { client } = page.client();
  const events = [];
  client.room("a").on("*", (event) => events.push(event));
  await settle();
  FakeSocket.last.welcome();
  FakeSocket.last.tell({ type: "subscribed", room: "a", position: "e-4" });
  await settle();
  for (const { id } of FakeSocket.last.take("subscribe")) {
    FakeSocket.last.tell({ type: "error", id, room: "a", code: "CONFLICT", detail: "", temporary: false });
  }
  FakeSocket.last.event("a", 5);
  assert.deepEqual(offsets(events), [5]);
  FakeSocket.last.drop();
  await page.clock.pass(500);
  FakeSocket.last.welcome();
  FakeSocket.last.tell({ type: "subscribed", room: "a", position: "e-9" });
  FakeSocket.last.event("a", 10);
  await settle();
  const [{ id }] = FakeSocket.last.take("subscribe");
  FakeSocket.last.tell({ type: "error", id, room: "a", code: "CONFLICT", detail: "", temporary: false });
  await settle();
  assert.deepEqual(FakeSocket.last.sent.map(({ type }) => type), ["unsubscribe", "subscribe"]);
  FakeSocket.last.subscribe();
  FakeSocket.last.event("a", 6);
  assert.deepEqual(offsets(events), [5, 6]);
});

test("a room is left with its last listener, and resumed with the next", async () => {
  const { stop, room, events } = await page.listening();
  FakeSocket.last.event("a", 1);
  stop();
  FakeSocket.last.event("a", 2);
  assert.deepEqual(FakeSocket.last.take().map(({ type }) => type), ["unsubscribe"]);
  room.on("*", (event) => events.push(event));
  await settle();
  FakeSocket.last.event("a", 2);
  assert.equal(FakeSocket.last.sent[0].rooms[0].after, "e-1");
  FakeSocket.last.subscribe();
  FakeSocket.last.event("a", 2);
  assert.deepEqual(offsets(events), [1, 2]);
});

test("a room that was left begins anew", async () => {
  const { client, room } = await page.listening();
  const next = room[Symbol.asyncIterator]().next();
  FakeSocket.last.event("a", 1);
  room.leave();
  assert.equal((await next).value.offset, 1);
  assert.deepEqual(FakeSocket.last.take().map(({ type }) => type), ["unsubscribe"]);
  assert.notEqual(client.room("a"), room);
  client.room("a").on("said", () => {});
  await settle();
  assert.equal(FakeSocket.last.sent[0].rooms[0].after, undefined);
});

test("members are known, and the pages behind the first are asked for", async () => {
  const { room } = await page.listening();
  const socket = FakeSocket.last;
  const told = [];
  for (const name of ["join", "leave"]) room.on(`roomcast:${name}`, ({ member }) => told.push([name, member.user]));
  const member = (user) => ({ user, info: { name: user } });
  socket.tell({ type: "members", room: "a", members: [member("ann")], count: 2, cursor: "17" });
  socket.tell({ type: "join", room: "a", member: member("eve") });
  await settle();
  const [{ id, cursor }] = socket.take("members");
  assert.equal(cursor, "17");
  socket.tell({ type: "members", id, room: "a", members: [member("bob")], count: 2 });
  await settle();
  assert.deepEqual([...room.members.keys()], ["ann", "eve", "bob"]);
  socket.tell({ type: "leave", room: "a", member: member("ann") });
  assert.deepEqual([...room.members.keys()], ["eve", "bob"]);
  assert.deepEqual(room.members.get("bob"), member("bob"));
  assert.deepEqual(told, [["join", "eve"], ["leave", "ann"]]);
});

test("a room that the hub takes away for now is asked for again", async () => {
  page.random = () => 1;
  const { room, states } = await page.listening();
  const told = [];
  room.on("roomcast:error", ({ code, temporary }) => told.push([code, temporary]));
  FakeSocket.last.tell({ type: "unsubscribed", room: "a", code: "ENGINE_UNAVAILABLE" });
  assert.deepEqual(told, [["ENGINE_UNAVAILABLE", true]]);
  await page.clock.pass(500);
  assert.equal(FakeSocket.last.sent.filter(({ type }) => type === "subscribe").length, 1);
  FakeSocket.last.subscribe();
  assert.equal(states.at(-1).state, "live");
});

test("one message that is too long is refused alone, and is not sent", async () => {
  const { client, room } = await page.listening();
  const long = "x".repeat(70000);
  const told = [];
  client.room("b", { presence: { long } }).on("roomcast:error", ({ code }) => told.push(code));
  await settle();
  const failures = [failureOf(room.history({ after: long })), failureOf(room.publish(long, 1))];
  for (const failure of failures) assert.equal((await failure).code, "PAYLOAD_TOO_LARGE");
  assert.deepEqual(told, ["PAYLOAD_TOO_LARGE"]);
  assert.deepEqual(FakeSocket.last.sent, []);
  assert.equal(client.state, "live");
});
