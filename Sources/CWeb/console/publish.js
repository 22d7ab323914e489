import { element, field, setText } from "/console/dom.js";
import { count, many } from "/console/format.js";
import { roomPath } from "/console/hub.js";

/** A box to publish from. What failed without an answer is sent again under the same key: it is published once. */
export class PublishBox {
  #hub;
  #room;
  #key;
  #event = element("input", {
    value: "message", maxlength: "200", autocomplete: "off", autocapitalize: "off", spellcheck: "false", required: true,
    oninput: () => this.#change(),
  });
  #data = element("textarea", {
    rows: "5", spellcheck: "false", autocapitalize: "off", required: true, oninput: () => this.#change(),
  }, "{}");
  #ephemeral = element("input", { type: "checkbox", onchange: () => this.#change() });
  #button = element("button", { class: "primary" }, "Publish");
  #outcome = element("p", { class: "outcome", role: "status" });

  constructor(hub, room) {
    this.#hub = hub;
    this.#room = room;
    this.#data.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#form.requestSubmit();
    });
    this.element = element("section", { class: "panel publish", "aria-label": "Publish" },
      element("h2", {}, "Publish"), this.#form, this.#outcome);
    this.#form.append(
      field("Event", this.#event), field("Data, any JSON", this.#data),
      element("div", { class: "send" }, this.#button,
        element("label", { class: "choice" }, this.#ephemeral, " Ephemeral: not kept")));
  }

  #form = element("form", {
    onsubmit: (event) => {
      event.preventDefault();
      this.#publish();
    },
  });

  /** Something else is to be published: another key. */
  #change() {
    this.#key = undefined;
    const problem = wrong(this.#data.value);
    this.#data.setCustomValidity(problem ?? "");
    this.#data.setAttribute("aria-invalid", problem !== undefined);
    this.#tell(problem ?? "", problem ? "bad" : "");
  }

  #tell(text, style) {
    this.#outcome.className = `outcome ${style}`;
    setText(this.#outcome, text);
  }

  async #publish() {
    this.#key ??= crypto.randomUUID?.() ?? random();
    this.#button.disabled = true;
    const query = { event: this.#event.value, ephemeral: this.#ephemeral.checked ? "true" : undefined };
    try {
      const answer = await this.#hub.send("POST", `${roomPath(this.#room)}/events`, {
        query, body: this.#data.value,
        headers: { "Content-Type": "application/json", "Idempotency-Key": this.#key },
      });
      this.#tell(receipt(answer), "good");
      this.#key = undefined;
    } catch (problem) {
      const again = problem.isTemporary ? " Publish again: it arrives once." : "";
      this.#tell(`${problem.message}${again}`, "bad");
      if (!problem.isTemporary) this.#key = undefined;
    } finally {
      this.#button.disabled = false;
    }
  }
}

/** Why a text is no JSON; undefined where it is. */
function wrong(text) {
  try {
    JSON.parse(text);
    return undefined;
  } catch (failure) {
    return `This is no JSON: ${failure.message}`;
  }
}

function receipt({ offset, subscribers, queued, duplicate }) {
  const to = many(subscribers, "subscriber");
  if (queued === true) return "The engine is away: the event waits for it.";
  if (queued === false) return `The engine is away: given to ${to}, and kept nowhere.`;
  if (offset === undefined) return `Given to ${to}, and not kept.`;
  return `Published at offset ${count(offset)}, to ${to}${duplicate ? "; it had arrived before" : ""}.`;
}

/** A page that did not come over TLS has no `randomUUID`. */
const random = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(16)).join("-");
