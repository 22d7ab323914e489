import { element, setText } from "/console/dom.js";
import { bytes, clock, count, many } from "/console/format.js";

/** Events in the document, and in waiting while it stands still. */
export const KEPT = 200;
/** Characters of data in a row, and of an event that is looked at. */
const PREVIEW = 240;
const WHOLE = 200_000;

/** The events of a room, newest first. Looking at one makes the list stand still; so does its button. */
export class Feed {
  #list = element("ol", { class: "events" });
  #waiting = [];
  /** What came while it stood still and is no more in waiting. */
  #passed = 0;
  #isPaused = false;
  #isAsked = false;
  #pause = element("button", { type: "button", "data-pause": true, onclick: () => this.#toggle() }, "Pause");
  #about = element("span", { class: "where" });
  #none = element("p", { class: "none" }, "No events yet.");

  constructor() {
    this.element = element("section", { class: "feed panel", "aria-label": "Events" },
      element("div", { class: "head" }, element("h2", {}, "Events"), this.#about, this.#pause),
      element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "List of events, newest first" },
        this.#none, this.#list));
  }

  add(event) {
    this.#push(() => this.#row(event));
  }

  /** A line between events. */
  note(text) {
    this.#push(() => element("li", { class: "note" }, text));
  }

  #push(make) {
    this.#waiting.push(make);
    if (this.#waiting.length > KEPT) {
      this.#waiting.shift();
      this.#passed += 1;
    }
    if (this.#isAsked) return;
    this.#isAsked = true;
    // Many a frame are drawn at once. A hidden tab draws no frames.
    const draw = () => {
      this.#isAsked = false;
      this.#draw();
    };
    if (document.hidden) setTimeout(draw, 200);
    else requestAnimationFrame(draw);
  }

  #draw() {
    if (this.#isPaused) {
      const all = this.#waiting.length + this.#passed;
      setText(this.#pause, all > 0 ? `Resume, ${count(all)} new` : "Resume");
      return;
    }
    if (this.#passed > 0) this.#waiting.unshift(passed(this.#passed));
    this.#passed = 0;
    this.#list.prepend(...this.#waiting.map((make) => make()).reverse());
    this.#waiting = [];
    while (this.#list.childElementCount > KEPT) this.#list.lastElementChild.remove();
    const isEmpty = this.#list.childElementCount === 0;
    this.#none.hidden = !isEmpty;
    setText(this.#about, this.#list.childElementCount === KEPT ? `the last ${KEPT}` : "");
  }

  #toggle(isPaused = !this.#isPaused) {
    this.#isPaused = isPaused;
    this.element.classList.toggle("paused", isPaused);
    setText(this.#pause, isPaused ? "Resume" : "Pause");
    this.#draw();
  }

  #row(event) {
    const isBytes = event.bytes !== undefined;
    const text = isBytes ? "" : JSON.stringify(event.data);
    const size = isBytes ? event.bytes.length : text.length;
    const [offset, about] = event.offset === undefined ? ["live", "ephemeral: not kept"]
      : [count(event.offset), "offset"];
    const row = element("details", {}, element("summary", {},
      element("span", { class: "offset", title: about }, offset),
      element("time", { datetime: new Date(event.time).toISOString() }, clock(event.time, true)),
      element("b", {}, event.event),
      element("span", { class: "data" }, isBytes ? many(size, "byte") : text.slice(0, PREVIEW))));
    row.addEventListener("toggle", () => {
      if (!row.open) return;
      this.#toggle(true);
      if (row.childElementCount === 1) row.append(whole(event, isBytes));
    });
    return element("li", { "data-offset": event.offset }, row);
  }
}

const passed = (number) => () => element("li", { class: "note" }, `${many(number, "event")} came and went meanwhile`);

/** All of an event. */
function whole(event, isBytes) {
  const text = isBytes ? hexadecimal(event.bytes.subarray(0, 4096)) : JSON.stringify(event.data, null, 2);
  const isCut = isBytes ? event.bytes.length > 4096 : text.length > WHOLE;
  const facts = [
    ["position", event.position], ["user", event.user], ["trace", event.trace],
    ["size", isBytes ? bytes(event.bytes.length) : undefined],
  ].filter(([, value]) => value !== undefined);
  return element("div", { class: "whole" },
    element("pre", { tabindex: "0", role: "group", "aria-label": isBytes ? "Bytes" : "Data" }, text.slice(0, WHOLE)),
    ...(isCut ? [element("p", { class: "where" }, "The rest is not shown.")] : []),
    element("p", { class: "about" }, ...facts.flatMap(([name, value]) =>
      [element("span", {}, `${name} `, element("code", {}, value))])));
}

/** Sixteen bytes a line, with what can be read of them. */
export function hexadecimal(bytes) {
  const lines = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const line = [...bytes.subarray(start, start + 16)];
    const digits = line.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = line.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${start.toString(16).padStart(4, "0")}  ${digits.padEnd(47)}  ${letters}`);
  }
  return lines.join("\n");
}
