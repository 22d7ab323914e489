import { Recent, read } from "/console/metrics.js";
import { Polling } from "/console/polling.js";

/** How often figures are asked for, in milliseconds; nodes change less often. */
const PAUSE = 2000;
const NODES = 3;

/** What is asked for whichever view is open: figures, and nodes. Tells `change` when there is something new. */
export class Monitor extends EventTarget {
  recent = new Recent();
  /** The last answer of /metrics. */
  sample;
  /** Why there is none: a `Problem`. */
  problem;
  nodes = [];
  /** Nodes that did not answer. */
  missing = [];
  isReachable = true;

  #hub;
  #polling;
  #turn = 0;

  constructor(hub) {
    super();
    this.#hub = hub;
  }

  start() {
    this.#polling = new Polling(PAUSE, (signal) => this.#look(signal));
  }

  stop() {
    this.#polling?.stop();
  }

  /** Whether /metrics cannot be had here, now or later. */
  get isWithoutMetrics() {
    return this.problem !== undefined && this.problem.status !== 0 && !this.problem.isTemporary;
  }

  async #look(signal) {
    const wantsNodes = this.#turn % NODES === 0 || !this.isReachable;
    this.#turn += 1;
    await Promise.all([this.#figures(signal), wantsNodes ? this.#lookForNodes(signal) : undefined]);
    if (!signal.aborted) this.dispatchEvent(new Event("change"));
  }

  async #figures(signal) {
    try {
      const text = await this.#hub.text("/metrics", signal);
      this.sample = read(text, Date.now());
      this.problem = undefined;
      this.isReachable = true;
      this.recent.add(this.sample);
    } catch (problem) {
      if (signal.aborted) return;
      this.problem = problem;
      this.isReachable = problem.status !== 0;
      this.recent.miss(Date.now());
    }
  }

  async #lookForNodes(signal) {
    try {
      const { nodes, missing = [] } = await this.#hub.get("/v1/nodes", {}, signal);
      this.nodes = nodes;
      this.missing = missing;
    } catch {
      // The figures tell whether the hub answers; what is known of the nodes stands until then.
    }
  }
}
