import { element, setText } from "/console/dom.js";

const STYLES = { connecting: "warn", "catching-up": "warn", live: "good", offline: "bad" };
const NAMES = { "catching-up": "catching up" };

/** What the connection of a room is doing; where it is lost, when the next try follows. */
export class StateBadge {
  #text = element("span", { class: "badge warn", "data-state": "connecting", role: "status" }, "connecting");
  /** The seconds are for eyes alone: nobody wants them read out one by one. */
  #count = element("span", { class: "where", "aria-hidden": "true" });
  #timer;

  constructor() {
    this.element = element("span", { class: "state" }, this.#count, this.#text);
  }

  show({ state, reason, retryIn }) {
    this.#text.dataset.state = state;
    this.#text.className = `badge ${STYLES[state]}`;
    this.#text.title = reason ?? "";
    setText(this.#text, NAMES[state] ?? state);
    this.stop();
    setText(this.#count, "");
    if (retryIn !== undefined) this.#countDown(performance.now() + retryIn);
    else if (state === "offline" && reason) setText(this.#count, reason);
  }

  #countDown(end) {
    const tell = () => {
      const left = Math.ceil((end - performance.now()) / 1000);
      setText(this.#count, left > 0 ? `next try in ${left} s` : "trying");
      if (left <= 0) this.stop();
    };
    tell();
    this.#timer = setInterval(tell, 1000);
  }

  stop() {
    clearInterval(this.#timer);
  }
}
