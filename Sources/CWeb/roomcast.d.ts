// The types and promises of /roomcast.js.
//
// Each event of a room is told once, in order, over lost connections and restarts of the hub, as far back as the hub's
// history reaches; what is lost is told as a gap. What is published is sent again until it is answered, under one key,
// so that the hub takes it once. Waits between tries are random up to a limit that doubles, and never shorter than what
// the hub asks for. An error of a listener is reported as the page's own, and does no harm.

/** What the connection is doing: for showing the user. */
export type State =
  /** A connection is being made, or waited for. */
  | "connecting"
  /** The connection stands; some room is still getting what it missed. */
  | "catching-up"
  /** Every room is up to date, and has events as they are published. */
  | "live"
  /** There is no connection: the device has no network, the last try failed, or the client was closed. */
  | "offline";

export interface StateChange {
  state: State;
  /** Why, in words for a log. */
  reason?: string;
  /** When `offline`: in how many milliseconds the next try follows; absent where none does. */
  retryIn?: number;
}

export interface Options {
  /**
   * A token or API key, or a function that gets one. The function is asked for every connection, and again when the hub
   * says that the token has expired.
   */
  token?: string | (() => string | Promise<string>);
  /**
   * `auto` (the default) takes SSE where a WebSocket cannot be had, and goes on with it for ten minutes. Over SSE there
   * are up to 128 rooms, on up to 4 of the 6 connections that a browser has for a host over HTTP/1.1; `presence` counts
   * for a room that is the only one; events for the user come while there is a room.
   */
  transport?: "auto" | "websocket" | "sse";
  /** The class of sockets, where the platform has none of its own (Node before 22). */
  WebSocket?: unknown;
  /** Bounds of the waits between tries, in milliseconds: 500 and 30,000 unless said; finite and above 0. */
  backoff?: { base?: number; cap?: number };
  /**
   * How many milliseconds a connection with its token may take, and an answer after the hub should have sent one:
   * 10,000; finite and above 0.
   */
  timeout?: number;
}

/** An event of a room. */
export interface RoomEvent<Data = unknown> {
  room: string;
  /** The name it was published under. */
  event: string;
  /** The JSON value; absent where bytes were published. */
  data?: Data;
  /** The bytes, where bytes were published. */
  bytes?: Uint8Array;
  /** Its place in the room, from 1 without a hole; absent for an ephemeral event. */
  offset?: number;
  /** Where to resume after it; absent for an ephemeral event. */
  position?: string;
  /** Milliseconds since 1970, by the hub's clock. */
  time: number;
  /** Who published it, where a client did. */
  user?: string;
  /** The trace of the call that published it, where the hub is set so. */
  trace?: string;
}

export interface Member {
  user: string;
  info: Record<string, unknown>;
}

/** An event for this user, in no room. */
export type UserEvent<Data = unknown> = Omit<RoomEvent<Data>, "room" | "offset" | "position">;

/** Events of a room are lost: load its state anew, as of `position`. */
export interface Gap {
  room: string;
  /** The last position that was seen; absent where there was none. */
  from?: string;
  position: string;
}

export interface RoomOptions {
  /**
   * Begin after this position, or with everything that is kept: `earliest`. Else with what is published from now on.
   */
  after?: string;
  /** What the others see of this user, in rooms that tell who is there. */
  presence?: Record<string, unknown>;
  /** Called when state must be loaded anew. The same as `on("roomcast:gap", …)`. */
  gap?: (gap: Gap) => void;
  /** How many events may wait for a `for await` before the room is left, and resumed when they are taken: 1,000. */
  buffer?: number;
}

export interface PublishOptions {
  /** Whether this client gets the event as well: `true`. Over SSE, `false` waits while a stream is being made. */
  echo?: boolean;
  /** Reaches only who is there; not kept. */
  ephemeral?: boolean;
  /** An idempotency key; a random one unless given. With the same key the event is published once. */
  key?: string;
  /** How many milliseconds to go on trying, to half a second: 60,000. */
  timeout?: number;
}

export interface Receipt {
  room: string;
  position?: string;
  offset?: number;
  duplicate: boolean;
  /** While the engine is away: `true` waits for it, `false` was given to those who are there alone. */
  queued?: boolean;
}

/** Why the hub did not do what it was asked. */
export class RoomcastError extends Error {
  constructor(code: string, detail: string, temporary?: boolean);
  /**
   * Stable, such as `FORBIDDEN`. This client's own are `TIMEOUT`, `CLOSED` and `OVERLOADED` (1,000 requests are
   * unanswered already); `PAYLOAD_TOO_LARGE` it tells itself for more than 64,000 bytes over a WebSocket.
   */
  readonly code: string;
  /** In words: the limit or the field. */
  readonly detail: string;
  /** Whether the same may succeed later. */
  readonly temporary: boolean;
}

/** Stops what was begun. */
export type Stop = () => void;

/** What a room tells besides its events. */
export interface RoomSignals {
  /**
   * `recovered` is there where the hub was asked to resume; over SSE with several rooms a gap alone tells of a loss.
   */
  "roomcast:subscribed": { room: string; position: string; recovered?: boolean };
  "roomcast:gap": Gap;
  "roomcast:join": { room: string; member: Member };
  "roomcast:leave": { room: string; member: Member };
  /** Who is there was told anew: `members` has it. */
  "roomcast:members": { room: string };
  /** The room cannot be had: it was refused, deleted, or taken away. Where that is temporary it is tried again. */
  "roomcast:error": RoomcastError;
}

/**
 * A room. It is subscribed to while somebody listens to it. Who listens again gets what came meanwhile, and has a room
 * that was refused tried again.
 */
export class Room implements AsyncIterable<RoomEvent> {
  readonly name: string;
  /** Where the next connection resumes; what to store to go on from another page. Absent until one is known. */
  readonly position?: string;
  /** Who is there, by user, where the room tells: 10,100 at first, and who joins. Another map for each connection. */
  readonly members: ReadonlyMap<string, Member>;
  on<Signal extends keyof RoomSignals>(signal: Signal, listener: (told: RoomSignals[Signal]) => void): Stop;
  /** Calls `listener` with each event of that name, or with all: `*`. */
  on<Data = unknown>(event: string, listener: (event: RoomEvent<Data>) => void): Stop;
  /**
   * Its events, until the loop is left or the client closed; fails with what the room is refused with for good. What
   * the only loop has not taken when it is left comes again in the next one.
   */
  [Symbol.asyncIterator](): AsyncIterator<RoomEvent>;
  /**
   * Publishes; resolves once the hub has the event. What is not answered is sent again, in order, after a lost
   * connection; what is refused for now, after a while. A `Uint8Array` is published as bytes.
   */
  publish(event: string, data: unknown, options?: PublishOptions): Promise<Receipt>;
  /** A page of what is kept. */
  history(options?: { after?: string; last?: number; limit?: number }): Promise<{
    room: string; position: string; recovered: boolean; events: RoomEvent[]; more: boolean;
  }>;
  /** Leaves it, whoever listens, and forgets it: asked for again, it begins anew with its options. */
  leave(): void;
}

export class Roomcast {
  /**
   * `url` is the hub's: `https://hub.example.org`, or a path of the page's own origin; else where this module came
   * from. Connects with the first room that is listened to, or the first publish. Throws a `TypeError` or
   * `RangeError` for what cannot be.
   */
  constructor(url?: string | URL, options?: Options);
  readonly state: State;
  /**
   * The id of the connection, for `exclude`; absent while there is none. Over SSE that of the stream that was made last:
   * with more than 32 rooms there are several.
   */
  readonly connection?: string;
  /** The user that the token names. */
  readonly user?: string;
  on(signal: "state", listener: (change: StateChange) => void): Stop;
  /** Events for this user, in no room. */
  on(signal: "event", listener: (event: UserEvent) => void): Stop;
  /** What went wrong and is no room's matter; `temporary` says whether the client goes on by itself. */
  on(signal: "error", listener: (error: RoomcastError) => void): Stop;
  /** The room of that name; options count when it is asked for first. */
  room(name: string, options?: RoomOptions): Room;
  /** Says farewell; what is not published yet fails with `CLOSED`. */
  close(): void;
}

export default Roomcast;
