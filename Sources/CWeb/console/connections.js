import { ask } from "/console/dialogs.js";
import { element, field, setText } from "/console/dom.js";
import { filter } from "/console/filter.js";
import { brief, count } from "/console/format.js";
import { address } from "/console/rooms.js";
import { PAGE, PagedTable } from "/console/table.js";

/** Rooms of one connection that are shown. */
const ROOMS = 100;
const KINDS = { websocket: "WebSocket", sse: "Event stream" };

/** The streams of the hub. */
export class Connections {
  title = "Connections";
  #hub;
  #say;
  #table;
  #user;
  #room;

  constructor({ hub, say, query }) {
    this.#hub = hub;
    this.#say = say;
    this.#user = query.get("user") ?? "";
    this.#room = query.get("room") ?? "";
    this.#table = new PagedTable({
      label: "Connections",
      noun: ["connection", "connections"],
      key: (item) => item.connection,
      columns: [
        {
          title: "Connection", class: "code plain",
          make: ({ connection }) => element("span", { title: connection }, brief(connection)),
        },
        { title: "User", class: "name", text: (item) => item.user ?? "–" },
        { title: "Kind", class: "plain", text: (item) => KINDS[item.kind] ?? item.kind },
        { title: "Address", class: "code extra", text: (item) => item.address },
        { title: "Node", class: "code extra", text: (item) => item.node },
        { title: "Rooms", class: "rooms", make: (item) => this.#roomsOf(item), update: showCount },
        { title: "Actions", isUnseen: true, class: "action", make: (item) => this.#closing(item) },
      ],
      load: async (cursor, signal) => {
        const wanted = { user: this.#user, room: this.#room, limit: PAGE, cursor };
        const { connections, ...page } = await hub.get("/v1/connections", wanted, signal);
        return { ...page, items: connections };
      },
      empty: () => (this.#user || this.#room ? "No connection is like that." : "Nobody is connected."),
    });
    this.element = element("div", {},
      element("h1", { tabindex: "-1" }, "Connections"),
      element("div", { class: "filters" },
        filter({
          label: "User", value: this.#user, placeholder: "ann", change: (text) => this.#change(text, this.#room),
        }),
        filter({
          label: "Room", value: this.#room, placeholder: "orders", change: (text) => this.#change(this.#user, text),
        })),
      this.#table.element);
  }

  stop() {
    this.#table.stop();
  }

  /** The address of the page says what is looked for, so that it can be handed on. */
  #change(user, room) {
    [this.#user, this.#room] = [user, room];
    const query = new URLSearchParams(Object.entries({ user, room }).filter(([, value]) => value !== ""));
    history.replaceState(null, "", `#/connections${query.size > 0 ? `?${query}` : ""}`);
    this.#table.restart();
  }

  /** How many; which ones is asked for when somebody wants to know. */
  #roomsOf({ connection }) {
    const list = element("ul");
    const details = element("details", {
      ontoggle: async () => {
        if (!details.open) return;
        try {
          const { rooms } = await this.#hub.get(`/v1/connections/${encodeURIComponent(connection)}`);
          const more = rooms.length - ROOMS;
          list.replaceChildren(
            ...rooms.slice(0, ROOMS).map((room) => element("li", {}, element("a", { href: address(room) }, room))),
            ...(more > 0 ? [element("li", {}, `and ${count(more)} more`)] : []));
          if (rooms.length === 0) list.replaceChildren(element("li", {}, "none"));
        } catch (problem) {
          list.replaceChildren(element("li", {}, problem.message));
        }
      },
    }, element("summary", {},
      element("span"), element("span", { class: "unseen" }, ` rooms of ${brief(connection)}`)), list);
    return details;
  }

  #closing({ connection, user }) {
    const name = user === undefined ? brief(connection) : `${brief(connection)} of ${user}`;
    return element("button", {
      type: "button", class: "small", "aria-label": `Close ${name}`, onclick: () => this.#close(connection, name),
    }, "Close");
  }

  async #close(connection, name) {
    const code = element("input", {
      type: "number", min: "4100", max: "4999", value: "4112", required: true, inputmode: "numeric",
    });
    const reason = element("input", { maxlength: "123", placeholder: "closed", autocomplete: "off" });
    const isSure = await ask({
      title: "Close this connection?", text: name, action: "Close the connection",
      fields: [
        field("Code", code, "Up to 4499 the client comes back by itself, from 4500 on it stays away."),
        field("Reason", reason),
      ],
    });
    if (!isSure) return;
    try {
      const query = { code: code.value, reason: reason.value };
      await this.#hub.delete(`/v1/connections/${encodeURIComponent(connection)}`, query);
      this.#say(`The connection ${name} is closed.`);
    } catch (problem) {
      this.#say(problem.status === 404 ? `The connection ${name} is gone already.` : problem.message);
    }
    await this.#table.refresh();
    // The row is gone, and the button in it.
    if (document.activeElement === document.body) this.element.querySelector("h1").focus();
  }
}

const showCount = (cell, { subscriptions }) => setText(cell.querySelector("summary span"), count(subscriptions));
