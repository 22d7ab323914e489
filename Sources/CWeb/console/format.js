// How figures are written. Pure functions.

const whole = new Intl.NumberFormat("en");

/** 12,345. */
export const count = (value) => whole.format(Math.round(value));

/** "1 room", "2 rooms". */
export const many = (value, one, more = `${one}s`) => `${count(value)} ${value === 1 ? one : more}`;

/** Three digits that count, with a suffix for large ones: 0, 4.2, 983, 1.2k, 3.4M. */
export function short(value) {
  for (const [limit, suffix] of [[1e9, "G"], [1e6, "M"], [1e4, "k"]]) {
    if (value >= limit) {
      const scaled = value / (suffix === "k" ? 1e3 : limit);
      return `${scaled >= 100 ? Math.round(scaled) : Number(scaled.toFixed(1))}${suffix}`;
    }
  }
  return value >= 100 || Number.isInteger(value) ? count(value) : String(Number(value.toFixed(1)));
}

/** 512 B, 1.5 KiB, 64 MiB. */
export function bytes(value) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit]}`;
}

/** Seconds as 87 µs, 1.25 ms, 2.1 s. */
export function latency(seconds) {
  const [scaled, unit] = seconds < 1e-3 ? [seconds * 1e6, "µs"] : seconds < 1 ? [seconds * 1e3, "ms"] : [seconds, "s"];
  return `${Number(scaled.toPrecision(scaled >= 100 ? 3 : 2))} ${unit}`;
}

/** Milliseconds as 4 s, 12 min, 3 h 20 min, 5 d 2 h. */
export function span(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min` : `${seconds} s`;
}

const two = (number) => String(number).padStart(2, "0");

/** 14:03:09, and with `fine` 14:03:09.120. */
export function clock(time, fine = false) {
  const date = new Date(time);
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return fine ? `${text}.${String(date.getMilliseconds()).padStart(3, "0")}` : text;
}

/** 2026-11-22 14:03:09. */
export function moment(time) {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(time)}`;
}

/** The start of an identifier that nobody reads out. */
export const brief = (id) => `${id.slice(0, 8)}…`;
