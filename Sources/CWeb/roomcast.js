// The client for browsers and Node. Its promises stand in roomcast.d.ts.

const now = () => performance.now();

export class RoomcastError extends Error {
  constructor(code, detail, temporary = false) {
    super(`${code}: ${detail}`);
    Object.assign(this, { name: "RoomcastError", code, detail, temporary });
  }
}

const isRefusal = (error) => error instanceof RoomcastError;

const failure = ({ code, detail, temporary = false }) => new RoomcastError(code, detail, temporary);

const comesBack = (code) => ![1000, 1002, 1003, 1007, 1008, 1009, 1010].includes(code) && !(code >= 4500);

// An epoch may have any character, an offset digits alone.
function split(position = "") {
  const at = position.lastIndexOf("-");
  return at < 0 ? [] : [position.slice(0, at), Number(position.slice(at + 1))];
}

function hasReached(position, goal) {
  const [epoch, offset] = split(position);
  const [goalEpoch, goalOffset] = split(goal);
  return epoch !== undefined && (epoch !== goalEpoch || offset >= goalOffset);
}

// "earliest" is no place.
const placed = (position) => (split(position).length > 0 ? position : undefined);

function before(position) {
  const [epoch, offset] = split(position);
  return `${epoch}-${offset - 1}`;
}

function mustBePositive(...values) {
  if (values.every((value) => Number.isFinite(value) && value > 0)) return;
  throw new RangeError("`timeout`, `backoff` and `buffer` are finite and above 0");
}

function toEvent({ type, dataBase64, ...event }) {
  if (dataBase64 !== undefined) event.bytes = Uint8Array.from(atob(dataBase64), (letter) => letter.charCodeAt(0));
  return event;
}

// At once: what is sent again under the same key must be the same.
function toText(data) {
  if (!(data instanceof Uint8Array)) return `"data":${JSON.stringify(data) ?? null}`;
  return `"dataBase64":"${btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""))}"`;
}

class Listeners {
  all = new Set();

  add(signal, listener) {
    const entry = [signal, listener];
    this.all.add(entry);
    return () => this.all.delete(entry);
  }

  tell(signal, value) {
    for (const entry of [...this.all]) {
      try {
        if (this.all.has(entry) && entry[0] === signal) entry[1](value);
      } catch (error) {
        (globalThis.reportError ?? console.error)(error);
      }
    }
  }
}

// "waiting" to be asked for, "asked", "on", or "refused" for good.
class Feed {
  state = "waiting";
  listeners = new Listeners();
  iterators = new Set();
  members = new Map();

  constructor(name, options, client) {
    Object.assign(this, { name, options, client, position: options.after, buffer: options.buffer ?? 1000 });
    if (options.gap) this.listeners.add("roomcast:gap", options.gap);
  }

  get isWatched() {
    return this.listeners.all.size > (this.options.gap ? 1 : 0) || this.iterators.size > 0;
  }

  get isWanted() {
    return this.isWatched && this.state === "waiting" && !this.isFull && !this.isHeld;
  }

  get isBehind() {
    return this.isWatched && this.state !== "refused" && (this.state !== "on" || this.newest !== undefined);
  }

  get request() {
    return { room: this.name, after: this.position, presence: this.options.presence };
  }

  listen(signal, listener) {
    const stop = this.listeners.add(signal, listener);
    this.begin();
    return () => {
      if (stop() && !this.isWatched) this.end();
    };
  }

  begin() {
    if (this.state === "refused") this.state = "waiting";
    this.client.wake();
  }

  end() {
    const { state } = this;
    this.reset();
    this.members = new Map();
    this.client.left(this, state);
  }

  reset() {
    if (this.state !== "refused") this.state = "waiting";
    this.isHeld = false;
    this.newest = undefined;
  }

  leave() {
    this.listeners.all.clear();
    for (const iterator of [...this.iterators]) iterator.finish();
    this.end();
    this.client.forget(this);
  }

  subscribed(frame) {
    const { room, position, recovered, newest } = frame;
    const from = this.position;
    Object.assign(this, { state: "on", newest });
    this.moveTo(position);
    this.listeners.tell("roomcast:subscribed", { room, position, recovered });
    if (recovered === false) this.lose(from);
    this.present(frame);
    this.client.settle();
  }

  lose(from, position = this.position) {
    this.listeners.tell("roomcast:gap", { room: this.name, from: placed(from), position });
  }

  moveTo(position) {
    this.position = position;
    if (this.newest === undefined || !hasReached(position, this.newest)) return;
    this.newest = undefined;
    this.client.settle();
  }

  jump(position) {
    const from = this.position;
    this.moveTo(position);
    this.lose(from);
  }

  // Whether it is new. What is missing before it is told.
  advance(position) {
    const from = this.position;
    const [epoch, offset] = split(position);
    const [lastEpoch, last] = split(from);
    if (epoch === lastEpoch && offset <= last) return false;
    this.moveTo(position);
    const isNext = lastEpoch === undefined || (epoch === lastEpoch && offset === last + 1);
    if (!isNext) this.lose(from, before(position));
    return true;
  }

  receive(frame) {
    const { type, room, position, member } = frame;
    if (type === "event") this.deliver(frame);
    else if (type === "skip") this.advance(position);
    else if (type === "members") this.present(frame);
    else if (type === "gap") {
      if (split(this.position)[0] !== split(position)[0] || !hasReached(this.position, position)) this.jump(position);
    } else if (member) {
      if (type === "join") this.members.set(member.user, member);
      else this.members.delete(member.user);
      this.listeners.tell(`roomcast:${type}`, { room, member });
    }
  }

  deliver(frame) {
    if (frame.position !== undefined && !this.advance(frame.position)) return;
    const event = toEvent(frame);
    for (const iterator of this.iterators) iterator.push(event);
    this.listeners.tell(event.event, event);
    if (event.event !== "*") this.listeners.tell("*", event);
    if (this.isFull || ![...this.iterators].some(({ queue }) => queue.length >= this.buffer)) return;
    this.isFull = true;
    this.end();
  }

  taken() {
    if (!this.isFull || [...this.iterators].some(({ queue }) => queue.length > this.buffer / 2)) return;
    this.isFull = false;
    this.client.wake();
  }

  present({ members, cursor }, page = 0) {
    if (!members) return;
    if (page === 0) this.members = new Map();
    const all = this.members;
    for (const { user, info } of members) all.set(user, { user, info });
    this.listeners.tell("roomcast:members", { room: this.name });
    if (cursor === undefined || page === 10) return;
    const next = this.client.request("members", this.name, { limit: 1000, cursor });
    next.then((answer) => all === this.members && this.present(answer, page + 1), () => {});
  }

  refused(error) {
    this.isHeld = error.temporary;
    this.state = error.temporary ? "waiting" : "refused";
    this.newest = undefined;
    if (error.temporary) this.client.hold();
    this.listeners.tell("roomcast:error", error);
    if (!error.temporary) for (const iterator of [...this.iterators]) iterator.finish(error);
    this.client.settle();
  }
}

function iterate(feed) {
  const queue = [];
  let end;
  let wake = () => {};
  const iterator = {
    queue,
    push(event) {
      queue.push(event);
      wake();
    },
    finish(error) {
      end ??= { error };
      feed.iterators.delete(iterator);
      wake();
    },
  };
  async function* take() {
    for (;;) {
      while (queue.length > 0) {
        const event = queue.shift();
        feed.taken();
        yield event;
      }
      if (end?.error) throw end.error;
      if (end) return;
      await new Promise((resolve) => (wake = resolve));
    }
  }
  const events = take();
  events.return = async (value) => {
    const next = queue.find(({ position }) => position);
    queue.length = 0;
    if (!end) {
      iterator.finish();
      feed.taken();
      // What this loop alone has got, and not taken, comes again for the next one.
      if (next && !feed.isWatched) feed.position = before(next.position);
      if (!feed.isWatched) feed.end();
    }
    return { done: true, value };
  };
  if (feed.client.isClosed) end = {};
  else feed.iterators.add(iterator);
  feed.begin();
  return events;
}

export class Room {
  #find;

  constructor(name, find) {
    this.name = name;
    this.#find = find;
  }

  get position() {
    return placed(this.#find().position);
  }

  get members() {
    return this.#find().members;
  }

  on(signal, listener) {
    return this.#find().listen(signal, listener);
  }

  [Symbol.asyncIterator]() {
    return iterate(this.#find());
  }

  async publish(event, data, options = {}) {
    const { echo = true, ephemeral = false, timeout } = options;
    const { key = crypto.getRandomValues(new Uint32Array(4)).join("") } = options;
    const { type, id, subscribers, ...receipt } = await this.#find().client.request(
      "publish", this.name, { event, echo, ephemeral, key }, timeout, toText(data));
    return receipt;
  }

  async history({ after, last, limit } = {}) {
    const { type, id, ...page } = await this.#find().client.request("history", this.name, { after, last, limit });
    return { ...page, events: page.events.map(toEvent) };
  }

  leave() {
    this.#find().leave();
  }
}

class Link {
  constructor(client) {
    this.client = client;
    this.timer = setTimeout(() => this.end("no welcome in time"), client.timeout);
  }

  tell(frame) {
    if (this.client.link === this) this.client.receive(frame);
  }

  end(reason, more) {
    this.client.lost(this, { reason, ...more });
  }
}

class SocketLink extends Link {
  start(token) {
    try {
      this.socket = new this.client.Socket(`${this.client.url.replace("http", "ws")}/v1/ws`);
    } catch (error) {
      return this.end(error);
    }
    this.socket.onopen = () => token && this.authenticate(token);
    this.socket.onmessage = ({ data }) => this.receive(data);
    // All that is told stands in the close.
    this.socket.onerror = () => {};
    this.socket.onclose = ({ code, reason }) => this.end(reason, { code });
  }

  receive(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch (error) {
      return this.end(error);
    }
    this.hasSpoken = true;
    this.heard = now();
    this.due = undefined;
    if (frame.type === "welcome") {
      this.isOpen = true;
      this.ping = Math.max(frame.ping, 1) * 1000;
      this.beat();
    }
    this.tell(frame);
  }

  beat() {
    clearTimeout(this.timer);
    const at = this.due ?? this.heard + this.ping;
    if (now() < at) this.timer = setTimeout(() => this.beat(), at - now());
    else if (this.due) this.end("no answer to a ping");
    else this.check(this.client.timeout);
  }

  check(deadline) {
    const due = now() + deadline;
    if (!this.isOpen || this.due <= due) return;
    this.due = due;
    this.send({ type: "ping" });
    this.beat();
  }

  send(message, more) {
    let text = JSON.stringify(message);
    if (more) text = `${text.slice(0, -1)},${more}}`;
    // The hub would close for good.
    if (new TextEncoder().encode(text).length <= 64000) return this.socket.send(text);
    this.tell({ type: "error", id: message.id, code: "PAYLOAD_TOO_LARGE", detail: "64000 bytes over a WebSocket" });
  }

  close() {
    clearTimeout(this.timer);
    this.isOpen = false;
    const { socket } = this;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    // Node would wait for a peer that is gone.
    if (this.due && socket.terminate) socket.terminate();
    else socket.close(1000);
  }

  authenticate(token) {
    this.send({ type: "auth", id: "auth", token });
  }

  // Up to 100 rooms, and 64 KiB: 20,000 characters of any kind.
  subscribe(feeds) {
    while (feeds.length > 0) {
      const id = `s${++this.client.number}`;
      const rooms = [];
      for (let size = 0; feeds.length > 0 && rooms.length < 100; ) {
        size += JSON.stringify(feeds[0].request).length;
        if (size > 20000 && rooms.length > 0) break;
        feeds[0].ask = id;
        rooms.push(feeds.shift().request);
      }
      this.send({ type: "subscribe", id, rooms });
    }
  }

  unsubscribe({ name }) {
    this.send({ type: "unsubscribe", room: name });
  }

  request({ type, id, room, fields, data }) {
    this.send({ type, id, room, ...fields }, data);
  }
}

const STREAM = { headers: { Accept: "text/event-stream" } };

const isOfRoom = ({ temporary, code }) => temporary === false && code !== "UNAUTHORIZED";

const roomPath = (room, more) => `/v1/rooms/${encodeURIComponent(room)}${more}`;

// The same over up to 4 event streams of 32 rooms, and HTTP requests.
class EventsLink extends Link {
  streams = new Set();
  changed = new Set();
  calls = new Set();
  posts = [];
  turns = Array(4);

  start(token) {
    clearTimeout(this.timer);
    this.authenticate(token);
    this.isOpen = true;
    this.client.wake();
  }

  authenticate(token) {
    this.token = token;
    for (const stream of this.streams) this.run(stream);
    this.client.isRefreshing = false;
  }

  subscribe(feeds) {
    for (const feed of feeds) {
      let stream = [...this.streams].find(({ feeds }) => feeds.size < 32);
      if (!stream && this.streams.size < 4) this.streams.add((stream = { feeds: new Set(), chases: new Map() }));
      if (stream) this.changed.add(stream);
      if (stream) stream.feeds.add(feed);
      else feed.refused(new RoomcastError("TOO_MANY_ROOMS", "128 over event streams", true));
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const stream of this.changed) this.run(stream);
    }, 10);
  }

  // What its stream still tells is passed over.
  unsubscribe(feed) {
    for (const stream of this.streams) {
      stream.feeds.delete(feed);
      stream.chases.delete(feed.name);
      if (stream.feeds.size === 0) this.drop(stream);
    }
    this.post();
  }

  drop(stream) {
    clearTimeout(stream.timer);
    stream.call?.abort();
    stream.call = undefined;
    this.streams.delete(stream);
    this.changed.delete(stream);
  }

  close() {
    clearTimeout(this.timer);
    this.isOpen = false;
    for (const call of this.calls) call.abort();
    for (const stream of this.streams) this.drop(stream);
  }

  check(deadline) {
    for (const stream of this.streams) if (now() - stream.heard > deadline) this.run(stream, deadline);
  }

  spoken(connection) {
    if (!this.hasSpoken) this.tell({ type: "welcome", connection });
    this.hasSpoken = true;
  }

  async fetch(path, options, call = new AbortController()) {
    const timer = setTimeout(() => call.abort(), this.client.timeout);
    this.calls.add(call);
    try {
      const headers = { ...options?.headers, ...(this.token && { Authorization: `Bearer ${this.token}` }) };
      const { signal } = call;
      const response = await fetch(this.client.url + path, { cache: "no-store", ...options, headers, signal });
      const isStream = /^text.event-stream/.test(response.headers.get("Content-Type"));
      if (response.ok && isStream === "Accept" in headers) return isStream ? response : await response.json();
      const problem = await response.json().catch(() => ({}));
      const { code = "INTERNAL", detail = `status ${response.status}`, temporary = true } = problem;
      const delay = Math.min(response.headers.get("Retry-After") * 1000, 1e9) || undefined;
      throw Object.assign(new RoomcastError(code, detail, temporary), { delay });
    } finally {
      clearTimeout(timer);
      this.calls.delete(call);
    }
  }

  async request(entry) {
    const { type, id, room, fields } = entry;
    if (type === "publish") {
      this.posts.push(entry);
      return this.post();
    }
    const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined));
    await this.answer([id], type, async () => [
      await this.fetch(roomPath(room, `/${type === "members" ? type : "events"}?${query}`)),
    ]);
  }

  async answer(ids, type, ask) {
    let answers;
    try {
      answers = await ask();
      if (answers.length !== ids.length) throw new Error("the answer is not the hub's");
    } catch (error) {
      if (!isRefusal(error) || error.code === "UNAUTHORIZED") return this.end(error);
      answers = ids.map(() => error);
    }
    this.spoken();
    ids.forEach((id, index) => this.tell({ ...answers[index], type: answers[index].code ? "error" : type, id }));
  }

  // One at a time keeps the order. What must not come back waits for the streams.
  async post() {
    const isNext = (text, [entry] = this.posts) => {
      return entry && (!text || text.length + entry.data.length < 300000)
        && (entry.fields.echo || [...this.streams].every(({ connection }) => connection));
    };
    if (this.isPosting) return;
    this.isPosting = true;
    while (this.isOpen && isNext("")) {
      const ids = [];
      let text = "";
      while (isNext(text)) {
        const { id, room, fields: { event, echo, ephemeral, key }, data } = this.posts.shift();
        ids.push(id);
        const stream = [...this.streams].find(({ feeds }) => [...feeds].some(({ name }) => name === room));
        const head = { room, event, id: key, ephemeral, exclude: echo ? undefined : stream?.connection };
        text += `${text && ","}${JSON.stringify(head).slice(0, -1)},${data}}`;
      }
      const options = { method: "POST", body: `[${text}]`, headers: { "Content-Type": "application/json" } };
      await this.answer(ids, "published", async () => (await this.fetch("/v1/events", options)).results);
    }
    this.isPosting = false;
  }

  async run(stream, deadline = this.client.timeout) {
    stream.call?.abort();
    this.changed.delete(stream);
    const call = (stream.call = new AbortController());
    const feeds = [...stream.feeds];
    stream.chases.clear();
    Object.assign(stream, { silence: deadline, connection: undefined, delay: undefined });
    this.watch(stream);
    for (const feed of feeds) Object.assign(feed, { state: "asked", ask: `s${++this.client.number}` });
    try {
      const response = await this.fetch(this.path(stream, feeds), STREAM, call);
      await this.read(stream, response.body.getReader(), call);
      if (stream.call === call) this.end("the stream has ended", { delay: stream.delay, code: 1001 });
    } catch (error) {
      if (stream.call === call) await this.refused(stream, feeds, error);
    }
  }

  // A cursor fits the same rooms alone, so each catches up by itself.
  path(stream, [{ name, position, options }, ...others]) {
    stream.isResumed = others.length === 0;
    const query = new URLSearchParams(others.length > 0 ? [...stream.feeds].map((feed) => ["room", feed.name]) : []);
    if (others.length > 0) return `/v1/events?${query}`;
    if (position !== undefined) query.set("after", position);
    if (options.presence) query.set("presence", true);
    return roomPath(name, `/events?${query}`);
  }

  // One room that may not be read spoils the stream of all: each is tried alone.
  async refused(stream, feeds, error) {
    if (feeds.length === 1 || !isOfRoom(error)) return this.deny(feeds[0], error);
    for (const feed of feeds) {
      const call = new AbortController();
      try {
        await this.fetch(roomPath(feed.name, "/events"), STREAM, call);
      } catch (own) {
        if (!this.isOpen) return;
        this.deny(feed, own);
        error = undefined;
      }
      call.abort();
    }
    if (error) this.end(`${error}`);
    else if (this.streams.has(stream)) this.run(stream);
  }

  deny(feed, error) {
    if (!isOfRoom(error)) return this.end(error);
    this.spoken();
    this.unsubscribe(feed);
    feed.refused(error);
  }

  watch(stream) {
    clearTimeout(stream.timer);
    stream.heard = now();
    stream.timer = setTimeout(() => this.end("the stream is silent"), stream.silence);
  }

  async read(stream, reader, call) {
    const decoder = new TextDecoder();
    let rest = "";
    let data = "";
    while (stream.call === call) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n/);
      rest = lines.pop();
      if (rest.length + data.length > 1 << 24) throw new Error("the stream is endless");
      for (const line of lines) {
        if (stream.call !== call) return;
        if (line.startsWith("data:")) data += line.slice(5);
        // A later one says that the hub is about to go.
        else if (line.startsWith("retry:")) (stream.connection ? stream : this).delay = Number(line.slice(6));
        else if (line === "" && data) {
          this.take(stream, JSON.parse(data));
          data = "";
        } else if (line[0] === ":") this.watch(stream);
      }
    }
  }

  take(stream, frame) {
    const { type, room, position } = frame;
    const feed = [...stream.feeds].find(({ name }) => name === room);
    if (frame.ping >= 0) stream.silence = Math.max(frame.ping, 1) * 1000 + this.client.timeout;
    this.watch(stream);
    if (type === "subscribed") {
      this.spoken(frame.connection);
      this.client.connection = stream.connection = frame.connection;
      this.post();
      frame.id = feed?.ask;
      if (feed?.position !== undefined && !stream.isResumed) {
        stream.chases.set(room, position);
        this.turns.push(this.chase(stream, feed, this.turns.shift()));
        return this.tell({ ...frame, position: feed.position, newest: position });
      }
    }
    if (stream.chases.has(room) && position !== undefined) stream.chases.set(room, position);
    else if (room === undefined || feed) this.tell(frame);
  }

  // Reads history, of four at a time, up to what the stream has told meanwhile, which is passed over.
  async chase({ chases }, feed, turn) {
    const { name, ask } = feed;
    const isOver = () => !this.isOpen || !chases.has(name) || feed.ask !== ask;
    await turn;
    try {
      while (!isOver()) {
        const query = new URLSearchParams({ after: feed.position, limit: 1000 });
        const { recovered, position, events, more } = await this.fetch(roomPath(name, `/events?${query}`));
        if (isOver()) return;
        if (!recovered) feed.jump(position);
        for (const event of events) if (!isOver()) this.tell(event);
        if (isOver()) return;
        feed.moveTo(position);
        if (events.length === 0) feed.receive({ type: "gap", position: chases.get(name) });
        if (!more && hasReached(feed.position, chases.get(name))) return void chases.delete(name);
      }
    } catch (error) {
      if (!isOver()) this.deny(feed, error);
    }
  }
}

class Client {
  state = "connecting";
  listeners = new Listeners();
  feeds = new Map();
  requests = new Map();
  number = 0;
  tries = 0;
  refusals = 0;
  eventsUntil = 0;

  constructor(url, options = {}) {
    const { token, transport = "auto", timeout = 10000, WebSocket: Socket = globalThis.WebSocket } = options;
    const { base = 500, cap = 30000 } = options.backoff ?? {};
    mustBePositive(timeout, base, cap);
    const hub = new URL(url ?? ".", url === undefined ? import.meta.url : globalThis.location?.href);
    hub.protocol = hub.protocol.replace("ws", "http");
    if (!/^http/.test(hub.protocol) || hub.username) throw new TypeError("a hub's URL is of http, without credentials");
    if (transport === "websocket" && !Socket) throw new TypeError("give a class as the option `WebSocket`");
    const path = hub.pathname.replace(/\/$/, "");
    Object.assign(this, { url: hub.origin + path, token, transport, Socket, timeout, base, cap });
  }

  wake() {
    if (this.isClosed || this.isParked || this.retry) return;
    if (this.link) return this.schedule();
    this.watchPage();
    this.welcomed = this.comeBack = this.lastError = this.isFallback = undefined;
    const isPreferred = this.transport === "auto" && now() < this.eventsUntil;
    const isEvents = isPreferred || this.transport === "sse" || !this.Socket;
    const link = (this.link = isEvents ? new EventsLink(this) : new SocketLink(this));
    this.say("connecting", {});
    this.askToken().then((token) => {
      Object.assign(link, { token, isStarted: true });
      if (this.link === link) link.start(token);
    }).catch((error) => link.end(error));
  }

  async askToken() {
    return typeof this.token === "function" ? this.token() : this.token;
  }

  lost(link, { code, reason, delay = reason?.delay }) {
    if (this.link !== link) return;
    const isSocket = link instanceof SocketLink;
    this.forgetLink();
    // A proxy may let none through.
    if (isSocket && this.transport === "auto" && link.isStarted && !link.hasSpoken && !(code >= 4000)) {
      this.isFallback = true;
      this.link = new EventsLink(this);
      return this.link.start(link.token);
    }
    if (now() - this.welcomed >= 5000) this.tries = 0;
    const why = isRefusal(reason) ? reason : code && code !== 1006 ? this.lastError : undefined;
    const told = String(why?.message || reason || `closed with ${code}`);
    const isExpired = code === 4101 || why?.code === "TOKEN_EXPIRED";
    const isBack = isSocket ? comesBack(code) || (code === 1000 && this.comeBack) : why?.temporary ?? true;
    if (isExpired ? typeof this.token === "function" : isBack) return this.wait(told, link.delay, delay);
    const final = why ?? new RoomcastError("CLOSED", told);
    this.listeners.tell("error", final);
    this.finish(told, final);
  }

  forgetLink() {
    const { link } = this;
    this.link = this.connection = this.isRefreshing = undefined;
    clearTimeout(this.again);
    clearTimeout(this.leaving);
    this.again = undefined;
    this.refusals = 0;
    for (const feed of this.feeds.values()) feed.reset();
    for (const entry of this.requests.values()) entry.isSent = entry.isHeld = false;
    link?.close();
  }

  // All clients may have been told the same `delay`, so each adds something.
  wait(reason, base = this.base, delay = this.comeBack && Math.max(0, this.comeBack - now())) {
    const jitter = Math.random() * (delay === undefined ? this.limit(this.tries, base) : this.base);
    this.tries++;
    this.notBefore = now() + (delay ?? 0);
    const retryIn = Math.min((delay ?? 0) + jitter, 0x7fffffff);
    this.retry = setTimeout(() => this.tryNow(), retryIn);
    this.say("offline", { reason, retryIn });
  }

  limit(tries, base) {
    return Math.min(Math.max(this.cap, base), base * 2 ** tries);
  }

  tryNow() {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.wake();
  }

  finish(reason, error) {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.retry);
    clearTimeout(this.sweep);
    this.page?.abort();
    this.forgetLink();
    for (const { reject } of this.requests.values()) reject(new RoomcastError("CLOSED", reason));
    this.requests.clear();
    for (const feed of this.feeds.values()) for (const iterator of [...feed.iterators]) iterator.finish(error);
    this.say("offline", { reason });
  }

  say(state, more) {
    if (this.state === state && !more) return;
    this.state = state;
    this.listeners.tell("state", { state, ...more });
  }

  settle() {
    if (!this.link || this.welcomed === undefined) return;
    this.say([...this.feeds.values()].some(({ isBehind }) => isBehind) ? "catching-up" : "live");
  }

  watchPage() {
    if (this.page || !globalThis.addEventListener) return;
    this.page = new AbortController();
    for (const name of ["online", "offline", "visibilitychange", "pagehide", "pageshow"]) {
      globalThis.addEventListener(name, (event) => this.notice(event), { signal: this.page.signal });
    }
  }

  notice({ type, persisted }) {
    // The browser may be wrong: the link knows.
    if (type === "offline") this.link?.check(3000);
    else if (type === "pagehide") {
      // With a connection it would not be kept.
      if (!persisted || this.isClosed) return;
      this.isParked = true;
      this.forgetLink();
      this.say("offline", { reason: "the page is not shown" });
    } else if (this.isParked && type === "pageshow") {
      this.isParked = false;
      this.hurry();
      this.wake();
    } else if (type === "online" || globalThis.document?.visibilityState === "visible") this.hurry();
  }

  hurry() {
    if (this.link) this.link.check(3000);
    else if (this.retry && now() >= this.notBefore) this.tryNow();
  }

  schedule() {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  flush() {
    const { link } = this;
    if (!link?.isOpen) return;
    const feeds = [...this.feeds.values()].filter(({ isWanted }) => isWanted);
    for (const feed of feeds) feed.state = "asked";
    if (feeds.length > 0) link.subscribe(feeds);
    this.settle();
    let underWay = 0;
    for (const entry of [...this.requests.values()]) {
      if (this.link !== link || entry.isHeld || ++underWay > 100) return;
      if (entry.isSent) continue;
      entry.isSent = true;
      link.request(entry);
    }
  }

  request(type, room, fields, timeout = 60000, data) {
    return new Promise((resolve, reject) => {
      if (this.isClosed) throw new RoomcastError("CLOSED", "the client was closed");
      if (this.requests.size >= 1000) throw new RoomcastError("OVERLOADED", "1000 requests are unanswered", true);
      const id = ++this.number;
      this.requests.set(id, { type, id, room, fields, data, resolve, reject, due: now() + timeout });
      if (!this.sweep) this.expire();
      this.wake();
    });
  }

  expire() {
    this.sweep = undefined;
    for (const { id, due, error } of [...this.requests.values()]) {
      if (due <= now()) this.answered(id, new RoomcastError("TIMEOUT", error?.message ?? "no answer", true));
      else this.sweep ??= setTimeout(() => this.expire(), 500);
    }
  }

  left(feed, state) {
    if (this.link?.isOpen && ["on", "asked"].includes(state)) this.link.unsubscribe(feed);
    this.settle();
  }

  receive(frame) {
    const { type, id, room } = frame;
    const feed = this.feeds.get(room);
    if (type === "welcome") this.welcome(frame);
    else if (type === "subscribed") this.subscribed(feed, frame);
    else if (type === "unsubscribed") this.unsubscribed(feed, frame);
    else if (type === "error") this.refused(frame);
    else if (this.requests.has(id)) this.answered(id, frame);
    else if (type === "authenticated") this.authenticated(frame);
    else if (type === "reconnect") this.leaveLater(frame);
    else if (type === "event" && room === undefined) this.listeners.tell("event", toEvent(frame));
    else if (id === undefined && feed?.state === "on") feed.receive(frame);
  }

  welcome({ connection, user }) {
    Object.assign(this, { connection, user: user ?? this.user, welcomed: now() });
    if (this.isFallback) this.eventsUntil = now() + 600000;
    this.flush();
  }

  // The hub may have chosen it by itself; that serves if it begins where this client is.
  subscribed(feed, { id, position, ...frame }) {
    const isChosen = id === undefined && feed?.isWatched && feed.state !== "on" && feed.state !== "refused"
      && !feed.options.presence && (feed.position ?? position) === position;
    if (isChosen || (feed?.state === "asked" && id === feed.ask)) feed.subscribed({ position, ...frame });
  }

  unsubscribed(feed, { id, code }) {
    if (id !== undefined || !feed || feed.state === "waiting" || !code) return;
    this.link.unsubscribe(feed);
    const isFinal = ["NOT_FOUND", "FORBIDDEN", "UNAUTHORIZED"].includes(code);
    feed.refused(new RoomcastError(code, "the hub has taken it away", !isFinal));
  }

  answered(id, answer) {
    const { resolve, reject } = this.requests.get(id);
    if (isRefusal(answer)) reject(answer);
    else resolve(answer);
    this.requests.delete(id);
    if (!this.again) this.refusals = 0;
    this.schedule();
  }

  authenticated({ user }) {
    this.user = user ?? this.user;
    this.isRefreshing = false;
    this.release();
  }

  refused(frame) {
    const { id, code, room } = frame;
    const error = failure(frame);
    const entry = this.requests.get(id);
    const asked = [...this.feeds.values()].filter(({ state, ask, name }) => {
      return state === "asked" && ask === id && (room ?? name) === name;
    });
    if (entry && !error.temporary) this.answered(id, error);
    else if (entry) {
      Object.assign(entry, { isSent: false, isHeld: true, error });
      this.hold(frame.delay);
    }
    for (const feed of asked) this.refuseRoom(feed, error);
    const isRefresh = id === "auth" && this.isRefreshing;
    if (isRefresh) this.isRefreshing = false;
    if (code === "TOKEN_EXPIRED" && id !== "auth" && typeof this.token === "function") return this.refresh();
    if (id !== undefined && id !== "auth") return;
    this.lastError = error;
    if (isRefresh || error.temporary) this.listeners.tell("error", error);
    // Which message was dropped is not told: all that is not answered is sent again.
    if (code === "RATE_LIMITED") this.link?.end(error);
  }

  refuseRoom(feed, error) {
    if (error.code !== "CONFLICT") return feed.refused(error);
    // The hub had chosen it, and not from where this client is.
    this.link.unsubscribe(feed);
    feed.state = "waiting";
    this.schedule();
  }

  hold(delay = 0) {
    if (this.again && now() + delay <= this.heldUntil) return;
    const wait = delay + Math.random() * this.limit(this.refusals++, this.base);
    clearTimeout(this.again);
    this.heldUntil = now() + wait;
    this.again = setTimeout(() => this.release(), wait);
  }

  release() {
    clearTimeout(this.again);
    this.again = undefined;
    for (const each of [...this.feeds.values(), ...this.requests.values()]) each.isHeld = false;
    this.flush();
  }

  async refresh() {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    const { link } = this;
    try {
      const token = await this.askToken();
      if (this.link === link) link.authenticate(token);
    } catch (error) {
      this.isRefreshing = false;
      this.listeners.tell("error", new RoomcastError("TOKEN_EXPIRED", String(error), true));
    }
  }

  // What it still sends is taken, for as long as it said.
  leaveLater({ delay }) {
    const { link } = this;
    this.comeBack = now() + delay;
    this.leaving = setTimeout(() => this.lost(link, { reason: "the hub has asked to come back" }), delay);
  }
}

export class Roomcast {
  #client;
  #rooms = new Map();

  constructor(url, options) {
    this.#client = new Client(url, options);
    this.#client.forget = ({ name }) => this.#rooms.delete(name) && this.#client.feeds.delete(name);
  }

  get state() {
    return this.#client.state;
  }

  get connection() {
    return this.#client.connection;
  }

  get user() {
    return this.#client.user;
  }

  on(signal, listener) {
    const stop = this.#client.listeners.add(signal, listener);
    if (signal === "event") this.#client.wake();
    return () => void stop();
  }

  room(name, options = {}) {
    const client = this.#client;
    mustBePositive(options.buffer ?? 1000);
    const find = () => {
      if (!client.feeds.has(name)) client.feeds.set(name, new Feed(name, options, client));
      return client.feeds.get(name);
    };
    if (!this.#rooms.has(name)) this.#rooms.set(name, new Room(name, find));
    return this.#rooms.get(name);
  }

  close() {
    this.#client.finish("closed");
  }
}

export default Roomcast;
