import { afterEach, beforeEach } from "node:test";
import { Roomcast } from "../../../Sources/CWeb/roomcast.js";
import { Clock, settle } from "./clock.mjs";
import { FakeSocket } from "./socket.mjs";

/** Gives each test of a file a clock, sockets and clients of its own. */
export function usePage() {
  const page = {};
  const realFetch = globalThis.fetch;

  beforeEach(() => {
    page.clock = new Clock();
    page.clock.install(() => page.random());
    page.random = () => 0.5;
    page.clients = [];
    FakeSocket.all = [];
    globalThis.fetch = async () => {
      throw new TypeError("no network");
    };
  });

  afterEach(() => {
    for (const client of page.clients) client.close();
    page.clock.uninstall();
    globalThis.fetch = realFetch;
    for (const name of ["addEventListener", "removeEventListener", "document", "reportError"]) delete globalThis[name];
  });

  /** A client and what it has told: `states`, `errors`. */
  page.client = (options = {}) => {
    const client = new Roomcast("http://hub.test", { WebSocket: FakeSocket, transport: "websocket", ...options });
    const told = { client, states: [], errors: [] };
    client.on("state", (change) => told.states.push(change));
    client.on("error", (error) => told.errors.push(error));
    page.clients.push(client);
    return told;
  };

  /** A client that is subscribed to the room `a`, with the events it got. */
  page.listening = async (options, room = {}) => {
    const told = page.client(options);
    told.events = [];
    told.gaps = [];
    told.room = told.client.room("a", { gap: (gap) => told.gaps.push(gap), ...room });
    told.stop = told.room.on("*", (event) => told.events.push(event));
    await settle();
    FakeSocket.last.welcome();
    await settle();
    FakeSocket.last.subscribe();
    return told;
  };

  /** What a browser tells: the events of the window. */
  page.browser = () => {
    const target = new EventTarget();
    page.signals = [];
    globalThis.addEventListener = (type, listener, options) => {
      page.signals.push(options.signal);
      target.addEventListener(type, listener, options);
    };
    globalThis.document = { visibilityState: "visible" };
    return (type, more) => target.dispatchEvent(Object.assign(new Event(type), more));
  };
  return page;
}

/** What a promise was rejected with. */
export async function failureOf(promise) {
  const value = await promise.catch((error) => error);
  if (!(value instanceof Error)) throw new Error(`it gave ${value}`);
  return value;
}
