import { element } from "/console/dom.js";

/** Shows a dialog until it is closed, and gives what it was closed with: "" for Escape. */
function show(dialog) {
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue);
    }, { once: true });
  });
}

let numbers = 0;

function frame(title, ...children) {
  numbers += 1;
  const heading = element("h2", { id: `dialog-${numbers}` }, title);
  return element("dialog", { "aria-labelledby": heading.id }, heading, ...children);
}

/** Asks whether to do what cannot be taken back; true once `action` was chosen. `fields` may ask for more. */
export async function ask({ title, text, action, fields = [] }) {
  const inputs = fields.flatMap((field) => [...field.querySelectorAll("input")]);
  const isValid = () => inputs.every((input) => input.reportValidity());
  const dialog = frame(title, element("p", {}, text), ...fields, element("div", { class: "actions" },
    element("button", { type: "button", onclick: () => dialog.close("") }, "Cancel"),
    element("button", { type: "button", class: "danger", onclick: () => isValid() && dialog.close("yes") }, action)));
  return (await show(dialog)) === "yes";
}

/** The keys that do something; `toggle` switches those of one letter off, for whoever speaks to the machine. */
export function shortcuts(keys, areOn, toggle) {
  if (document.querySelector("dialog[open]")) return;
  const rows = keys.map(([combination, what]) => element("div", {},
    element("dt", {}, ...combination.map((key) => element("kbd", {}, key))), element("dd", {}, what)));
  const box = element("input", { type: "checkbox", checked: areOn, onchange: () => toggle(box.checked) });
  const dialog = frame("Keyboard shortcuts", element("dl", { class: "keys" }, ...rows),
    element("label", { class: "choice" }, box, " Shortcuts of single letters are on"),
    element("div", { class: "actions" },
      element("button", { type: "button", autofocus: true, onclick: () => dialog.close("") }, "Close")));
  show(dialog);
}
