import assert from "node:assert/strict";
import { test } from "node:test";
import { settle } from "./support/clock.mjs";
import { useEvents } from "./support/events.mjs";
import { failureOf } from "./support/page.mjs";

const site = useEvents();

test("events are posted in order, with their keys, one request at a time", async () => {
  const { client } = await site.listening(["a"]);
  site.hub.last.subscribe();
  await settle();
  const numbers = Array.from({ length: 250 }, (_, index) => index + 1);
  const publish = (number) => client.room("a").publish("said", number, { echo: number > 1 });
  const answers = await Promise.all(numbers.map(publish));
  const posts = site.hub.requests.filter(({ method }) => method === "POST");
  assert.ok(posts.length < 10);
  assert.deepEqual(posts.flatMap(({ body }) => body.map(({ data }) => data)), numbers);
  assert.equal(posts[0].body[0].exclude, "stream of a");
  assert.ok(posts.every(({ body }) => body.every(({ id }) => /^[0-9a-z]{16,}$/.test(id))));
  assert.deepEqual(answers.map(({ offset }) => offset), numbers);
});

test("a publish without a room connects by itself, and goes on after a loss with the same key", async () => {
  site.hub.isAway = true;
  const { client, states } = site.page.client({ transport: "sse" });
  const receipt = client.room("a").publish("said", 1);
  await settle();
  assert.equal(states.at(-1).state, "offline");
  site.hub.isAway = false;
  await site.page.clock.pass(500);
  assert.equal((await receipt).offset, 1);
  const [first, second] = site.hub.requests.filter(({ method }) => method === "POST").map(({ body }) => body[0].id);
  assert.equal(first, second);
  assert.equal(client.state, "live");
});

test("a request stays below the hub's limit, whatever is published", async () => {
  const { client } = await site.listening(["a"]);
  const data = "ä".repeat(100000);
  await Promise.all(Array.from({ length: 10 }, () => client.room("a").publish("said", data)));
  const posts = site.hub.requests.filter(({ method }) => method === "POST");
  const sizes = posts.map(({ body }) => Buffer.byteLength(JSON.stringify(body)));
  assert.ok(Math.max(...sizes) < 1 << 20, `${sizes}`);
});

test("a publish that is refused fails alone", async () => {
  const { client } = await site.listening(["a"]);
  const refusal = { code: "FORBIDDEN", detail: "no", temporary: false };
  site.hub.publish = ({ data }) => (data === 1 ? refusal : { room: "a", offset: 1 });
  const [bad, good] = [failureOf(client.room("a").publish("said", 1)), client.room("a").publish("said", 2)];
  assert.equal((await bad).code, "FORBIDDEN");
  assert.equal((await good).offset, 1);
});

test("history is asked for over HTTP", async () => {
  const { client } = await site.listening(["a"]);
  site.hub.history.a = 3;
  const { events, more } = await client.room("a").history({ after: "e-0", limit: 2 });
  assert.deepEqual([events.map(({ offset }) => offset), more], [[1, 2], true]);
});

test("close ends every stream and timer", async () => {
  const { client } = await site.listening(["a", "b"]);
  site.hub.last.subscribe();
  await settle();
  client.close();
  await settle();
  assert.deepEqual(site.hub.open, []);
  assert.equal(site.page.clock.timers, 0);
});

test("a token that has expired, and each fresh one as well, is not asked for in a circle", async () => {
  let asked = 0;
  site.hub.refusals["/v1/events"] = { code: "TOKEN_EXPIRED", detail: "", temporary: true, status: 401 };
  const { client } = site.page.client({ transport: "sse", token: () => `t${++asked}` });
  const receipt = client.room("a").publish("said", 1);
  await site.page.clock.pass(2000);
  assert.ok(site.hub.requests.length > 1 && site.hub.requests.length < 8, `${site.hub.requests.length}`);
  assert.ok(asked < 8, `${asked}`);
  site.hub.refusals = {};
  await site.page.clock.pass(30000);
  assert.equal((await receipt).offset, 1);
  assert.equal(site.hub.requests.at(-1).headers.Authorization, `Bearer t${asked}`);
});

test("a credential that an answer refuses ends the client", async () => {
  site.hub.refusals["/v1/events"] = { code: "UNAUTHORIZED", detail: "no", temporary: false, status: 401 };
  const { client, states, errors } = site.page.client({ transport: "sse" });
  await failureOf(client.room("a").publish("said", 1));
  assert.deepEqual(states.map(({ state }) => state), ["connecting", "offline"]);
  assert.ok(!("retryIn" in states.at(-1)));
  assert.deepEqual(errors.map(({ code }) => code), ["UNAUTHORIZED"]);
});

test("Retry-After holds for a publish too, whatever else is refused meanwhile", async () => {
  const { client } = await site.listening(["a"]);
  site.hub.last.subscribe();
  const posts = () => site.hub.requests.filter(({ method }) => method === "POST").length;
  const busy = { code: "RATE_LIMITED", detail: "", temporary: true, status: 429 };
  site.hub.refusals["/v1/events"] = { ...busy, headers: { "Retry-After": "4" } };
  site.hub.refusals.b = busy;
  const receipt = client.room("a").publish("said", 1);
  client.room("b").history({ after: "e-0" });
  await site.page.clock.pass(3999);
  assert.equal(posts(), 1);
  site.hub.refusals = {};
  await site.page.clock.pass(2000);
  assert.equal((await receipt).offset, 1);
});

test("what must not come back waits for the stream it would come by, and what follows waits too", async () => {
  const { client } = await site.listening(["a"]);
  const posts = () => site.hub.requests.filter(({ method }) => method === "POST").flatMap(({ body }) => body);
  client.room("a").publish("said", 1, { echo: false });
  client.room("a").publish("said", 2);
  await settle();
  assert.deepEqual(posts(), []);
  site.hub.last.subscribe();
  await settle();
  assert.deepEqual(posts().map(({ data, exclude }) => [data, exclude]), [[1, "stream of a"], [2, undefined]]);
});
