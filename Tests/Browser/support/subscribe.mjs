// Prints a room's events as JSON lines, and publishes numbers into another if told: URL ROOM TRANSPORT [COUNT SECONDS].
import { createRequire } from "node:module";
import { Roomcast } from "../../../Sources/CWeb/roomcast.js";

const [url, name, transport, count = 0, seconds = 0] = process.argv.slice(2);
const WebSocket = globalThis.WebSocket ?? createRequire(import.meta.url)("/usr/share/nodejs/ws");
const client = new Roomcast(url, { WebSocket, transport, timeout: 1000, backoff: { base: 50, cap: 500 } });
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

client.on("state", (change) => console.error(JSON.stringify(change)));
client.on("error", (error) => console.error(String(error)));
const room = client.room(name, { after: "earliest", gap: (gap) => print({ gap }), buffer: 100 });

async function publish() {
  const receipts = [];
  for (let number = 1; number <= count; number++) {
    receipts.push(client.room("up").publish("said", number, { timeout: 3600000 }));
    await new Promise((done) => setTimeout(done, (seconds * 1000) / count));
  }
  const offsets = (await Promise.all(receipts)).map(({ offset }) => offset);
  print({ published: offsets });
}

if (count > 0) publish().catch((error) => print({ failed: String(error) }));
for await (const { offset, data } of room) print({ offset, data });
