import { shortcuts } from "/console/dialogs.js";

const NAME = "roomcast.shortcuts";
/** How long the second key of two may take, in milliseconds. */
const TIME = 1500;
const VIEWS = { o: "#/", r: "#/rooms", c: "#/connections", n: "#/nodes" };

const KEYS = [
  [["/"], "Go to the filter"],
  [["g", "o"], "Overview"],
  [["g", "r"], "Rooms"],
  [["g", "c"], "Connections"],
  [["g", "n"], "Nodes"],
  [["p"], "In a room: pause the events, or go on"],
  [["←", "→"], "On a chart: look at a moment; Home and End for the first and the last"],
  [["Ctrl", "Enter"], "In the publish box: publish"],
  [["Esc"], "Close a dialog"],
  [["?"], "This list"],
];

/** Keys of the whole page. `areViewsThere` says whether there is anything to go to: not before one has signed in. */
export function listenToKeys(areViewsThere) {
  let began = 0;
  const areOn = () => {
    try {
      return localStorage.getItem(NAME) !== "off";
    } catch {
      return true;
    }
  };
  const toggle = (isOn) => {
    try {
      localStorage.setItem(NAME, isOn ? "on" : "off");
    } catch {
      // A browser that keeps nothing: they stay on.
    }
  };
  const help = () => shortcuts(KEYS, areOn(), toggle);
  document.getElementById("help").addEventListener("click", help);

  const act = (key) => {
    if (began > 0 && performance.now() - began < TIME && key in VIEWS) {
      location.assign(VIEWS[key]);
      return true;
    }
    if (key === "/") {
      const filter = document.querySelector("[data-filter]");
      filter?.focus();
      filter?.select();
      return filter !== null;
    }
    if (key === "p") {
      const pause = document.querySelector("[data-pause]");
      pause?.click();
      return pause !== null;
    }
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest?.("input, textarea, select, dialog") || !areOn()) return;
    if (event.key === "?") {
      event.preventDefault();
      help();
      return;
    }
    if (!areViewsThere()) return;
    const isDone = act(event.key);
    if (isDone) event.preventDefault();
    began = event.key === "g" && !isDone ? performance.now() : 0;
  });
}
