import { beforeEach } from "node:test";
import { settle } from "./clock.mjs";
import { usePage } from "./page.mjs";

/** Gives each test of a file a page and a hub of event streams. */
export function useEvents() {
  const page = usePage();
  const site = { page };

  beforeEach(() => {
    site.hub = new FakeEvents().install();
  });

  /** A client of these rooms, with what they got as `room offset`, and lost as `room gap from position`. */
  site.listening = async (names, options = {}, room = {}) => {
    const told = page.client({ transport: "sse", ...options });
    told.seen = [];
    told.rooms = names.map((name) => {
      const gap = ({ from, position }) => told.seen.push(`${name} gap ${from} ${position}`);
      const each = told.client.room(name, { gap, ...room });
      each.on("*", ({ offset }) => told.seen.push(`${name} ${offset}`));
      return each;
    });
    await settle();
    await page.clock.pass(20);
    return told;
  };
  return site;
}

// A hub that is asked by `fetch`: event streams, pages of history and publishes.
class FakeEvents {
  streams = [];
  requests = [];
  history = {};
  refusals = {};

  install() {
    globalThis.fetch = (url, options) => this.#fetch(new URL(url), options);
    return this;
  }

  get last() {
    return this.streams.at(-1);
  }

  /** Streams that the client still reads. */
  get open() {
    return this.streams.filter(({ isOver }) => !isOver);
  }

  async #fetch(url, { headers, method = "GET", body, signal }) {
    const request = { url, query: url.searchParams, method, headers, body: body && JSON.parse(body) };
    this.requests.push(request);
    if (this.isAway) throw new TypeError("no network");
    if (this.isSilent) await aborted(signal);
    const rooms = url.searchParams.getAll("room");
    const [, room] = url.pathname.match(/^\/v1\/rooms\/([^/]+)/) ?? [];
    const refusal = [...rooms, room].map((name) => this.refusals[name]).find(Boolean) ?? this.refusals[url.pathname];
    if (refusal && (headers.Accept || !refusal.isOfStreams)) return this.#answer(refusal, refusal.status ?? 403, refusal.headers);
    if (headers.Accept) return this.#stream(room ? [room] : rooms, request, signal);
    if (method === "POST") return this.#answer({ results: request.body.map((envelope) => this.publish(envelope)) });
    return this.#answer((await this.page?.(room, url.searchParams)) ?? this.#page(room, url.searchParams.get("after")));
  }

  publish({ room, data }) {
    const offset = (this.history[room] = (this.history[room] ?? 0) + 1);
    return { room, position: `e-${offset}`, offset, duplicate: false, subscribers: 0, data };
  }

  // Pages of two, so that there are several.
  #page(room, after) {
    const begin = after === "earliest" ? 0 : Number(after.split("-")[1]);
    const newest = this.history[room] ?? 0;
    const end = Math.min(begin + 2, newest);
    const events = Array.from({ length: end - begin }, (_, index) => event(room, begin + index + 1));
    return { room, position: `e-${end}`, recovered: true, events, more: end < newest };
  }

  #answer(body, status = 200, headers = {}) {
    return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
  }

  #stream(rooms, request, signal) {
    const stream = new FakeStream(rooms, request, signal);
    this.streams.push(stream);
    return new Response(stream.body, { headers: { "Content-Type": "text/event-stream" } });
  }
}

export const event = (room, offset) =>
  ({ type: "event", room, offset, position: `e-${offset}`, event: "said", data: offset, time: 1 });

const aborted = (signal) => new Promise((_, reject) => {
  signal.addEventListener("abort", () => reject(signal.reason));
});

class FakeStream {
  #encoder = new TextEncoder();

  constructor(rooms, request, signal) {
    Object.assign(this, { rooms, request });
    this.body = new ReadableStream({ start: (controller) => (this.controller = controller) });
    signal.addEventListener("abort", () => {
      if (!this.isOver) this.controller.error(signal.reason);
      this.isOver = true;
    });
  }

  write(text) {
    if (!this.isOver) this.controller.enqueue(this.#encoder.encode(text));
  }

  tell(frame) {
    this.write(`event: ${frame.event ?? `roomcast:${frame.type}`}\ndata: ${JSON.stringify(frame)}\n\n`);
  }

  /** Says that its rooms are subscribed, where the hub's history ends or at what was asked for. */
  subscribe(history = {}, more = {}) {
    const after = this.rooms.length === 1 ? this.request.query.get("after") : null;
    for (const room of this.rooms) {
      const position = after ?? `e-${history[room] ?? 0}`;
      const frame = { type: "subscribed", room, position, connection: `stream of ${this.rooms}`, ping: 25 };
      this.tell({ ...frame, ...(after && { recovered: true }), ...more });
    }
  }

  event(room, offset) {
    this.tell(event(room, offset));
  }

  end() {
    if (this.isOver) return;
    this.isOver = true;
    this.controller.close();
  }

  tear() {
    if (this.isOver) return;
    this.isOver = true;
    this.controller.error(new TypeError("network error"));
  }
}
