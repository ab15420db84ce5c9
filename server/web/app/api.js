// Talking to the server, and to no other. The token travels in a header, never in an address.
import { get } from "./store.js";

/** No answer for so long, and the connection is taken for dead. */
const SILENCE = 20_000;

/** A refusal by the server, in its words. */
export class Refused extends Error {
  /** @param {number} status @param {string} code @param {string} words @param {number} wait seconds */
  constructor(status, code, words, wait) {
    super(words);
    Object.assign(this, { status, code, wait });
  }
}

async function headers() {
  const token = await get("setting", "token");
  /** @type {Record<string, string>} */
  const sent = { "accept-language": (await get("setting", "language")) ?? "vi" };
  if (token) sent.authorization = `Bearer ${token}`;
  return sent;
}

/**
 * A request, its answer heard to the end; throws `Refused`, or what `fetch` throws when there is no network.
 * @param {string} path @param {RequestInit & {patience?: number}} [options] milliseconds until an answer begins
 */
export async function ask(path, options = {}) {
  const patience = new AbortController();
  const wait = (/** @type {number} */ time) => setTimeout(() => patience.abort(), time);
  let timer = wait(options.patience ?? SILENCE);
  try {
    const answer = await fetch(path, {
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      ...options,
      headers: { ...(await headers()), ...options.headers },
      signal: patience.signal,
    });
    const parts = [];
    for (const reader = answer.body?.getReader(); reader; ) {
      clearTimeout(timer);
      timer = wait(SILENCE);
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
    }
    const { status, headers: said } = answer;
    const whole = new Response(parts.length > 0 ? new Blob(parts) : null, { status, headers: said });
    if (answer.ok || status === 304) return whole;
    throw await refusal(status, await whole.text(), said.get("retry-after"));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {number} status @param {string} body @param {string | null} wait */
async function refusal(status, body, wait) {
  try {
    const { code, detail, title, help } = JSON.parse(body);
    return new Refused(status, code ?? "", detail || `${title ?? ""} ${help ?? ""}`.trim(), Number(wait) || 0);
  } catch {
    return new Refused(status, "", "", Number(wait) || 0);
  }
}

/** JSON to the server, packed where the browser can. @param {string} path @param {unknown} value */
export async function tell(path, value) {
  const body = new Blob([JSON.stringify(value)]);
  /** @type {Record<string, string>} */
  const said = { "content-type": "application/json" };
  if (!("CompressionStream" in globalThis)) return (await ask(path, { method: "POST", headers: said, body, patience: 60_000 })).json();
  const packed = await new Response(body.stream().pipeThrough(new CompressionStream("gzip"))).blob();
  said["content-encoding"] = "gzip";
  return (await ask(path, { method: "POST", headers: said, body: packed, patience: 60_000 })).json();
}

/**
 * Sends bytes; given up when nothing moves for a while, however long it takes in all.
 * @param {string} path @param {Blob} body @param {(sent: number) => void} [moved]
 * @returns {Promise<any>}
 */
export async function send(path, body, moved) {
  // The worker has no other way; a push is meant to take ten seconds.
  if (!("XMLHttpRequest" in globalThis)) {
    const said = { "content-type": "application/octet-stream" };
    return (await ask(path, { method: "POST", headers: said, body, patience: 60_000 })).json();
  }
  const sent = await headers();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    /** @type {any} */
    let timer = 0;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), SILENCE);
    };
    request.open("POST", path);
    for (const [name, value] of Object.entries(sent)) request.setRequestHeader(name, value);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      alive();
      moved?.(event.loaded);
    };
    request.onprogress = alive;
    request.onloadend = async () => {
      clearTimeout(timer);
      if (request.status === 200) return resolve(JSON.parse(request.responseText));
      if (request.status === 0) return reject(new TypeError("no network"));
      reject(await refusal(request.status, request.responseText, request.getResponseHeader("retry-after")));
    };
    alive();
    request.send(body);
  });
}
