import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded, settle } from "./support/clock.mjs";
import { event, useEvents } from "./support/events.mjs";

const site = useEvents();

test("rooms of one go share a stream, of 32 at most, and up to four", async () => {
  const names = Array.from({ length: 130 }, (_, number) => `r${number}`);
  const { client } = site.page.client({ transport: "sse" });
  const refused = [];
  for (const name of names) {
    client.room(name).on("*", () => {});
    client.room(name).on("roomcast:error", ({ code }) => refused.push([name, code]));
  }
  await site.page.clock.pass(20);
  assert.deepEqual(site.hub.streams.map(({ rooms }) => rooms.length), [32, 32, 32, 32]);
  assert.deepEqual(site.hub.streams.flatMap(({ rooms }) => rooms), names.slice(0, 128));
  assert.deepEqual(refused, [["r128", "TOO_MANY_ROOMS"], ["r129", "TOO_MANY_ROOMS"]]);
});

test("a token goes with the request, and not in the address", async () => {
  await site.listening(["a"], { token: "secret" });
  assert.equal(site.hub.last.request.headers.Authorization, "Bearer secret");
  assert.ok(!site.hub.last.request.url.href.includes("secret"));
});

test("one room resumes by its position", async () => {
  const { seen } = await site.listening(["a"]);
  site.hub.last.subscribe();
  site.hub.last.event("a", 1);
  await settle();
  site.hub.last.tear();
  await site.page.clock.pass(2000);
  assert.equal(site.hub.last.request.query.get("after"), "e-1");
  site.hub.last.subscribe();
  site.hub.last.event("a", 1);
  site.hub.last.event("a", 2);
  await settle();
  assert.deepEqual(seen, ["a 1", "a 2"]);
});

test("of several rooms each catches up from history, without a double", async () => {
  const { seen, states } = await site.listening(["a", "b"], {}, { after: "e-1" });
  Object.assign(site.hub.history, { a: 6, b: 1 });
  site.hub.last.subscribe({ a: 4, b: 1 });
  site.hub.last.event("a", 5);
  site.hub.last.event("a", 6);
  site.hub.last.event("b", 2);
  site.hub.history.b = 2;
  await settle();
  site.hub.last.event("a", 7);
  site.hub.last.event("b", 3);
  await settle();
  assert.deepEqual(seen.filter((line) => line.startsWith("a")), [2, 3, 4, 5, 6, 7].map((offset) => `a ${offset}`));
  assert.deepEqual(seen.filter((line) => line.startsWith("b")), ["b 2", "b 3"]);
  assert.equal(states.at(-1).state, "live");
});

for (let seed = 1; seed <= 24; seed++) {
  test(`whatever streams and pages do, each event comes once and in order, seed ${seed}`, async () => {
    const random = seeded(seed);
    site.page.random = random;
    const names = ["a", "b", "c"].slice(0, 1 + (seed % 3));
    const { rooms, seen, client } = await site.listening(names, {}, { after: "earliest" });
    const ready = new Set();
    const serve = () => {
      for (const stream of site.hub.open) {
        if (!ready.has(stream)) stream.subscribe(site.hub.history);
        if (!ready.has(stream) && stream.rooms.length === 1) {
          const after = stream.request.query.get("after");
          const begin = after === "earliest" ? 0 : Number(after.split("-")[1]);
          const [room] = stream.rooms;
          for (let offset = begin + 1; offset <= (site.hub.history[room] ?? 0); offset++) stream.event(room, offset);
        }
        ready.add(stream);
      }
    };
    let more = 0;
    for (let step = 0; step < 120; step++) {
      const what = random();
      const name = names[Math.floor(random() * names.length)];
      if (what < 0.6) {
        site.hub.publish({ room: name });
        const streams = site.hub.open.filter((stream) => ready.has(stream) && stream.rooms.includes(name));
        for (const stream of streams) stream.event(name, site.hub.history[name]);
      } else if (what < 0.65) site.hub.last?.[random() < 0.5 ? "tear" : "end"]();
      else if (what < 0.7) site.hub.isAway = random() < 0.3;
      else if (what < 0.75) client.room(`more${more++}`).on("*", () => {});
      else if (what < 0.85) await site.page.clock.pass(random() * 3000);
      if (random() < 0.5) await settle();
      if (random() < 0.7) serve();
    }
    site.hub.isAway = false;
    for (let round = 0; round < 20; round++) {
      await site.page.clock.pass(5000);
      serve();
      await settle();
    }
    for (const [index, name] of names.entries()) {
      const expected = Array.from({ length: site.hub.history[name] ?? 0 }, (_, offset) => `${name} ${offset + 1}`);
      assert.deepEqual(seen.filter((line) => line.startsWith(name)), expected);
      assert.equal(rooms[index].position, `e-${site.hub.history[name] ?? 0}`);
    }
  });
}

test("a page of history that comes too late changes nothing", async () => {
  const releases = [];
  let asked = 0;
  // The first page hangs, and the second one of the stream after that.
  site.hub.page = (room) => {
    return room !== "a" || ++asked === 2 ? undefined : new Promise((resolve) => releases.push(resolve));
  };
  const { client, seen } = await site.listening(["a"], {}, { after: "e-0" });
  client.room("b").on("*", () => {});
  site.hub.history.a = 4;
  await site.page.clock.pass(20);
  site.hub.last.subscribe(site.hub.history);
  await settle();
  client.room("c").on("*", () => {});
  await site.page.clock.pass(20);
  site.hub.last.subscribe(site.hub.history);
  await settle();
  const page = { room: "a", recovered: true };
  releases[0]({ ...page, position: "e-1", events: [event("a", 1)], more: true });
  await settle();
  releases[1]({ ...page, position: "e-4", events: [event("a", 3), event("a", 4)], more: false });
  await settle();
  site.hub.last.event("a", 5);
  await settle();
  assert.deepEqual(seen, [1, 2, 3, 4, 5].map((offset) => `a ${offset}`));
});

test("a room that history has lost is told as a gap", async () => {
  site.hub.page = (room) => ({ room, position: "f-3", recovered: false, events: [], more: false });
  const { seen } = await site.listening(["a", "b"], {}, { after: "e-9" });
  site.hub.last.subscribe({}, { position: "f-3" });
  await settle();
  site.hub.last.tell({ ...event("a", 4), position: "f-4" });
  await settle();
  assert.deepEqual(seen, ["a gap e-9 f-3", "b gap e-9 f-3", "a 4"]);
});

test("a room that is refused does not spoil the stream of the others", async () => {
  site.hub.refusals.b = { code: "FORBIDDEN", detail: "not yours", temporary: false };
  const { client, seen } = await site.listening(["a", "b", "c"]);
  const told = [];
  client.room("b").on("roomcast:error", ({ code }) => told.push(code));
  await site.page.clock.pass(100);
  assert.deepEqual(site.hub.last.rooms, ["a", "c"]);
  site.hub.last.subscribe();
  site.hub.last.event("c", 1);
  await settle();
  assert.deepEqual(seen, ["c 1"]);
});

test("a stream that is silent for longer than the hub's ping is given up", async () => {
  const { states } = await site.listening(["a"]);
  site.hub.last.subscribe();
  await site.page.clock.pass(30000);
  site.hub.last.write(":\n\n");
  await site.page.clock.pass(34900);
  assert.equal(states.at(-1).state, "live");
  await site.page.clock.pass(200);
  assert.equal(states.at(-1).state, "offline");
  assert.equal(states.at(-1).reason, "the stream is silent");
});

test("a stream that does not come in time is given up", async () => {
  site.hub.isSilent = true;
  const { states } = await site.listening(["a"], { timeout: 3000 });
  await site.page.clock.pass(3000);
  assert.equal(states.at(-1).state, "offline");
});

test("what the hub says of coming back is the base of the wait, and a delay where it is about to go", async () => {
  site.page.random = () => 1;
  const { states } = await site.listening(["a"], { backoff: { base: 10, cap: 100 } });
  site.hub.last.write("retry: 2000\n\n");
  site.hub.last.subscribe();
  await settle();
  site.hub.last.tear();
  await settle();
  assert.equal(states.at(-1).retryIn, 2000);
  await site.page.clock.pass(2100);
  site.hub.last.write("retry: 2000\n\n");
  site.hub.last.subscribe();
  site.hub.last.write("retry: 7000\n\n");
  await settle();
  site.hub.last.end();
  await settle();
  assert.equal(states.at(-1).retryIn, 7010);
});

test("Retry-After is never cut short", async () => {
  site.hub.refusals.a = { code: "DRAINING", detail: "", temporary: true, status: 503, headers: { "Retry-After": "4" } };
  const { states } = await site.listening(["a"]);
  assert.equal(states.at(-1).retryIn, 4250);
  assert.equal(states.at(-1).reason, "DRAINING: ");
});

test("a credential that is refused ends the client", async () => {
  site.hub.refusals.a = { code: "UNAUTHORIZED", detail: "no", temporary: false, status: 401 };
  const { states, errors } = await site.listening(["a"]);
  assert.ok(!("retryIn" in states.at(-1)));
  assert.equal(errors.at(-1).code, "UNAUTHORIZED");
});

test("a token that has expired is replaced, and the streams go on where they were", async () => {
  let asked = 0;
  const { seen } = await site.listening(["a"], { token: () => `t${++asked}` });
  site.hub.last.subscribe();
  site.hub.last.event("a", 1);
  site.hub.last.tell({ type: "error", code: "TOKEN_EXPIRED", detail: "", temporary: true });
  await settle();
  assert.equal(site.hub.open.length, 1);
  assert.equal(site.hub.last.request.headers.Authorization, "Bearer t2");
  assert.equal(site.hub.last.request.query.get("after"), "e-1");
  assert.deepEqual(seen, ["a 1"]);
});

test("a page that is shown again has a quiet stream made anew, and goes offline if that fails", async () => {
  const event = site.page.browser();
  const { states } = await site.listening(["a"]);
  site.hub.last.subscribe();
  await site.page.clock.pass(5000);
  event("visibilitychange");
  await settle();
  assert.equal(site.hub.streams.length, 2);
  site.hub.last.subscribe();
  await site.page.clock.pass(4000);
  site.hub.isSilent = true;
  event("offline");
  await site.page.clock.pass(3000);
  assert.equal(states.at(-1).state, "offline");
});

test("a room whose stream alone is refused spoils no other, and what is no room's fault is tried again", async () => {
  site.hub.refusals.b = { code: "FORBIDDEN", detail: "says the backend", temporary: false, isOfStreams: true };
  const { client, states } = await site.listening(["a", "b"]);
  await site.page.clock.pass(100);
  assert.deepEqual(site.hub.open.map(({ rooms }) => rooms), [["a"]]);
  site.hub.last.subscribe();
  await settle();
  assert.equal(states.at(-1).state, "live");
  delete site.hub.refusals.b;
  site.hub.refusals["/v1/events"] = { code: "FORBIDDEN", detail: "of all", temporary: false };
  client.room("c").on("*", () => {});
  await site.page.clock.pass(20);
  assert.equal(states.at(-1).state, "offline");
  assert.ok(states.at(-1).retryIn >= 0);
});

test("the connection is that of the stream that was made last", async () => {
  const { client } = await site.listening(["a"]);
  site.hub.last.subscribe();
  await settle();
  assert.equal(client.connection, "stream of a");
  client.room("b").on("*", () => {});
  await site.page.clock.pass(20);
  site.hub.last.subscribe();
  await settle();
  assert.equal(client.connection, "stream of a,b");
});

test("four rooms at a time catch up, and those that wait are not late", async () => {
  const names = Array.from({ length: 12 }, (_, number) => `r${number}`);
  let asked = 0;
  site.hub.page = (room) => {
    asked++;
    const page = { room, position: "e-1", recovered: true, events: [event(room, 1)], more: false };
    return new Promise((resolve) => setTimeout(() => resolve(page), 6000));
  };
  const { states, seen } = await site.listening(names, {}, { after: "e-0" });
  site.hub.last.subscribe(Object.fromEntries(names.map((name) => [name, 1])));
  for (const expected of [4, 8, 12]) {
    await site.page.clock.pass(5000);
    assert.equal(asked, expected);
    await site.page.clock.pass(1000);
  }
  assert.deepEqual(seen, names.map((name) => `${name} 1`));
  assert.equal(states.at(-1).state, "live");
});

test("a room from the earliest on is catching up until it has come to the newest", async () => {
  let release;
  site.hub.page = (room) => (room === "a" ? new Promise((resolve) => (release = resolve)) : undefined);
  const { rooms, states } = await site.listening(["a", "b"], {}, { after: "earliest" });
  assert.equal(rooms[0].position, undefined);
  site.hub.last.subscribe({ a: 1 });
  await settle();
  assert.equal(rooms[0].position, undefined);
  assert.equal(states.at(-1).state, "catching-up");
  release({ room: "a", position: "e-1", recovered: true, events: [event("a", 1)], more: false });
  await settle();
  assert.equal(states.at(-1).state, "live");
  assert.equal(rooms[0].position, "e-1");
});

test("lines may end with CR LF, and data may stand in several", async () => {
  const { seen } = await site.listening(["a"]);
  site.hub.last.subscribe();
  const [head, rest] = JSON.stringify(event("a", 1)).split(',"position"');
  site.hub.last.write(`event: said\r\ndata: ${head},\r`);
  await settle();
  site.hub.last.write(`\ndata: "position"${rest}\r\n\r\n`);
  await settle();
  assert.deepEqual(seen, ["a 1"]);
});

test("what is neither a frame nor a comment is no sign of life", async () => {
  const { states } = await site.listening(["a"]);
  site.hub.last.subscribe();
  for (let second = 0; second < 36; second++) {
    site.hub.last.write("\n");
    await site.page.clock.pass(1000);
  }
  assert.equal(states.findLast(({ reason }) => reason)?.reason, "the stream is silent");
});
