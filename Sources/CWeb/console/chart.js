import { drawing, element, setText } from "/console/dom.js";
import { clock } from "/console/format.js";
import { SPAN } from "/console/metrics.js";

const HEIGHT = 132;
const TOP = 8;
const BOTTOM = 20;
const RIGHT = 52;
const MINUTE = 60_000;

/**
 * The next round number for the end of an axis: 1, 2, 2.5 or 5 times a power of ten; of 1,024 first for `isBinary`.
 */
export function roundUp(value, isBinary = false) {
  if (!(value > 0)) return 1;
  const unit = isBinary ? 1024 ** Math.floor(Math.log(value) / Math.log(1024)) : 1;
  const power = 10 ** Math.floor(Math.log10(value / unit));
  const step = [1, 2, 2.5, 5, 10].find((step) => step * power * unit >= value * 0.999999);
  return step * power * unit;
}

/**
 * Lines over the last minutes. `lines` are `{ key, name }`, drawn in this order; `format` writes a value. The pointer
 * or the arrow keys pick a moment, as on a slider: its values stand in a tip, and are told to screen readers.
 */
export class Chart {
  #title;
  #lines;
  #format;
  #isBinary;
  #least;
  #points = [];
  #now = Date.now();
  #width = 0;
  /** The moment that is looked at. */
  #chosen;
  #figures = [];

  constructor({ title, lines, format, isBinary = false, least = 0 }) {
    this.#title = title;
    this.#lines = lines;
    this.#format = format;
    this.#isBinary = isBinary;
    this.#least = least;
    this.#make();
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry.contentRect.width);
      this.#draw();
    }).observe(this.plot);
  }

  #make() {
    this.drawing = drawing("svg", { height: HEIGHT, "aria-hidden": "true" });
    this.tip = element("div", { class: "tip", hidden: true });
    this.plot = element("div", {
      class: "plot", role: "slider", tabindex: "0", "aria-readonly": "true", "aria-valuemin": "0",
      "aria-valuemax": "0", "aria-valuenow": "0", "aria-label": this.#title,
      onpointermove: (event) => this.#chooseAt(event.offsetX),
      onpointerdown: (event) => this.#chooseAt(event.offsetX),
      onpointerleave: () => this.#choose(undefined),
      onblur: () => this.#choose(undefined),
      onkeydown: (event) => this.#press(event),
    }, this.drawing, this.tip);
    const figures = element("div", { class: "figures" });
    this.#lines.forEach(({ name }, index) => {
      const figure = element("strong", {}, "–");
      this.#figures.push(figure);
      figures.append(element("span", { class: `figure line-${index}` }, figure, element("span", {}, name)));
    });
    this.element = element("section", { class: "chart" }, element("h2", {}, this.#title), figures, this.plot);
  }

  /** `points` end at `now`. */
  update(points, now) {
    this.#points = points;
    this.#now = now;
    const last = points.at(-1) ?? {};
    this.#lines.forEach(({ key }, index) => setText(this.#figures[index], this.#write(last[key])));
    this.#draw();
  }

  #write(value) {
    return value === null || value === undefined ? "–" : this.#format(value);
  }

  #values(point) {
    return this.#lines.map(({ key, name }) => `${name} ${this.#write(point[key])}`).join(", ");
  }

  // MARK: Drawing

  #draw() {
    if (this.#width <= RIGHT) return;
    const highest = this.#points.reduce(
      (most, point) => this.#lines.reduce((most, { key }) => Math.max(most, point[key] ?? 0), most), this.#least);
    const top = roundUp(highest, this.#isBinary);
    const x = (time) => round((this.#width - RIGHT) * (1 - (this.#now - time) / SPAN));
    const y = (value) => round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top));
    this.drawing.setAttribute("width", this.#width);
    this.drawing.setAttribute("viewBox", `0 0 ${this.#width} ${HEIGHT}`);
    this.drawing.replaceChildren(
      ...this.#grid(top, y, x), ...this.#lines.flatMap(({ key }, index) => this.#line(key, index, x, y)),
      ...this.#cursor(x, y));
    this.#tell(x);
  }

  #grid(top, y, x) {
    const parts = [0, 0.5, 1].flatMap((share) => [
      drawing("line", { class: "grid", x1: 0, x2: this.#width - RIGHT, y1: y(top * share), y2: y(top * share) }),
      drawing("text", { x: this.#width - RIGHT + 8, y: y(top * share) + 4 },
        share === 0 ? "0" : this.#format(top * share)),
    ]);
    for (let minutes = 1; minutes <= 4; minutes += 1) {
      const at = x(this.#now - minutes * MINUTE);
      parts.push(drawing("text", { class: "time", x: at, y: HEIGHT - 4 }, `−${minutes} min`));
    }
    parts.push(drawing("text", { class: "now", x: this.#width - RIGHT, y: HEIGHT - 4 }, "now"));
    return parts;
  }

  /** One path for each run of points without a hole. */
  #line(key, index, x, y) {
    const runs = [[]];
    for (const point of this.#points) {
      if (point[key] === null || point[key] === undefined) runs.push([]);
      else runs.at(-1).push([x(point.time), y(point[key])]);
    }
    return runs.filter((run) => run.length > 0).flatMap((run) => {
      const path = run.map(([x, y]) => `${x} ${y}`).join("L");
      const parts = [drawing("path", { class: `line line-${index}`, d: run.length > 1 ? `M${path}` : `M${path}h0.1` })];
      if (index === 0) {
        const floor = y(0);
        const area = `M${run[0][0]} ${floor}L${path}L${run.at(-1)[0]} ${floor}Z`;
        parts.unshift(drawing("path", { class: "area", d: area }));
      }
      return parts;
    });
  }

  #cursor(x, y) {
    const point = this.#chosen;
    if (!point) return [];
    const at = x(point.time);
    return [
      drawing("line", { class: "cursor", x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM }),
      ...this.#lines.flatMap(({ key }, index) => {
        const value = point[key];
        return value === null || value === undefined
          ? [] : [drawing("circle", { class: `dot line-${index}`, cx: at, cy: y(value), r: 3.5 })];
      }),
    ];
  }

  // MARK: Picking a moment

  #tell(x) {
    const last = this.#points.length - 1;
    const point = this.#chosen ?? this.#points[last];
    this.plot.setAttribute("aria-valuemax", Math.max(0, last));
    this.plot.setAttribute("aria-valuenow", Math.max(0, this.#chosen ? this.#points.indexOf(point) : last));
    this.plot.setAttribute("aria-label", `${this.#title}: ${this.#values(this.#points[last] ?? {})}`);
    this.plot.setAttribute("aria-valuetext", point ? `${clock(point.time)}: ${this.#values(point)}` : "no figures yet");
    this.tip.hidden = !this.#chosen;
    if (!this.#chosen) return;
    this.tip.replaceChildren(
      element("b", {}, clock(point.time)),
      ...this.#lines.map(({ key, name }, index) =>
        element("span", { class: `line-${index}` }, `${name} `, element("strong", {}, this.#write(point[key])))));
    const at = x(point.time);
    const isRight = at > (this.#width - RIGHT) / 2;
    this.tip.style.left = isRight ? "auto" : `${at + 10}px`;
    this.tip.style.right = isRight ? `${this.#width - at + 10}px` : "auto";
  }

  #choose(point) {
    if (point === this.#chosen) return;
    this.#chosen = point;
    this.#draw();
  }

  #chooseAt(offset) {
    if (this.#points.length === 0) return;
    const time = this.#now - SPAN * (1 - offset / (this.#width - RIGHT));
    this.#choose(this.#points.reduce((best, point) =>
      Math.abs(point.time - time) < Math.abs(best.time - time) ? point : best));
  }

  #press(event) {
    const last = this.#points.length - 1;
    const from = this.#chosen ? this.#points.indexOf(this.#chosen) : last;
    const to = {
      ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - 15, PageDown: from + 15, Home: 0, End: last,
    };
    if (event.key === "Escape") this.#choose(undefined);
    if (!(event.key in to) || last < 0) return;
    event.preventDefault();
    this.#choose(this.#points[Math.min(last, Math.max(0, to[event.key]))]);
  }
}

const round = (number) => Math.round(number * 10) / 10;
