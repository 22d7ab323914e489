// A chat over one room of a Roomcast hub. The hub serves the client library; the page's own server signs tokens.

const hub = document.querySelector("meta[name=hub]").content;
const { Roomcast } = await import(`${hub}/roomcast.js`);

/** How many lines are shown at most. */
const SHOWN = 500;

const element = (id) => document.getElementById(id);

// Who I am, for this tab: two tabs can be two people.
const remembered = sessionStorage.getItem("name");
if (remembered) {
  enter(remembered);
} else {
  element("entrance").hidden = false;
  element("name").focus();
}
element("entrance").addEventListener("submit", (submitted) => {
  submitted.preventDefault();
  enter(element("name").value.trim());
});

function enter(name) {
  if (!name) return;
  sessionStorage.setItem("name", name);
  element("entrance").hidden = true;
  element("chat").hidden = false;
  element("text").focus();
  chat(name);
}

function chat(name) {
  const client = new Roomcast(hub, {
    // Asked for every connection, and again when the hub says that the token has expired.
    token: async () => {
      const answer = await fetch("/token", { method: "POST", body: name });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.text();
    },
  });
  showState(client);
  client.on("error", (error) => note(error.message));

  // What is kept, then what is said from now on; after a lost connection, what was missed. With `presence` the others see
  // me; the object could hold a mood or a picture. Who I am, the token says.
  const room = client.room("chat:lobby", { after: "earliest", presence: {} });

  const showMembers = () => {
    const names = [...room.members.keys()].sort();
    element("count").textContent = names.length;
    element("members").replaceChildren(...names.map((name) => {
      const item = document.createElement("li");
      item.textContent = name;
      return item;
    }));
  };
  room.on("roomcast:subscribed", showMembers);
  room.on("roomcast:members", showMembers);
  room.on("roomcast:join", ({ member }) => {
    note(`${member.user} came in`);
    showMembers();
  });
  room.on("roomcast:leave", ({ member }) => {
    note(`${member.user} left`);
    showMembers();
  });

  room.on("said", (event) => showMessage(event, client.user));

  // The hub no longer has what was missed: what is shown may have a hole, so it is loaded anew.
  room.on("roomcast:gap", async () => {
    element("gap").hidden = false;
    for (const shown of element("messages").querySelectorAll("li:not(.pending)")) shown.remove();
    try {
      const { events } = await room.history({ last: 200 });
      for (const event of events.filter(({ event }) => event === "said")) showMessage(event, client.user);
    } catch (error) {
      note(`what is kept could not be loaded: ${error.message}`);
    }
  });

  room.on("roomcast:error", (error) => note(`${error.message} (${error.code})`));

  element("speak").addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    const text = element("text").value;
    element("text").value = "";
    // Shown at once. The event comes back with the same id and then takes its place in the order of the room.
    const id = crypto.randomUUID();
    const item = showMessage({ data: { id, text } }, client.user);
    try {
      await room.publish("said", { id, text }, { key: id });
    } catch (error) {
      item.className = "mine failed";
      item.querySelector("small:last-child").textContent = `not sent: ${error.message}`;
    }
  });
}

/** Shows one message, in the order of the room; one without an offset is still on its way, and stands last. */
function showMessage({ offset, data, time, user }, me) {
  // Whoever may publish here may publish anything.
  if (typeof data?.id !== "string" || typeof data.text !== "string") return undefined;
  const list = element("messages");
  const follows = isAtEnd(list);
  const item = list.querySelector(`[data-id="${CSS.escape(data.id)}"]`) ?? document.createElement("li");
  if (item.dataset.offset) return item;
  const isPending = offset === undefined;
  item.dataset.id = data.id;
  item.className = isPending ? "mine pending" : user === me ? "mine" : "";
  const who = document.createElement("small");
  who.className = "who";
  who.textContent = user ?? me;
  const when = document.createElement("small");
  when.textContent = isPending ? "sending …" : new Date(time).toLocaleTimeString([], { timeStyle: "short" });
  item.replaceChildren(who, data.text, when);
  if (!isPending) item.dataset.offset = offset;
  const next = isPending ? null : [...list.children].find((other) => {
    return other !== item && (other.matches(".pending, .failed") || Number(other.dataset.offset) > offset);
  });
  list.insertBefore(item, next ?? null);
  trim(list);
  if (follows || isPending) list.scrollTop = list.scrollHeight;
  return item;
}

/** A line that nobody said. */
function note(text) {
  const list = element("messages");
  const follows = isAtEnd(list);
  const item = document.createElement("li");
  item.className = "note";
  item.textContent = text;
  list.append(item);
  trim(list);
  if (follows) list.scrollTop = list.scrollHeight;
}

/** A page that stays open for days keeps the newest lines. */
function trim(list) {
  while (list.childElementCount > SHOWN) list.firstElementChild.remove();
}

function isAtEnd(list) {
  return list.scrollHeight - list.scrollTop - list.clientHeight < 40;
}

/** Says what the connection is doing, and while there is none, when the next try follows. */
function showState(client) {
  let ticking;
  client.on("state", ({ state, retryIn }) => {
    clearInterval(ticking);
    element("state").dataset.state = state;
    element("word").textContent = state;
    element("countdown").textContent = "";
    if (retryIn === undefined) return;
    const until = Date.now() + retryIn;
    const count = () => {
      const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      element("countdown").textContent = `, next try in ${seconds} s`;
    };
    count();
    ticking = setInterval(count, 250);
  });
}
