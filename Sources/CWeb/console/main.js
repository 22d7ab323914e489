import { Connections } from "/console/connections.js";
import { element, setText } from "/console/dom.js";
import { clock, span } from "/console/format.js";
import { Hub } from "/console/hub.js";
import { listenToKeys } from "/console/keyboard.js";
import { Monitor } from "/console/monitor.js";
import { Nodes } from "/console/nodes.js";
import { Overview } from "/console/overview.js";
import { Room } from "/console/room.js";
import { Rooms } from "/console/rooms.js";
import { SignIn } from "/console/signin.js";

/** How long a word to the user stands, in milliseconds. */
const SAID = 8000;
/** How long until the hub is asked again whether it is there, in milliseconds. */
const AGAIN = 2000;

const main = document.getElementById("main");
const views = document.getElementById("views");
const health = document.getElementById("health");
const banner = document.getElementById("banner");
const leave = document.getElementById("leave");
const said = document.getElementById("said");

const hub = new Hub();
let monitor;
let view;
let timer;

// MARK: Views

function show(next, wantsFocus = true) {
  view?.stop();
  view = next;
  document.title = `${next.title} · Roomcast`;
  main.replaceChildren(next.element);
  if (!wantsFocus) return;
  scrollTo(0, 0);
  main.querySelector("h1")?.focus({ preventScroll: true });
}

/** What the address names: `#/rooms/orders`, `#/connections?user=ann`. */
function route(wantsFocus = true) {
  if (!monitor) return;
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const [section = "", ...rest] = path.split("/");
  const context = { hub, monitor, say, query: new URLSearchParams(query) };
  const pages = new Map([
    ["rooms", () => (rest.length > 0 ? new Room({ ...context, name: decoded(rest.join("/")) }) : new Rooms(context))],
    ["connections", () => new Connections(context)],
    ["nodes", () => new Nodes(context)],
  ]);
  const made = pages.get(section)?.() ?? new Overview(context);
  for (const link of views.querySelectorAll("a")) {
    const isHere = link.hash === (pages.has(section) ? `#/${section}` : "#/");
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  show(made, wantsFocus);
}

/** An address that somebody wrote by hand need not be encoded rightly. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function say(text) {
  clearTimeout(timer);
  setText(said, text);
  timer = setTimeout(() => setText(said, ""), SAID);
}

// MARK: The head of the page

function showHealth() {
  const { sample, isReachable, nodes } = monitor;
  const isDraining = sample?.isDraining ?? (nodes.length > 0 && nodes.every(({ draining }) => draining));
  const [text, style] = !isReachable ? ["no answer", "bad"]
    : sample && !sample.isEngineUp ? ["engine away", "bad"]
      : isDraining ? ["draining", "warn"] : ["up", "good"];
  health.className = `badge ${style}`;
  health.hidden = false;
  setText(health, text);
  const words = !isReachable ? "The hub does not answer. What is shown here is what was known last."
    : sample && !sample.isEngineUp ? `The engine takes no events since ${ago(sample.engineSince)}.`
      : isDraining ? "This node is shutting down: it takes no new streams, and sends its clients elsewhere." : "";
  banner.className = `banner ${style}`;
  banner.hidden = words === "";
  setText(banner, words);
}

const ago = (time) => `${clock(time)} (${span(Date.now() - time)})`;

// MARK: Signing in and out

function end() {
  monitor?.stop();
  monitor = undefined;
  views.hidden = health.hidden = banner.hidden = true;
}

function askForKey(problem) {
  end();
  leave.hidden = true;
  show(new SignIn({ hub, problem, done: () => begin() }), false);
  main.querySelector("input:not([hidden])").focus();
}

function enter(wantsFocus) {
  monitor = new Monitor(hub);
  monitor.addEventListener("change", showHealth);
  monitor.start();
  views.hidden = false;
  leave.hidden = hub.key === undefined;
  route(wantsFocus);
}

/** Where the hub is away it is waited for. */
async function begin(wantsFocus = true) {
  try {
    await hub.get("/v1/nodes");
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) {
      askForKey(problem);
      return;
    }
    main.replaceChildren(element("p", { class: "notice" }, `${problem.message} It is asked again.`));
    setTimeout(begin, AGAIN, wantsFocus);
    return;
  }
  enter(wantsFocus);
}

leave.addEventListener("click", () => {
  hub.signOut();
  askForKey();
});
// A key may be taken away while it is used.
hub.addEventListener("refused", ({ detail }) => monitor && askForKey(detail));
addEventListener("hashchange", () => route());
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
listenToKeys(() => monitor !== undefined);
begin(false);
