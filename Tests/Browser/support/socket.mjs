// A WebSocket whose hub is the test.
export class FakeSocket {
  static all = [];

  static get last() {
    return this.all.at(-1);
  }

  sent = [];
  closed = undefined;

  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  // What the client does

  send(text) {
    if (!this.isOpen) throw new Error("it is not open");
    this.sent.push(JSON.parse(text));
  }

  close(code) {
    this.closed ??= code ?? 1005;
    this.isOpen = false;
    this.isOver = true;
  }

  // What the hub and the network do

  /** Takes what was sent since, of one type or of all. */
  take(type) {
    const taken = this.sent.filter((message) => type === undefined || message.type === type);
    this.sent = this.sent.filter((message) => !taken.includes(message));
    return taken;
  }

  tell(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  welcome(more) {
    if (this.isOver) return;
    this.isOpen = true;
    this.onopen?.();
    this.tell({ type: "welcome", connection: `c${FakeSocket.all.length}`, ping: 25, ...more });
  }

  drop(code = 1006, reason = "") {
    this.isOpen = false;
    this.isOver = true;
    this.onclose?.({ code, reason });
  }

  /** Answers each room that was asked for since, from `positions` or where it begins. */
  subscribe(more = {}) {
    for (const { id, rooms } of this.take("subscribe")) {
      for (const { room, after } of rooms) {
        const position = after ?? "e-0";
        this.tell({ type: "subscribed", id, room, position, ...(after && { recovered: true }), ...more });
      }
    }
  }

  event(room, offset, more = {}) {
    this.tell({ type: "event", room, offset, position: `e-${offset}`, event: "said", data: offset, time: 1, ...more });
  }
}
