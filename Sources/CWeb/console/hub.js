// The hub's public API, with the key that the user gave.

const NAME = "roomcast.key";
/** How long a request may take, in milliseconds. */
const TIME = 10_000;

/** Why the hub did not do it: a problem as it told it, or `UNREACHABLE` where it did not answer. */
export class Problem extends Error {
  constructor(status, { code, title, detail, temporary } = {}) {
    super(detail ?? title ?? `the hub answered ${status}`);
    this.status = status;
    this.code = code;
    this.isTemporary = temporary === true;
  }
}

export class Hub extends EventTarget {
  /** For this tab alone, and gone with it. */
  key = stored((storage) => storage.getItem(NAME));

  signIn(key) {
    this.key = key;
    stored((storage) => storage.setItem(NAME, key));
  }

  signOut() {
    this.key = undefined;
    stored((storage) => storage.removeItem(NAME));
  }

  /** A GET; `query` without its empty values. */
  async get(path, query = {}, signal) {
    return this.send("GET", path, { query, signal });
  }

  async text(path, signal) {
    return this.send("GET", path, { signal, as: "text" });
  }

  async delete(path, query = {}) {
    return this.send("DELETE", path, { query });
  }

  /**
   * The body of the answer, as `json` or `text`. Throws a `Problem` for whatever is no success; an answer that was torn
   * is none. That the key is not good, or that one is needed, is told to whoever listens for `refused`, too.
   */
  async send(method, path, { query = {}, headers = {}, body, signal, key = this.key, as = "json" } = {}) {
    const values = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
    const url = values.length > 0 ? `${path}?${new URLSearchParams(values)}` : path;
    let answer;
    try {
      answer = await fetch(url, {
        method,
        body,
        headers: key ? { ...headers, Authorization: `Bearer ${key}` } : headers,
        signal: AbortSignal.any([AbortSignal.timeout(TIME), ...(signal ? [signal] : [])]),
        cache: "no-store",
        redirect: "error",
      });
      if (answer.ok) return await answer[as]();
    } catch (failure) {
      if (signal?.aborted) throw failure;
      throw new Problem(0, { code: "UNREACHABLE", detail: "The hub does not answer.", temporary: true });
    }
    const told = await answer.json().catch(() => ({}));
    const problem = new Problem(answer.status, told);
    if (answer.status === 401) this.dispatchEvent(new CustomEvent("refused", { detail: problem }));
    throw problem;
  }
}

/** A browser that keeps nothing for this page refuses even to be asked: the key is known until the page is left. */
function stored(use) {
  try {
    return use(sessionStorage) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The path of a room, whatever its name holds. */
export const roomPath = (room) => `/v1/rooms/${encodeURIComponent(room)}`;

/** Whether the hub would take it as a room's name. */
export const isRoomName = (text) => /^[A-Za-z0-9_\-=@,.;:]{1,200}$/.test(text) && text !== "." && text !== "..";
