import { Roomcast } from "./roomcast.mjs";

const client = new Roomcast("http://127.0.0.1:8080");

for await (const event of client.room("orders", { after: "earliest" })) {
  console.log(event.offset, event.event, event.data);
}
