// A client that is told what to do by JSON lines, and tells so what it got: URL OPTIONS, of which one is `tokenFile`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { Roomcast } from "../../../Sources/CWeb/roomcast.js";

const [url, text] = process.argv.slice(2);
const { tokenFile, ...options } = JSON.parse(text);
const WebSocket = globalThis.WebSocket ?? createRequire(import.meta.url)("/usr/share/nodejs/ws");
const token = tokenFile && (() => {
  tell({ token: "asked" });
  return readFileSync(tokenFile, "utf8");
});
const client = new Roomcast(url, { WebSocket, token, ...options });
const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

client.on("state", (change) => tell({ ...change }));
client.on("error", ({ code }) => tell({ error: code }));

const commands = {
  listen({ room, ...options }) {
    const listened = client.room(room, { ...options, gap: (gap) => tell({ gap }) });
    listened.on("*", ({ offset, data, event }) => tell({ room, event, offset, data }));
    listened.on("roomcast:error", ({ code }) => tell({ room, error: code }));
    listened.on("roomcast:members", () => tell({ room, members: [...listened.members.values()] }));
    for (const name of ["join", "leave"]) {
      listened.on(`roomcast:${name}`, ({ member }) => tell({ room, [name]: member.user }));
    }
  },
  async publish({ room, event, data, ...options }) {
    try {
      tell({ receipt: await client.room(room).publish(event, data, options) });
    } catch ({ code, message }) {
      tell({ failure: code, message });
    }
  },
  async history({ room, ...options }) {
    tell({ history: await client.room(room).history(options) });
  },
  close: () => client.close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, ...parameters } = JSON.parse(line);
  commands[call](parameters);
}
