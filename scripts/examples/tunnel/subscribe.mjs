// Prints every event of a room, and on standard error what the connection is doing: roomcast.js under Node.
//
//   node subscribe.mjs HUB ROOM
//
// Node before 22 has no WebSocket of its own; the client takes server-sent events there.

const [hub, name] = process.argv.slice(2);

// Node imports no modules over HTTP. In a program of your own, keep the file beside it:
// curl -o roomcast.mjs http://127.0.0.1:8080/roomcast.js
const source = await (await fetch(`${hub}/roomcast.js`)).text();
const { Roomcast } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const client = new Roomcast(hub, { backoff: { cap: 2000 } });
client.on("state", ({ state, reason, retryIn }) => {
  const next = retryIn === undefined ? "" : `, next try in ${(retryIn / 1000).toFixed(1)} s`;
  console.error(`${state}${reason ? ` (${reason})` : ""}${next}`);
});

const room = client.room(name, { after: "earliest" });
room.on("roomcast:gap", ({ from, position }) => console.error(`gap from ${from} to ${position}`));
for await (const event of room) console.log(`${event.room} ${event.offset} ${event.event} ${JSON.stringify(event.data)}`);
