import { Chart } from "/console/chart.js";
import { Facts, element, setText } from "/console/dom.js";
import { bytes, clock, count, latency, many, moment, short, span } from "/console/format.js";

const PERCENTILES = [{ key: "p50", name: "p50" }, { key: "p95", name: "p95" }, { key: "p99", name: "p99" }];
/** The table has a row for every so many points: 10 seconds. */
const EACH = 5;

/** How the hub is, and was in the last minutes. */
export class Overview {
  title = "Overview";
  #monitor;
  #charts = [
    new Chart({
      title: "Connections", format: short, least: 4,
      lines: [{ key: "connections", name: "open" }, { key: "streams", name: "streams" }],
    }),
    new Chart({ title: "Publish to write", format: latency, lines: PERCENTILES, least: 1e-4 }),
    new Chart({ title: "Events in", format: short, lines: [{ key: "events", name: "a second" }], least: 4 }),
    new Chart({
      title: "Deliveries out", format: short, lines: [{ key: "deliveries", name: "a second" }], least: 4,
    }),
    new Chart({
      title: "Resident memory", format: bytes, lines: [{ key: "memory", name: "in use" }], isBinary: true,
      least: 1024 ** 2,
    }),
  ];
  #node = new Facts("Node", "Version", "Up for", "Engine");
  #sums = new Facts("Rooms", "Subscriptions", "Members", "Event streams", "WebSockets", "History");
  #notice = element("p", { class: "notice", role: "status", hidden: true });
  #rows = element("tbody");
  #grid;
  #table;

  constructor({ monitor }) {
    this.#monitor = monitor;
    this.#table = this.#makeTable();
    this.#grid = element("div", { class: "charts" }, ...this.#charts.map((chart) => chart.element),
      element("section", { class: "chart sums" }, element("h2", {}, "On this node"), this.#sums.element));
    this.element = element("div", {},
      element("h1", { tabindex: "-1" }, "Overview"), this.#node.element, this.#notice, this.#grid, this.#table);
    monitor.addEventListener("change", this.#show);
    this.#show();
  }

  stop() {
    this.#monitor.removeEventListener("change", this.#show);
  }

  #makeTable() {
    const names = ["Time", "Connections", "Streams", "Events/s", "Deliveries/s", "p50", "p95", "p99", "Memory"];
    const head = element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)));
    return element("details", { class: "figures-table", ontoggle: () => this.#fill() },
      element("summary", {}, "The same as a table"),
      element("div", {
        class: "scroll", tabindex: "0", role: "region", "aria-label": "Figures of the last five minutes",
      }, element("table", {}, element("thead", {}, head), this.#rows)));
  }

  #show = () => {
    const monitor = this.#monitor;
    const { sample } = monitor;
    const isWithout = monitor.isWithoutMetrics;
    this.#grid.hidden = isWithout;
    this.#table.hidden = isWithout;
    this.#notice.hidden = !isWithout;
    if (isWithout) setText(this.#notice, withoutMetrics(monitor.problem));
    this.#showNode(sample);
    if (sample) this.#showSums(sample);
    for (const chart of this.#charts) chart.update(monitor.recent.points, Date.now());
    this.#fill();
  };

  #showNode(sample) {
    const { nodes } = this.#monitor;
    const only = nodes.length === 1 ? nodes[0] : undefined;
    if (nodes.length > 0) this.#node.set("Node", only?.node ?? `one of ${count(nodes.length)}`);
    const version = sample?.version ?? only?.version;
    if (version) this.#node.set("Version", version);
    const oldest = nodes.reduce((oldest, { since }) => Math.min(oldest, since), Infinity);
    if (nodes.length > 0) this.#node.set("Up for", span(Date.now() - oldest), `since ${moment(oldest)}`);
    if (!sample) return;
    this.#node.set("Engine", sample.isEngineUp ? "takes events" : `away since ${clock(sample.engineSince)}`,
      `since ${moment(sample.engineSince)}`);
  }

  #showSums(sample) {
    this.#sums.set("Rooms", count(sample.rooms));
    this.#sums.set("Subscriptions", count(sample.subscriptions));
    this.#sums.set("Members", count(sample.members));
    this.#sums.set("WebSockets", count(sample.webSockets));
    this.#sums.set("Event streams", count(sample.eventStreams));
    this.#sums.set("History", bytes(sample.historyBytes), `${many(sample.gaps, "gap")} told to slow subscribers`);
  }

  #fill() {
    if (!this.#table.open) return;
    const written = (value, format) => (value === null || value === undefined ? "–" : format(value));
    const points = this.#monitor.recent.points;
    const chosen = points.filter((_, index) => (points.length - 1 - index) % EACH === 0).reverse();
    this.#rows.replaceChildren(...chosen.map((point) => element("tr", {},
      element("th", { scope: "row" }, clock(point.time)),
      ...[
        written(point.connections, count), written(point.streams, count), written(point.events, short),
        written(point.deliveries, short), ...PERCENTILES.map(({ key }) => written(point[key], latency)),
        written(point.memory, bytes),
      ].map((text) => element("td", {}, text)))));
  }
}

function withoutMetrics(problem) {
  if (problem.status === 404) {
    return "There are no charts here: this hub has its metrics on a listener of their own (setting metrics.address).";
  }
  return `There are no charts here: ${problem.message}`;
}
