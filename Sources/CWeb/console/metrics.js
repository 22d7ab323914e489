// What /metrics says, and what becomes of it over time. Pure: nothing here asks, waits or draws.

/** How far back figures are kept, in milliseconds. */
export const SPAN = 5 * 60 * 1000;

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of Prometheus' text format (0.0.4), by name; a line that is none is passed over. */
export function parse(text) {
  const families = new Map();
  for (const line of text.split("\n")) {
    const found = line.startsWith("#") ? null : LINE.exec(line);
    if (!found) continue;
    const [, name, list = "", number] = found;
    const labels = {};
    for (const [, label, value] of list.matchAll(LABEL)) {
      labels[label] = value.replace(/\\(.)/g, (_, letter) => (letter === "n" ? "\n" : letter));
    }
    if (!families.has(name)) families.set(name, []);
    families.get(name).push({ labels, value: toNumber(number) });
  }
  return families;
}

const toNumber = (text) => (text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text));

/** All samples of a family together; undefined where there is none. */
export function total(families, name) {
  return families.get(name)?.reduce((sum, { value }) => sum + value, 0);
}

/** Edges in rising order, each with how many were at or below it, whatever their other labels. */
export function histogram(families, name) {
  const edges = new Map();
  for (const { labels, value } of families.get(`${name}_bucket`) ?? []) {
    const edge = toNumber(labels.le);
    edges.set(edge, (edges.get(edge) ?? 0) + value);
  }
  return [...edges].map(([edge, count]) => ({ edge, count })).sort((a, b) => a.edge - b.edge);
}

/** What a counter has grown by; one that went back has begun anew at 0, as the hub did. */
export const growth = (before, now) => (now < before ? now : now - before);

/** What has been counted since `before` was. */
export function since(before, now) {
  const last = (buckets) => buckets.at(-1)?.count ?? 0;
  const isFresh = before.length !== now.length || last(now) < last(before);
  return now.map(({ edge, count }, index) => ({ edge, count: isFresh ? count : count - before[index].count }));
}

/**
 * The value that `share` (0 to 1) of what was counted do not exceed: even within a bucket, as Prometheus has it. Null
 * where nothing was counted.
 */
export function quantile(buckets, share) {
  const all = buckets.at(-1)?.count ?? 0;
  if (all <= 0) return null;
  const rank = share * all;
  const index = buckets.findIndex(({ count }) => count >= rank);
  const { edge, count } = buckets[index];
  const [from, below] = index > 0 ? [buckets[index - 1].edge, buckets[index - 1].count] : [0, 0];
  if (edge === Infinity) return from;
  return count === below ? edge : from + (edge - from) * ((rank - below) / (count - below));
}

/** What the console looks at, of one answer. `time` is in milliseconds. */
export function read(text, time) {
  const families = parse(text);
  const sum = (name) => total(families, name) ?? 0;
  const kind = (wanted) =>
    families.get("roomcast_streams")?.find(({ labels }) => labels.kind === wanted)?.value ?? 0;
  return {
    time,
    version: families.get("roomcast_info")?.[0]?.labels.version,
    connections: sum("roomcast_connections"),
    webSockets: kind("websocket"),
    eventStreams: kind("sse"),
    rooms: sum("roomcast_rooms"),
    subscriptions: sum("roomcast_subscriptions"),
    members: sum("roomcast_members"),
    historyBytes: sum("roomcast_history_bytes"),
    gaps: sum("roomcast_gaps_total"),
    events: sum("roomcast_events_total"),
    deliveries: sum("roomcast_deliveries_total"),
    memory: sum("process_resident_memory_bytes"),
    latency: histogram(families, "roomcast_publish_to_write_seconds"),
    isEngineUp: total(families, "roomcast_engine_up") !== 0,
    engineSince: sum("roomcast_engine_since_seconds") * 1000,
    isDraining: sum("roomcast_draining") === 1,
  };
}

/** What lies between two answers; rates are per second, and null with the first answer of all. */
export function point(before, now) {
  const seconds = before ? (now.time - before.time) / 1000 : 0;
  const rate = (name) => (seconds > 0 ? growth(before[name], now[name]) / seconds : null);
  const buckets = before ? since(before.latency, now.latency) : [];
  return {
    time: now.time,
    connections: now.connections,
    streams: now.webSockets + now.eventStreams,
    events: rate("events"),
    deliveries: rate("deliveries"),
    p50: quantile(buckets, 0.5),
    p95: quantile(buckets, 0.95),
    p99: quantile(buckets, 0.99),
    memory: now.memory,
  };
}

/** The points of the last minutes, in order. */
export class Recent {
  #last;
  points = [];

  add(sample) {
    this.#push(point(this.#last, sample));
    this.#last = sample;
  }

  /** Nobody answered at that time: a hole. What is counted goes on behind it. */
  miss(time) {
    this.#push({ time });
  }

  #push(next) {
    this.points.push(next);
    const first = this.points.findIndex(({ time }) => time >= next.time - SPAN);
    this.points.splice(0, first);
  }
}
