import { drawing, element, setText } from "/console/dom.js";
import { count, many, moment, span } from "/console/format.js";

/** The nodes of the hub, as they have told last. */
export class Nodes {
  title = "Nodes";
  #monitor;
  #body = element("tbody");
  #notice = element("p", { class: "notice", role: "status", hidden: true });
  #where = element("p", { class: "where" });
  #shown;

  constructor({ monitor }) {
    this.#monitor = monitor;
    const names = [["Node", "name"], ["State"], ["Load"], ["Connections", "number"], ["Up for", "number"], ["Version"]];
    const head = names.map(([name, style]) => element("th", { scope: "col", class: style }, name));
    this.element = element("div", {},
      element("h1", { tabindex: "-1" }, "Nodes"), this.#notice,
      element("div", { class: "listing" },
        element("table", { "aria-label": "Nodes" }, element("thead", {}, element("tr", {}, ...head)), this.#body)),
      this.#where);
    monitor.addEventListener("change", this.#show);
    this.#show();
  }

  stop() {
    this.#monitor.removeEventListener("change", this.#show);
  }

  #show = () => {
    const { nodes, missing } = this.#monitor;
    // What is selected stands as long as there is nothing new.
    const told = JSON.stringify([nodes, missing, Math.floor(Date.now() / 60_000)]);
    if (told === this.#shown) return;
    this.#shown = told;
    this.#notice.hidden = missing.length === 0;
    setText(this.#notice, missing.length > 0 ? `No answer from ${missing.join(", ")}.` : "");
    this.#body.replaceChildren(...nodes.map(row));
    setText(this.#where, nodes.length > 0 ? many(nodes.length, "node") : "");
  };
}

function row({ node, version, connections, load, since, draining }) {
  const cell = (title, style, ...children) => element("td", { class: style, "data-title": title }, ...children);
  return element("tr", {},
    cell("Node", "name", node),
    cell("State", "", element("span", { class: `badge ${draining ? "warn" : "good"}` }, draining ? "draining" : "up")),
    cell("Load", "load", bar(load), ` ${Math.round(load * 100)} %`),
    cell("Connections", "number", count(connections)),
    cell("Up for", "number", element("span", { title: `since ${moment(since)}` }, span(Date.now() - since))),
    cell("Version", "", version));
}

function bar(share) {
  return drawing("svg", { class: "bar-chart", viewBox: "0 0 100 8", width: 72, height: 6, "aria-hidden": "true" },
    drawing("rect", { class: "whole", width: 100, height: 8, rx: 4 }),
    drawing("rect", { class: "part", width: Math.max(2, Math.round(share * 100)), height: 8, rx: 4 }));
}
