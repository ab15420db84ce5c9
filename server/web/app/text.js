// What people read, in their language: one catalogue each.
import vi from "./text/vi.js";

/** @typedef {keyof typeof vi} Key */
/** @type {Record<string, Record<Key, string>>} */
const catalogues = { vi };
let current = "vi";

/** The language in use. */
export function language() {
  return current;
}

/** Changes it. Only Vietnamese comes with the app; without a network it stays. @param {string} code */
export async function speak(code) {
  if (code === "en" && !catalogues.en) {
    const known = await import("./text/en.js").catch(() => null);
    if (known) catalogues.en = known.default;
    // From now on it is there without a network.
    globalThis.navigator?.serviceWorker?.controller?.postMessage({ used: ["/web/app/text/en.js"] });
  }
  current = code in catalogues ? code : "vi";
  document.documentElement.lang = current;
}

/**
 * A text, with `{name}` filled in; numbers as they are written here.
 * @param {Key} key @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = catalogues[current][key] ?? vi[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name] ?? "";
    return typeof value === "number" ? number(value) : value;
  });
}

/** A number as it is written here: 1.234,5. @param {number} value */
export function number(value) {
  return new Intl.NumberFormat(current === "vi" ? "vi-VN" : "en-GB", { maximumFractionDigits: 1 }).format(value);
}

/** Day and time, or time alone today. @param {number} at milliseconds */
export function moment(at) {
  const [day, now] = [new Date(at), new Date()];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const time = `${two(day.getHours())}:${two(day.getMinutes())}`;
  if (day.toDateString() === now.toDateString()) return time;
  return `${time} ${two(day.getDate())}/${two(day.getMonth() + 1)}`;
}

/** Bytes. @param {number} bytes */
export function size(bytes) {
  if (bytes >= 1e9) return `${number(bytes / 1e9)} GB`;
  return bytes < 1e6 ? `${number(Math.ceil(bytes / 1000))} KB` : `${number(bytes / 1e6)} MB`;
}

/** Without tone marks and capitals, as people type when they search: "Tả Phời" is "ta phoi". @param {string} text */
export function plain(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
}
