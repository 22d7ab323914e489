// Elements. Whatever comes from outside goes in as text: nothing here reads markup.

/**
 * An element with attributes and children. A function is a listener (`onclick`); true and false set an attribute
 * without a value, or leave it out.
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The same for a drawing. */
export function drawing(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Changes the text only where it is another one: a live region then stays silent, and a selection stands. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

let numbers = 0;

/** An input with its label above it, and a hint that belongs to it. */
export function field(label, input, hint) {
  numbers += 1;
  input.id ||= `field-${numbers}`;
  const parts = [element("label", { for: input.id }, label), input];
  if (hint) {
    const about = element("small", { id: `${input.id}-hint` }, hint);
    input.setAttribute("aria-describedby", about.id);
    parts.push(about);
  }
  return element("div", { class: "field" }, ...parts);
}

/** A term and what it is now, for a list of facts. */
export class Facts {
  #values = new Map();

  constructor(...names) {
    this.element = element("dl", { class: "facts" });
    for (const name of names) {
      const value = element("dd", {}, "–");
      this.#values.set(name, value);
      this.element.append(element("div", {}, element("dt", {}, name), value));
    }
  }

  set(name, text, title) {
    const value = this.#values.get(name);
    setText(value, text);
    if (title) value.title = title;
    else value.removeAttribute("title");
  }
}
