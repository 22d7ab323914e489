import { ask } from "/console/dialogs.js";
import { Facts, element, setText } from "/console/dom.js";
import { Feed } from "/console/feed.js";
import { bytes, count, many } from "/console/format.js";
import { isRoomName, roomPath } from "/console/hub.js";
import { Members } from "/console/members.js";
import { Polling } from "/console/polling.js";
import { PublishBox } from "/console/publish.js";
import { offset, reach } from "/console/rooms.js";
import { StateBadge } from "/console/statebadge.js";
import { Roomcast } from "/roomcast.js";

/** Events of the past that it begins with. */
const PAST = 50;
const PAUSE = 3000;

/** One room: its events as they come, who is there, and a box to publish from. */
export class Room {
  title;
  #name;
  #hub;
  #say;
  #client;
  #members;
  #polling;
  #isStopped = false;
  #feed = new Feed();
  #badge = new StateBadge();
  #notice = element("p", { class: "notice", role: "status", hidden: true });
  #facts = new Facts("Subscribers", "Members", "Events kept", "Reaches back", "Position");

  constructor({ hub, say, name }) {
    this.#name = this.title = name;
    this.#hub = hub;
    this.#say = say;
    const heading = element("h1", { tabindex: "-1", class: "code" }, name);
    const way = element("p", { class: "way" }, element("a", { href: "#/rooms" }, "Rooms"), " /");
    if (!isRoomName(name)) {
      this.#tell("No room can have this name: it may hold A-Z a-z 0-9 _ - = @ , . ; : and have 200 characters.");
      this.element = element("div", {}, way, heading, this.#notice);
      return;
    }
    this.#client = new Roomcast(location.origin, { token: hub.key });
    this.#client.on("state", (change) => this.#badge.show(change));
    this.#client.on("error", (problem) => this.#tell(problem.message));
    this.side = element("div", { class: "side" }, new PublishBox(hub, name).element);
    this.element = element("div", {},
      way,
      element("div", { class: "title" }, heading, this.#badge.element,
        element("div", { class: "actions" },
          element("a", { class: "button", href: `#/connections?room=${encodeURIComponent(name)}` }, "Connections"),
          element("button", { type: "button", class: "danger", onclick: () => this.#delete() }, "Delete"))),
      this.#facts.element, this.#notice,
      element("div", { class: "columns" }, this.#feed.element, this.side));
    this.#polling = new Polling(PAUSE, (signal) => this.#look(signal));
    this.#begin();
  }

  stop() {
    this.#isStopped = true;
    this.#polling?.stop();
    this.#members?.stop();
    this.#badge.stop();
    this.#client?.close();
  }

  #tell(text) {
    this.#notice.hidden = false;
    setText(this.#notice, text);
  }

  /** What is kept first, and then all that came after it: nothing can fall between. */
  async #begin() {
    let after;
    try {
      const past = await this.#hub.get(`${roomPath(this.#name)}/events`, { last: PAST });
      after = past.position;
      for (const event of past.events) this.#feed.add(withBytes(event));
    } catch (problem) {
      this.#tell(problem.message);
    }
    if (this.#isStopped) return;
    const room = this.#client.room(this.#name, { after });
    room.on("*", (event) => this.#feed.add(event));
    room.on("roomcast:gap", ({ from, position }) => this.#feed.note(missing(from, position)));
    room.on("roomcast:error", (problem) => this.#lost(problem));
    room.on("roomcast:subscribed", () => {
      this.#notice.hidden = true;
    });
    this.#members = new Members(this.#hub, room);
    this.side.append(this.#members.element);
  }

  #lost(problem) {
    this.#tell(problem.code === "NOT_FOUND" ? "The room has been deleted." : problem.message);
  }

  async #look(signal) {
    try {
      const room = await this.#hub.get(roomPath(this.#name), {}, signal);
      const { history } = room;
      this.#facts.set("Subscribers", count(room.subscribers));
      this.#facts.set("Members", count(room.members));
      this.#facts.set("Events kept", `${count(history.events)} (${bytes(history.bytes)})`);
      this.#facts.set("Reaches back", reach(history));
      this.#facts.set("Position", room.position, `offset ${count(offset(room.position))}`);
    } catch (problem) {
      // Whether the hub answers stands at the top of the page already.
      if (!signal.aborted && problem.status !== 0) this.#tell(problem.message);
    }
  }

  async #delete() {
    const isSure = await ask({
      title: "Delete this room?",
      text: `${this.#name}: everybody in it is unsubscribed, and what it keeps is gone for good.`,
      action: "Delete the room",
    });
    if (!isSure) return;
    try {
      await this.#hub.delete(roomPath(this.#name));
      this.#say(`The room ${this.#name} is deleted.`);
      location.assign("#/rooms");
    } catch (problem) {
      this.#tell(problem.message);
    }
  }
}

/** An event of history, as the client gives events. */
function withBytes({ dataBase64, ...event }) {
  if (dataBase64 === undefined) return event;
  return { ...event, bytes: Uint8Array.from(atob(dataBase64), (letter) => letter.charCodeAt(0)) };
}

const epoch = (position) => position.slice(0, position.lastIndexOf("-"));

function missing(from, position) {
  const lost = from === undefined ? NaN : offset(position) - offset(from);
  const isSame = from !== undefined && epoch(from) === epoch(position);
  return isSame && lost > 0 ? `${many(lost, "event")} missing here: history no longer reaches back`
    : "Events may be missing here: the history has begun anew";
}
