// Numbers of a Roomcast hub, drawn as they come. Each has a room of its own, whose latest event a newcomer gets at once.

const hub = document.querySelector("meta[name=hub]").content;
const { Roomcast } = await import(`${hub}/roomcast.js`);

const POINTS = 120;
const client = new Roomcast(hub);

client.on("state", ({ state }) => {
  const shown = document.getElementById("state");
  shown.dataset.state = state;
  shown.textContent = state;
});

for (const name of ["orders", "latency", "visitors", "load"]) watch(name);

function watch(name) {
  const tile = document.getElementById("tile").content.cloneNode(true).firstElementChild;
  tile.id = name;
  tile.querySelector("h2").textContent = name;
  document.getElementById("tiles").append(tile);

  // By offset: what is read from history and what comes live may overlap.
  const points = new Map();
  const take = (event) => {
    // Whoever may publish here may publish anything.
    if (points.has(event.offset) || typeof event.data?.value !== "number") return;
    points.set(event.offset, event);
    draw(tile, points);
  };

  const room = client.room(`metric:${name}`);
  room.on("measured", take);
  // The line up to now; after a gap it begins anew.
  const load = async () => {
    try {
      const { events } = await room.history({ last: POINTS });
      for (const event of events) take(event);
    } catch (error) {
      tile.querySelector("small").textContent = error.message;
    }
  };
  room.on("roomcast:subscribed", ({ recovered }) => recovered || load());
  room.on("roomcast:gap", () => {
    points.clear();
    load();
  });
}

function draw(tile, points) {
  const events = [...points.values()].sort((one, other) => one.offset - other.offset);
  for (const old of events.splice(0, Math.max(0, events.length - POINTS))) points.delete(old.offset);
  const { value, unit } = events.at(-1).data;
  tile.querySelector("output").textContent = value;
  tile.querySelector("small").textContent = unit;
  const values = events.map((event) => event.data.value);
  const least = Math.min(...values), span = Math.max(...values) - least || 1;
  const line = values.map((value, index) => {
    return `${(120 * index) / Math.max(1, values.length - 1)},${38 - (36 * (value - least)) / span}`;
  });
  tile.querySelector("polyline").setAttribute("points", line.join(" "));
}
