import { element } from "/console/dom.js";
import { filter } from "/console/filter.js";
import { bytes, count, span } from "/console/format.js";
import { isRoomName } from "/console/hub.js";
import { PAGE, PagedTable } from "/console/table.js";

/** The rooms with subscribers or members. */
export class Rooms {
  title = "Rooms";
  #table;
  #prefix = "";
  #open = element("a", { class: "button", hidden: true });

  constructor({ hub }) {
    this.#table = new PagedTable({
      label: "Rooms",
      noun: ["room", "rooms"],
      key: (item) => item.room,
      columns: [
        { title: "Room", class: "name", make: ({ room }) => element("a", { href: address(room), title: room }, room) },
        { title: "Subscribers", class: "number", text: (item) => count(item.subscribers) },
        { title: "Members", class: "number", text: (item) => count(item.members) },
        { title: "Events", class: "number", text: (item) => count(item.history.events) },
        { title: "Size", class: "number extra", text: (item) => bytes(item.history.bytes) },
        { title: "Last offset", class: "number extra", text: (item) => count(offset(item.position)) },
        { title: "Reaches back", class: "number extra", text: ({ history }) => reach(history) },
      ],
      load: async (cursor, signal) => {
        const { rooms, ...page } = await hub.get("/v1/rooms", { prefix: this.#prefix, limit: PAGE, cursor }, signal);
        return { ...page, items: rooms };
      },
      empty: () => (this.#prefix
        ? `No room that somebody is in begins with “${this.#prefix}”.`
        : "Nobody is in any room. A room is listed once it has a subscriber or a member."),
    });
    this.element = element("div", {},
      element("h1", { tabindex: "-1" }, "Rooms"),
      element("div", { class: "filters" },
        filter({
          label: "Name begins with", placeholder: "orders:", change: (text) => this.#change(text),
          enter: (text) => isRoomName(text) && location.assign(address(text)),
        }),
        this.#open),
      this.#table.element);
  }

  stop() {
    this.#table.stop();
  }

  /** A room that has history alone is not listed: it can be opened by its name. */
  #change(text) {
    this.#prefix = text;
    this.#open.hidden = !isRoomName(text);
    this.#open.href = address(text);
    this.#open.textContent = `Open ${text}`;
    this.#table.restart();
  }
}

/** Where the console shows a room. */
export const address = (room) => `#/rooms/${encodeURIComponent(room)}`;

/** The offset of a position. */
export const offset = (position) => Number(position.slice(position.lastIndexOf("-") + 1));

/** How far a history reaches back, in words. */
export function reach(history) {
  return history.since === undefined ? "–" : span(Date.now() - history.since);
}
