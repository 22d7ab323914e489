import { element, setText } from "/console/dom.js";
import { many } from "/console/format.js";
import { roomPath } from "/console/hub.js";

/** Rows in the document. */
const SHOWN = 100;

/** Who is in a room, as its subscription tells. */
export class Members {
  #room;
  #list = element("ul", { class: "members" });
  #about = element("p", { class: "where" }, "…");
  #isAsked = false;
  #stops;

  /** `room` is the client's. */
  constructor(hub, room) {
    this.#room = room;
    this.element = element("section", { class: "panel", "aria-label": "Members" },
      element("h2", {}, "Members"), this.#about, this.#list);
    this.#stops = ["subscribed", "members", "join", "leave"].map((name) =>
      room.on(`roomcast:${name}`, () => this.#ask()));
    // The hub says in words why a room does not tell.
    hub.get(`${roomPath(room.name)}/members`, { limit: 1 })
      .then(() => this.#show(), (problem) => this.#refuse(problem));
  }

  stop() {
    for (const stop of this.#stops) stop();
  }

  #refuse(problem) {
    this.stop();
    setText(this.#about, problem.status === 403 ? `Not told: ${problem.message}.` : problem.message);
  }

  /** Many who come at once are shown at once. */
  #ask() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    setTimeout(() => {
      this.#isAsked = false;
      this.#show();
    }, 100);
  }

  #show() {
    const { members } = this.#room;
    const shown = [...members.values()].slice(0, SHOWN);
    this.#list.replaceChildren(...shown.map(({ user, info }) => {
      const about = info && Object.keys(info).length > 0 ? JSON.stringify(info) : "";
      return element("li", {},
        element("a", { href: `#/connections?user=${encodeURIComponent(user)}` }, user),
        element("span", { class: "data" }, about));
    }));
    const more = members.size - shown.length;
    setText(this.#about, members.size === 0 ? "Nobody is present." : more > 0
      ? `${many(members.size, "user")}, the first ${SHOWN} here` : many(members.size, "user"));
  }
}
