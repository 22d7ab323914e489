import { element } from "/console/dom.js";

/** How long a pause in typing is, in milliseconds. */
const PAUSE = 250;

/** A field that narrows a list down while one types. `/` goes to the first of a view. */
export function filter({ label, value = "", placeholder, change, enter }) {
  let timer;
  const input = element("input", {
    type: "search", value, placeholder, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "data-filter": true, maxlength: "200",
    oninput: () => {
      clearTimeout(timer);
      // Who has gone elsewhere meanwhile wants nothing of it any more.
      timer = setTimeout(() => input.isConnected && change(input.value.trim()), PAUSE);
    },
    onkeydown: (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      enter?.(input.value.trim());
    },
  });
  return element("label", { class: "filter" }, element("span", {}, label), input);
}
