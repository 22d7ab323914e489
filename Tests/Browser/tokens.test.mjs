import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./support/clock.mjs";
import { usePage } from "./support/page.mjs";
import { FakeSocket } from "./support/socket.mjs";

const page = usePage();

test("a token is the first message, and not in the address", async () => {
  const { client } = page.client({ token: "secret" });
  client.room("a").on("*", () => {});
  await settle();
  FakeSocket.last.welcome();
  await settle();
  assert.ok(!FakeSocket.last.url.includes("secret"));
  assert.deepEqual(FakeSocket.last.sent[0], { type: "auth", id: "auth", token: "secret" });
  assert.equal(FakeSocket.last.sent[1].type, "subscribe");
  FakeSocket.last.tell({ type: "authenticated", id: "auth", user: "ann" });
  assert.equal(client.user, "ann");
});

test("a token is asked for at every connection, and when it has expired", async () => {
  let asked = 0;
  const { states } = await page.listening({ token: async () => `t${++asked}` });
  assert.deepEqual(FakeSocket.last.take("auth").map(({ token }) => token), ["t1"]);
  FakeSocket.last.tell({ type: "error", code: "TOKEN_EXPIRED", detail: "", temporary: true });
  FakeSocket.last.tell({ type: "error", code: "TOKEN_EXPIRED", detail: "", temporary: true });
  await settle();
  assert.deepEqual(FakeSocket.last.take("auth").map(({ token }) => token), ["t2"]);
  FakeSocket.last.tell({ type: "authenticated", id: "auth", user: "ann" });
  FakeSocket.last.drop(4101);
  await page.clock.pass(500);
  FakeSocket.last.welcome();
  assert.deepEqual(FakeSocket.last.take("auth").map(({ token }) => token), ["t3"]);
  assert.ok(states.every(({ state, retryIn }) => state !== "offline" || retryIn !== undefined));
});

test("a publish that an expired token refused is sent again with the fresh one", async () => {
  const { room } = await page.listening({ token: () => "t" });
  const publish = room.publish("said", 1);
  await settle();
  const [{ id, key }] = FakeSocket.last.take("publish");
  FakeSocket.last.tell({ type: "error", id, code: "TOKEN_EXPIRED", detail: "", temporary: true });
  await settle();
  FakeSocket.last.tell({ type: "authenticated", id: "auth" });
  await settle();
  const [again] = FakeSocket.last.take("publish");
  assert.equal(again.key, key);
  FakeSocket.last.tell({ type: "published", id: again.id, room: "a", position: "e-1", offset: 1, duplicate: false });
  assert.deepEqual(await publish, { room: "a", position: "e-1", offset: 1, duplicate: false });
});

test("a token that nobody can renew ends the client", async () => {
  const { states, errors } = await page.listening({ token: "t" });
  FakeSocket.last.tell({ type: "error", code: "TOKEN_EXPIRED", detail: "over", temporary: true });
  FakeSocket.last.drop(4101);
  assert.ok(!("retryIn" in states.at(-1)));
  assert.equal(errors.at(-1).code, "TOKEN_EXPIRED");
});

test("a function that gets no token, or none in time, is a failed try", async () => {
  const answers = [() => Promise.reject(new Error("logged out")), () => new Promise(() => {}), () => "t"];
  const { client, states } = page.client({ token: () => answers.shift()(), transport: "auto" });
  client.room("a").on("*", () => {});
  await settle();
  assert.match(states.at(-1).reason, /logged out/);
  await page.clock.pass(states.at(-1).retryIn);
  await page.clock.pass(10000);
  assert.equal(states.at(-1).state, "offline");
  assert.equal(FakeSocket.all.length, 0);
  await page.clock.pass(states.at(-1).retryIn);
  assert.equal(FakeSocket.all.length, 1);
});

test("a fresh token that the hub refuses is told, and the link stays", async () => {
  const { errors } = await page.listening({ token: () => "t" });
  FakeSocket.last.tell({ type: "authenticated", id: "auth", user: "ann" });
  FakeSocket.last.tell({ type: "error", code: "TOKEN_EXPIRED", detail: "", temporary: true });
  await settle();
  FakeSocket.last.tell({ type: "error", id: "auth", code: "UNAUTHORIZED", detail: "of bob", temporary: false });
  assert.deepEqual(errors.map(({ code }) => code), ["UNAUTHORIZED"]);
  assert.equal(FakeSocket.last.closed, undefined);
});

test("a fresh token that has expired as well is not asked for in a circle", async () => {
  let asked = 0;
  const { errors } = await page.listening({ token: () => `t${++asked}` });
  FakeSocket.last.tell({ type: "error", code: "TOKEN_EXPIRED", detail: "", temporary: true });
  await settle();
  FakeSocket.last.tell({ type: "error", id: "auth", code: "TOKEN_EXPIRED", detail: "", temporary: true });
  await settle();
  assert.equal(asked, 2);
  assert.deepEqual(errors.map(({ code }) => code), ["TOKEN_EXPIRED"]);
});
