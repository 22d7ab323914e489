import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded, settle } from "./support/clock.mjs";
import { usePage } from "./support/page.mjs";
import { FakeSocket } from "./support/socket.mjs";

const page = usePage();
const offsets = (events) => events.map(({ offset }) => offset);

// A hub whose history is `kept` events of one room long, in front of a link that breaks anywhere.
class Hub {
  newest = 0;
  epoch = "e";

  constructor(random, kept) {
    this.random = random;
    this.kept = kept;
  }

  publish(socket) {
    this.newest++;
    if (socket?.subscription) this.feed(socket, this.newest);
  }

  feed(socket, offset) {
    socket.event("a", offset, { position: `${this.epoch}-${offset}` });
  }

  answer(socket) {
    for (const { id, rooms } of socket.take("subscribe")) {
      const { after } = rooms[0];
      const begin = after === undefined ? this.newest : Number(after.split("-")[1]);
      const recovered = after?.startsWith(`${this.epoch}-`) && begin <= this.newest && begin >= this.newest - this.kept;
      const position = `${this.epoch}-${after === undefined || recovered ? begin : this.newest}`;
      socket.tell({ type: "subscribed", id, room: "a", position, ...(after && { recovered }) });
      socket.subscription = true;
      if (!recovered) continue;
      // The seam of replay and live events may overlap on its way through a careless proxy.
      const from = Math.max(1, begin + 1 - Math.floor(this.random() * 3));
      for (let offset = from; offset <= this.newest; offset++) this.feed(socket, offset);
    }
  }
}

for (let seed = 1; seed <= 30; seed++) {
  test(`whatever is cut and replayed, each event comes once or is in a gap, seed ${seed}`, async () => {
    const random = seeded(seed);
    page.random = random;
    const hub = new Hub(random, seed % 3 === 0 ? 3 : 1000);
    const { client } = page.client();
    const seen = [];
    const room = client.room("a", { after: "e-0", gap: ({ from, position }) => {
      const [first, last] = [from, position].map((text) => Number(text.split("-")[1]));
      for (let offset = first + 1; offset <= last; offset++) seen.push(offset);
    } });
    room.on("said", ({ offset }) => seen.push(offset));
    for (let step = 0; step < 150; step++) {
      const socket = FakeSocket.last;
      const what = random();
      if (what < 0.6) hub.publish(socket);
      else if (what < 0.7) socket?.drop([1006, 1012, 4108][Math.floor(random() * 3)]);
      else if (what < 0.8 && socket && !socket.isOpen) socket.welcome();
      else if (what < 0.9) await page.clock.pass(random() * 2000);
      await settle();
      if (socket?.isOpen && random() < 0.7) hub.answer(socket);
    }
    for (let round = 0; round < 20 && !(FakeSocket.last.isOpen && FakeSocket.last.subscription); round++) {
      await page.clock.pass(30000);
      if (!FakeSocket.last.isOpen && FakeSocket.last.onopen) FakeSocket.last.welcome();
      await settle();
      hub.answer(FakeSocket.last);
    }
    assert.deepEqual(seen, Array.from({ length: hub.newest }, (_, index) => index + 1));
    assert.equal(room.position, `e-${hub.newest}`);
  });
}

test("a hole, a gap and another epoch are told as a gap each", async () => {
  const { gaps, events, room } = await page.listening();
  const socket = FakeSocket.last;
  socket.event("a", 1);
  socket.event("a", 4);
  socket.event("a", 3);
  socket.tell({ type: "gap", room: "a", from: "e-4", position: "e-6" });
  socket.tell({ type: "gap", room: "a", from: "e-4", position: "e-6" });
  socket.event("a", 7);
  socket.event("a", 3, { position: "f-3" });
  assert.deepEqual(gaps, [
    { room: "a", from: "e-1", position: "e-3" }, { room: "a", from: "e-4", position: "e-6" },
    { room: "a", from: "e-7", position: "f-2" },
  ]);
  assert.deepEqual(offsets(events), [1, 4, 7, 3]);
  assert.equal(room.position, "f-3");
});

test("a room that the hub could not resume begins where the hub is, even if that is further back", async () => {
  const { gaps, events } = await page.listening({}, { after: "e-100" });
  const socket = FakeSocket.last;
  socket.drop();
  await page.clock.pass(500);
  FakeSocket.last.welcome();
  await settle();
  FakeSocket.last.subscribe({ position: "e-50", recovered: false });
  FakeSocket.last.event("a", 51);
  assert.deepEqual(gaps, [{ room: "a", from: "e-100", position: "e-50" }]);
  assert.deepEqual(offsets(events), [51]);
});

test("a skip moves on without an event", async () => {
  const { gaps, events, room } = await page.listening();
  FakeSocket.last.tell({ type: "skip", room: "a", offset: 1, position: "e-1" });
  FakeSocket.last.event("a", 2);
  assert.deepEqual([offsets(events), gaps, room.position], [[2], [], "e-2"]);
});
