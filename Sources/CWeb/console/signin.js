import { element, field, setText } from "/console/dom.js";

/** Asks for a key, and calls `done` once the hub has taken one that may look at everything. */
export class SignIn {
  title = "Sign in";
  #hub;
  #done;
  #key = element("input", {
    type: "password", name: "key", required: true, autocomplete: "current-password", spellcheck: "false",
    maxlength: "512",
  });
  #button = element("button", { class: "primary" }, "Sign in");
  #outcome = element("p", { class: "outcome bad", role: "alert" });

  constructor({ hub, problem, done }) {
    this.#hub = hub;
    this.#done = done;
    if (hub.key) setText(this.#outcome, told(problem));
    this.element = element("section", { class: "panel signin" },
      element("h1", { tabindex: "-1" }, "Sign in"),
      element("p", {}, "This hub asks for an API key with the scope ", element("code", {}, "admin"), "."),
      element("form", {
        onsubmit: (event) => {
          event.preventDefault();
          this.#try(this.#key.value.trim());
        },
      },
      // For whatever keeps passwords: it asks for a name to keep this one under.
      element("input", { name: "username", autocomplete: "username", value: "roomcast", hidden: true }),
      field("API key", this.#key, "It is kept in this tab alone, until it is closed or you sign out."),
      this.#button, this.#outcome));
  }

  stop() {}

  async #try(key) {
    // Nothing else goes into a header.
    if (!/^[\x21-\x7e]+$/.test(key)) {
      setText(this.#outcome, "This is no API key.");
      return;
    }
    this.#button.disabled = true;
    setText(this.#outcome, "");
    try {
      await this.#hub.send("GET", "/v1/nodes", { key });
      this.#hub.signIn(key);
      this.#done();
    } catch (problem) {
      setText(this.#outcome, told(problem));
      this.#key.select();
    } finally {
      this.#button.disabled = false;
    }
  }
}

function told(problem) {
  if (problem.status === 401) return "The hub does not know this key.";
  if (problem.status === 403) return `This key does not suffice: ${problem.message}.`;
  return problem.message;
}
