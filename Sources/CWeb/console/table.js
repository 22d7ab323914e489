import { element, setText } from "/console/dom.js";
import { Polling } from "/console/polling.js";

/** Rows a page, and so in the document. */
export const PAGE = 50;
const PAUSE = 4000;

/**
 * A table of what the hub lists by cursor, one page at a time, and kept up to date in place: rows that stay keep their
 * elements, and with them focus and selection.
 *
 * `columns` are `{ title, class, text(item) }`, or `make(item)` with `update(cell, item)` for what is no text.
 * `load(cursor, signal)` gives `{ items, cursor, missing }`.
 */
export class PagedTable {
  #columns;
  #key;
  #load;
  #noun;
  #empty;
  #rows = new Map();
  /** The cursors of the pages up to this one; the first has none. */
  #cursors = [undefined];
  #next;
  #polling;
  #body = element("tbody");
  #notice = element("p", { class: "notice", role: "status", hidden: true });
  #none = element("p", { class: "none", hidden: true });
  #where = element("span", { class: "where", role: "status" });
  #back = element("button", { type: "button", onclick: () => this.#turn(-1) }, "Previous");
  #on = element("button", { type: "button", onclick: () => this.#turn(1) }, "Next");
  #isTurning = true;

  constructor({ label, noun, columns, key, load, empty }) {
    this.#columns = columns;
    this.#key = key;
    this.#load = load;
    this.#noun = noun;
    this.#empty = empty;
    const head = columns.map(({ title, class: name, isUnseen }) =>
      element("th", { scope: "col", class: name }, isUnseen ? element("span", { class: "unseen" }, title) : title));
    this.element = element("div", { class: "listing", "aria-busy": "true" },
      this.#notice,
      element("table", { "aria-label": label }, element("thead", {}, element("tr", {}, ...head)), this.#body),
      this.#none,
      element("div", { class: "pages" }, this.#where, this.#back, this.#on));
    this.#showPages(0);
    this.#polling = new Polling(PAUSE, (signal) => this.#look(signal));
  }

  stop() {
    this.#polling.stop();
  }

  /** From the first page on, as after another filter. */
  restart() {
    this.#cursors = [undefined];
    return this.#polling.now();
  }

  refresh() {
    return this.#polling.now();
  }

  #turn(way) {
    if (this.#isTurning || (way > 0 ? this.#on : this.#back).ariaDisabled === "true") return;
    this.#isTurning = true;
    if (way > 0) this.#cursors.push(this.#next);
    else this.#cursors.pop();
    this.#polling.now();
  }

  async #look(signal) {
    let page;
    try {
      page = await this.#load(this.#cursors.at(-1), signal);
    } catch (problem) {
      if (signal.aborted) return;
      this.#tell(problem.message);
      return;
    }
    if (signal.aborted) return;
    // What was on the last page may be gone meanwhile.
    if (page.items.length === 0 && this.#cursors.length > 1) {
      this.#cursors.pop();
      this.#polling.now();
      return;
    }
    this.#next = page.cursor;
    this.#tell(page.missing?.length > 0 ? `Not all is here: no answer from ${page.missing.join(", ")}.` : undefined);
    this.#fill(page.items);
  }

  #tell(text) {
    this.#notice.hidden = text === undefined;
    if (text !== undefined) setText(this.#notice, text);
    this.element.setAttribute("aria-busy", "false");
  }

  #fill(items) {
    this.#isTurning = false;
    const kept = new Map();
    let place = this.#body.firstChild;
    for (const item of items) {
      const key = this.#key(item);
      const row = this.#rows.get(key) ?? this.#make(item);
      kept.set(key, row);
      this.#columns.forEach(({ class: name, text, update }, index) => {
        const cell = row.cells[index];
        if (text) setText(cell, text(item));
        // A name may be longer than its column.
        if (text && name === "name") cell.title = cell.textContent;
        update?.(cell, item);
      });
      if (row === place) place = place.nextSibling;
      else this.#body.insertBefore(row, place);
    }
    for (const [key, row] of this.#rows) if (!kept.has(key)) row.remove();
    this.#rows = kept;
    this.#none.hidden = items.length > 0;
    if (items.length === 0) setText(this.#none, this.#empty());
    this.#showPages(items.length);
  }

  #make(item) {
    return element("tr", {}, ...this.#columns.map(({ title, class: name, make }) =>
      element("td", { class: name, "data-title": title }, ...(make ? [make(item)].flat() : []))));
  }

  #showPages(length) {
    const first = (this.#cursors.length - 1) * PAGE + 1;
    const isAll = this.#cursors.length === 1 && this.#next === undefined;
    const [one, more] = this.#noun;
    setText(this.#where, length === 0 ? "" : isAll
      ? `${length} ${length === 1 ? one : more}` : `${more}, ${first} to ${first + length - 1}`);
    // A button that is disabled would lose the focus.
    this.#back.ariaDisabled = String(this.#cursors.length === 1);
    this.#on.ariaDisabled = String(this.#next === undefined);
  }
}
