// Time that passes when a test says so, and chance that a test chooses.
const real = { setImmediate, setTimeout, clearTimeout, performance, now: Date.now, random: Math.random };

/** Lets everything happen that waits for no time. */
export const settle = async () => {
  for (let round = 0; round < 5; round++) await new Promise((done) => real.setImmediate(done));
};

export class Clock {
  now = 1000;
  #last = 0;
  #timers = new Map();

  /** How many timers are set. */
  get timers() {
    return this.#timers.size;
  }

  install(random = () => 0.5) {
    globalThis.setTimeout = (action, delay = 0) => {
      // As in browsers and Node: what does not fit 31 bits fires at once.
      this.#timers.set(++this.#last, { at: this.now + (delay > 0x7fffffff ? 0 : Math.max(0, delay)), action });
      return this.#last;
    };
    globalThis.clearTimeout = (id) => void this.#timers.delete(id);
    const performance = { now: () => this.now };
    Object.defineProperty(globalThis, "performance", { value: performance, configurable: true, writable: true });
    Date.now = () => this.now;
    Math.random = random;
  }

  uninstall() {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    Object.defineProperty(globalThis, "performance", { value: real.performance, configurable: true, writable: true });
    Date.now = real.now;
    Math.random = real.random;
  }

  /** Lets so many milliseconds pass, and everything happen meanwhile. */
  async pass(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter(([, { at }]) => at <= end);
      due.sort(([a, { at }], [b, { at: other }]) => at - other || a - b);
      if (due.length === 0) break;
      const [[id, { at, action }]] = due;
      this.#timers.delete(id);
      this.now = Math.max(this.now, at);
      action();
    }
    this.now = end;
    await settle();
  }
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
