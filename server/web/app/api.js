// Talking to the server, and to no other. The token travels in a header, never in an address.
import { language } from "./text.js";
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
  const sent = { "accept-language": language() };
  if (token) sent.authorization = `Bearer ${token}`;
  return sent;
}

/**
 * A request; throws `Refused`, or what `fetch` throws when there is no network.
 * @param {string} path @param {RequestInit & {patience?: number}} [options]
 */
export async function ask(path, options = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), options.patience ?? SILENCE);
  try {
    const answer = await fetch(path, {
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      ...options,
      headers: { ...(await headers()), ...options.headers },
      signal: patience.signal,
    });
    if (answer.ok || answer.status === 304) return answer;
    throw await refusal(answer.status, await answer.text(), answer.headers.get("retry-after"));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {number} status @param {string} body @param {string | null} wait */
async function refusal(status, body, wait) {
  try {
    const { code, title, help } = JSON.parse(body);
    return new Refused(status, code ?? "", `${title ?? ""} ${help ?? ""}`.trim(), Number(wait) || 0);
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
