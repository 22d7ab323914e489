import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded, settle } from "./support/clock.mjs";
import { failureOf, usePage } from "./support/page.mjs";
import { FakeSocket } from "./support/socket.mjs";

const page = usePage();

async function connected(options) {
  const told = page.client(options);
  told.room = told.client.room("a");
  told.client.on("event", () => {});
  await settle();
  FakeSocket.last.welcome();
  await settle();
  return told;
}

const answer = ({ id }, offset) =>
  FakeSocket.last.tell({ type: "published", id, room: "a", position: `e-${offset}`, offset, duplicate: false });

test("publishing connects, and gives what the hub answered", async () => {
  const { client } = page.client();
  const receipt = client.room("a").publish("said", { text: "hi" }, { echo: false });
  await settle();
  FakeSocket.last.welcome();
  await settle();
  const [{ id, key, ...message }] = FakeSocket.last.sent;
  assert.deepEqual(message, {
    type: "publish", room: "a", event: "said", data: { text: "hi" }, echo: false, ephemeral: false,
  });
  assert.match(key, /^[0-9a-z]{16,}$/);
  answer({ id }, 7);
  assert.deepEqual(await receipt, { room: "a", position: "e-7", offset: 7, duplicate: false });
});

test("bytes travel as base64, nothing as null, and a key may be given", async () => {
  const { room } = await connected();
  const values = [new Uint8Array([0, 255, 10]), undefined];
  for (const data of values) room.publish("said", data, { key: "mine" }).catch(() => {});
  await settle();
  const [bytes, nothing] = FakeSocket.last.sent;
  assert.deepEqual([bytes.dataBase64, bytes.key], ["AP8K", "mine"]);
  assert.ok(!("data" in bytes) && nothing.data === null);
});

test("what cannot be JSON is refused at once", async () => {
  const { room } = await connected();
  const circle = {};
  circle.circle = circle;
  assert.ok((await failureOf(room.publish("said", circle))) instanceof TypeError);
});

for (let seed = 1; seed <= 20; seed++) {
  test(`what is not answered is sent again in order with the same keys and data, seed ${seed}`, async () => {
    const random = seeded(seed);
    page.random = random;
    const { room } = await connected();
    const data = { count: 0 };
    const taken = new Map();
    const receipts = [];
    while (receipts.length < 60 || taken.size < 60) {
      const socket = FakeSocket.last;
      if (receipts.length < 60 && random() < 0.6) {
        data.count++;
        receipts.push(room.publish("said", data, { timeout: 1e9 }));
      }
      await settle();
      if (!socket.isOpen) {
        await page.clock.pass(30000);
        if (!FakeSocket.last.isOpen) FakeSocket.last.welcome();
        continue;
      }
      for (const message of socket.take("publish")) {
        const { key, data: { count } } = message;
        // The hub takes it; its answer may be lost.
        if (!taken.has(key)) taken.set(key, count);
        assert.equal(taken.get(key), count);
        if (random() < 0.8) answer(message, count);
        else {
          socket.drop();
          break;
        }
      }
    }
    for (let round = 0; round < 50 && FakeSocket.last; round++) {
      for (const message of FakeSocket.last.take("publish")) answer(message, message.data.count);
      await page.clock.pass(2000);
      if (!FakeSocket.last.isOpen) FakeSocket.last.welcome();
    }
    assert.deepEqual([...taken.values()], Array.from({ length: 60 }, (_, index) => index + 1));
    assert.deepEqual((await Promise.all(receipts)).map(({ offset }) => offset), [...taken.values()]);
  });
}

test("no more than a hundred are under way, and no more than a thousand unanswered", async () => {
  const { room } = await connected();
  const publishes = Array.from({ length: 1000 }, (_, number) => room.publish("said", number));
  for (const each of publishes) each.catch(() => {});
  const error = await failureOf(room.publish("said", 1000));
  assert.deepEqual([error.code, error.temporary], ["OVERLOADED", true]);
  await settle();
  assert.equal(FakeSocket.last.sent.length, 100);
  answer(FakeSocket.last.sent[0], 1);
  answer(FakeSocket.last.sent[1], 2);
  await settle();
  assert.deepEqual(FakeSocket.last.sent.map(({ data }) => data), Array.from({ length: 102 }, (_, number) => number));
});

test("a hub that is away for days costs no more memory than that", async () => {
  const { client } = page.client();
  const room = client.room("a");
  let refused = 0;
  for (let number = 0; number < 5000; number++) room.publish("said", number, { timeout: 1e12 }).catch(() => refused++);
  for (let day = 0; day < 3; day++) {
    await settle();
    FakeSocket.last?.drop();
    await page.clock.pass(60000);
  }
  assert.equal(refused, 4000);
  assert.ok(page.clock.timers <= 3, `${page.clock.timers} timers`);
});

test("a publish that does not succeed in time fails, and says why", async () => {
  const { room } = await connected();
  const publish = failureOf(room.publish("said", 1, { timeout: 3000 }));
  await settle();
  const [{ id }] = FakeSocket.last.sent;
  FakeSocket.last.tell({ type: "error", id, code: "ENGINE_UNAVAILABLE", detail: "no Redis", temporary: true });
  await page.clock.pass(3500);
  const { code, temporary, message } = await publish;
  assert.deepEqual([code, temporary], ["TIMEOUT", true]);
  assert.match(message, /no Redis/);
});

test("a temporary refusal is tried again with backoff, and none overtakes it", async () => {
  page.random = () => 1;
  const { room } = await connected();
  const first = room.publish("said", 1);
  await settle();
  for (const wait of [500, 1000]) {
    const [{ id }] = FakeSocket.last.take("publish");
    FakeSocket.last.tell({ type: "error", id, code: "RATE_LIMITED", detail: "", temporary: true });
    if (wait === 500) room.publish("said", 2).catch(() => {});
    await page.clock.pass(wait - 1);
    assert.deepEqual(FakeSocket.last.sent, []);
    await page.clock.pass(1);
    assert.deepEqual(FakeSocket.last.sent.map(({ data }) => data), wait === 500 ? [1, 2] : [1]);
  }
  answer(FakeSocket.last.take("publish")[0], 1);
  assert.equal((await first).offset, 1);
});

test("a final refusal fails, and the others go on", async () => {
  const { room } = await connected();
  const [bad, good] = [failureOf(room.publish("", 1)), room.publish("said", 1)];
  await settle();
  const [first, second] = FakeSocket.last.sent;
  const refusal = { code: "INVALID_EVENT", detail: "empty", temporary: false };
  FakeSocket.last.tell({ type: "error", id: first.id, room: "a", ...refusal });
  answer(second, 1);
  const { code, detail, temporary, message } = await bad;
  assert.deepEqual([code, detail, temporary, message], ["INVALID_EVENT", "empty", false, "INVALID_EVENT: empty"]);
  assert.equal((await good).offset, 1);
});

test("what the hub would end the connection for is not sent", async () => {
  const { room } = await connected();
  const error = await failureOf(room.publish("said", "ä".repeat(33000)));
  assert.equal(error.code, "PAYLOAD_TOO_LARGE");
  assert.deepEqual(FakeSocket.last.sent, []);
});

test("a message that was dropped without a name has all that is unanswered sent again", async () => {
  const { room } = await connected();
  const publish = room.publish("said", "x".repeat(5000));
  await settle();
  const [{ key }] = FakeSocket.last.sent;
  FakeSocket.last.tell({ type: "error", code: "RATE_LIMITED", detail: "", temporary: true });
  await page.clock.pass(500);
  FakeSocket.last.welcome();
  await settle();
  assert.equal(FakeSocket.all.length, 2);
  assert.equal(FakeSocket.last.sent[0].key, key);
  answer(FakeSocket.last.sent[0], 1);
  assert.equal((await publish).offset, 1);
});

test("history is a page of events", async () => {
  const { room } = await connected();
  const page = room.history({ after: "e-1", limit: 2 });
  await settle();
  const [{ id, ...message }] = FakeSocket.last.sent;
  assert.deepEqual(message, { type: "history", room: "a", after: "e-1", limit: 2 });
  const event = { type: "event", room: "a", offset: 2, position: "e-2", event: "said", dataBase64: "AQ==", time: 1 };
  const answer = { room: "a", position: "e-2", recovered: true, more: true };
  FakeSocket.last.tell({ type: "history", id, events: [event], ...answer });
  assert.deepEqual(await page, {
    ...answer,
    events: [{ room: "a", offset: 2, position: "e-2", event: "said", bytes: new Uint8Array([1]), time: 1 }],
  });
});

test("close fails what is unanswered", async () => {
  const { client, room } = await connected();
  const publish = failureOf(room.publish("said", 1));
  client.close();
  assert.equal((await publish).code, "CLOSED");
  assert.equal((await failureOf(room.publish("said", 1))).code, "CLOSED");
});
