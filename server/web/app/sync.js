// Sending: answers first, durable on the server in one round trip, then the photos it has not, each from
// where it was cut. Nothing is let go of before the server said that all of it is safe.
import { Refused, send, tell } from "./api.js";
import { pull, shutOut } from "./pull.js";
import * as records from "./records.js";
import { sha256Of } from "./records.js";
import * as store from "./store.js";

/** Items of one offer. */
const AT_ONCE = 20;
/** Bytes of one push: at least, so that a fast network is not held up by round trips. */
const [LEAST, MOST] = [32 * 1024, 4 * 1024 * 1024];
/** Seconds between tries: the first, and the most. */
const [FIRST, LAST] = [3, 60];
/** Milliseconds for which the worker tries again after a cut: the browser wakes it only a few times. */
const AWAKE = 120_000;
/** Milliseconds that one push should take. */
const TIME = 10_000;

/** @typedef {import("./records.js").Record} Filled */

/** What the status line says. */
export const status = {
  busy: false,
  /** The server was reached last time. */
  reached: true,
  /** When the next try is, if one is due. */
  retry: 0,
  /** What the server said against it, for people. */
  words: "",
};
export const news = new EventTarget();
const told = () => news.dispatchEvent(new Event("change"));

let bundle = LEAST;
let failures = 0;
/** @type {any} */
let timer = 0;
/** @type {Promise<void> | null} */
let running = null;
let again = false;

/** Sends and fetches what there is. One at a time, over all tabs. */
export function sync() {
  if (running) {
    again = true;
    return running;
  }
  clearTimeout(timer);
  Object.assign(status, { busy: true, retry: 0, words: "" });
  told();
  const locked = navigator.locks ? navigator.locks.request("ntm-sync", all) : all();
  running = Promise.resolve(locked)
    .then(went, wentWrong)
    .finally(() => {
      running = null;
      status.busy = false;
      told();
      if (again && status.reached) sync();
      again = false;
    });
  return running;
}

async function all() {
  if (await store.isLocked()) return;
  // A phone that was shut out still lets go of photos that nobody names.
  if (!(await store.get("setting", "token"))) return records.tidy(Date.now());
  // What people filled in goes first; a new list can wait.
  await sendAll();
  await pull();
  await sendAll();
  await records.tidy(Date.now());
  await store.put("setting", Date.now(), "synced");
}

function went() {
  failures = 0;
  status.reached = true;
}

/** @param {any} fault */
async function wentWrong(fault) {
  status.reached = fault instanceof Refused;
  if (fault instanceof Refused) {
    status.words = fault.message;
    if (/** @type {any} */ (fault).code === "bad_token") return shutOut();
  }
  const wait = Math.max(/** @type {any} */ (fault).wait ?? 0, Math.min(LAST, FIRST * 2 ** failures));
  failures += 1;
  // Not all phones of a village at the same moment.
  const seconds = Math.round(wait * (0.75 + Math.random() / 2));
  status.retry = Date.now() + seconds * 1000;
  timer = setTimeout(sync, seconds * 1000);
}

/**
 * What the worker does when the browser wakes it: sends, unless a page does or somebody looks at one. Under
 * a PIN it cannot. Whether it sent; throws where the browser is to wake it again.
 * @param {() => Promise<boolean>} watched
 */
export function sendAway(watched) {
  const end = Date.now() + AWAKE;
  const send = async () => {
    while (!(await store.isLocked()) && (await store.get("setting", "token")) && (await waits())) {
      // The browser keeps it in mind, should the page go before it is through.
      if (await watched()) throw new Error("somebody looks");
      try {
        await sendAll();
        return true;
      } catch (/** @type {any} */ fault) {
        if (fault.code === "bad_token") await shutOut();
        else if (fault instanceof Refused || Date.now() > end) throw fault;
        await new Promise((done) => setTimeout(done, FIRST * 1000));
      }
    }
    return false;
  };
  return navigator.locks.request("ntm-sync", send);
}

/** Whether anything is to be sent. */
export const waits = async () => (await records.all()).some((record) => record.state === "waiting" || (record.state === "answers" && record.want?.length));

/** Has the worker woken when there is a network, should this page be gone by then. */
export async function wake() {
  if (await store.lock()) return;
  const worker = await navigator.serviceWorker?.getRegistration();
  await /** @type {any} */ (worker)?.sync?.register("send").catch(() => {});
}

async function sendAll() {
  await settle();
  for (let first = true; ; first = false) {
    const pending = (await records.all()).filter(records.isPending);
    if (first && pending.length > 0) wake().catch(() => {});
    const fresh = pending.filter((record) => record.state === "waiting");
    if (fresh.length > 0) {
      fresh.sort((a, b) => (a.finished ?? 0) - (b.finished ?? 0));
      await offer(fresh.slice(0, AT_ONCE));
      continue;
    }
    // Smallest rest first: the most households are finished soonest.
    const rest = pending.filter((record) => record.want?.length).sort((a, b) => left(a) - left(b));
    if (rest.length === 0) return;
    await push(rest);
  }
}

/** @param {Filled} record */
function left(record) {
  const sizes = new Map(record.files.map((file) => [file.sha256, file.bytes]));
  return (record.want ?? []).reduce((sum, want) => sum + (sizes.get(want.sha256) ?? 0) - want.offset, 0);
}

/** @param {Filled[]} some */
async function offer(some) {
  const device = await store.get("setting", "device");
  const items = some.map(({ id, xml, files, nth }) => ({ id, xml, files, nth }));
  const answer = await tell("/api/v1/phone/offer", { device, items });
  await heard(answer);
  await offerAnew(answer.missing ?? []);
}

/** Forms that the server never had, if they are still here; asked for once. @param {{run: string, number: number}[]} missing */
async function offerAnew(missing) {
  const name = (/** @type {any} */ nth) => `${nth?.run} ${nth?.number}`;
  const wanted = new Set(missing.map(name).filter((one) => !asked.has(one)));
  if (wanted.size === 0) return;
  for (const record of await records.all()) {
    if (!wanted.has(name(record.nth)) || !["answers", "all"].includes(record.state)) continue;
    asked.add(name(record.nth));
    await records.save({ ...record, state: "waiting", want: undefined });
  }
}
/** @type {Set<string>} */
const asked = new Set();

/** One push: as many pieces as the network carries in a while. @param {Filled[]} some */
async function push(some) {
  /** @type {any[]} */
  const pieces = [];
  /** @type {Blob[]} */
  const bytes = [];
  let size = 0;
  for (const record of some) {
    const hashes = new Set();
    for (const want of record.want ?? []) {
      // The same bytes under another name: named, and there once they are.
      const room = hashes.has(want.sha256) ? 0 : bundle - size;
      const piece = size < bundle && pieces.length < 100 && (await pieceOf(record, want, room));
      if (!piece) continue;
      hashes.add(want.sha256);
      pieces.push(piece.head);
      bytes.push(piece.bytes);
      size += piece.bytes.size;
    }
  }
  if (pieces.length === 0) {
    // The phone lost a photo that the server has not either: shown, and not tried for ever.
    for (const record of some) await records.save({ ...record, want: [] });
    return;
  }
  await flying(pieces, true);
  const begun = Date.now();
  try {
    await heard(await send("/api/v1/phone/push", framed(pieces, bytes)), pieces);
  } catch (fault) {
    bundle = Math.max(LEAST, bundle / 2);
    throw fault;
  }
  const speed = size / Math.max(1, Date.now() - begun);
  bundle = Math.min(MOST, 2 * bundle, Math.max(LEAST, Math.round(speed * TIME)));
}

/** @param {Filled} record @param {import("./records.js").Want} want @param {number} room */
async function pieceOf(record, want, room) {
  const { name, sha256, offset } = want;
  const file = record.files.find((one) => one.sha256 === sha256);
  const blob = file && (await store.get("blob", sha256));
  if (!file || !blob) return null;
  const length = Math.min(file.bytes - offset, room);
  const head = {
    id: record.id,
    form: record.form,
    instance: record.instanceID,
    xml_sha256: await sha256Of(new TextEncoder().encode(record.xml)),
    file: { name, sha256, bytes: file.bytes },
    offset,
    length,
  };
  return { head, bytes: blob.slice(offset, offset + length) };
}

/** After a cut, also one that ended this page: asks in a few hundred bytes where to go on. */
async function settle() {
  const cut = (await records.all()).filter((record) => record.flying && record.state === "answers");
  const pieces = [];
  for (const record of cut.slice(0, 20)) {
    for (const want of record.want ?? []) {
      const piece = await pieceOf(record, { ...want, offset: 0 }, 0);
      if (piece) pieces.push(piece.head);
    }
  }
  if (pieces.length > 0) await heard(await send("/api/v1/phone/push", framed(pieces, [])), pieces);
}

/** @param {any[]} pieces @param {boolean} flying */
async function flying(pieces, flying) {
  for (const id of new Set(pieces.map((piece) => piece.id))) {
    const record = await records.get(id);
    if (record) await records.save({ ...record, flying });
  }
}

/** @param {any[]} pieces @param {Blob[]} bytes */
function framed(pieces, bytes) {
  const head = new TextEncoder().encode(JSON.stringify({ pieces }));
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, head.length);
  return new Blob([length, head, ...bytes]);
}

/** Records of which the server did not know the answers, though it had taken them. @type {Set<string>} */
const unknown = new Set();

/** How often a file came out wrong at the server. @type {Map<string, number>} */
const wrong = new Map();

/**
 * Writes down what the server said about each item. In answer to pieces it speaks only of their files.
 * @param {any} answer @param {any[]} [pieces]
 */
async function heard(answer, pieces) {
  for (const { id, state, want = [], code, message } of answer.items) {
    const record = await records.get(id);
    if (!record) continue;
    if (state === "erased") {
      await records.drop([record]);
    } else if (state === "refused" && pieces && !unknown.has(id)) {
      // It does not know these answers any more: offered anew, and once.
      unknown.add(id);
      await records.save({ ...record, state: "waiting", want: undefined, flying: false });
    } else if (state === "refused") {
      await records.save({ ...record, state, code, message, want: undefined, flying: false });
    } else {
      const spoken = (/** @type {any} */ one) => pieces?.some((piece) => piece.id === id && isOf(piece, one));
      const others = pieces ? (record.want ?? []).filter((one) => !spoken(one)) : [];
      const sent = state === "all" ? Date.now() : record.sent;
      const still = [...want.filter((/** @type {any} */ one) => !isHopeless(one, pieces)), ...others];
      await records.save({ ...record, state, want: still, sent, flying: false, code: undefined, message: undefined });
    }
  }
  told();
}

/** Whether a piece is of the file that is wanted. @param {any} piece @param {any} want */
const isOf = ({ file }, want) => file.name === want.name && file.sha256 === want.sha256;

/** A file sent to its end that the server wants from the beginning again and again. @param {any} want @param {any[]} [pieces] */
function isHopeless(want, pieces) {
  const piece = pieces?.find((one) => isOf(one, want));
  const whole = piece && piece.length > 0 && piece.offset + piece.length === piece.file.bytes;
  if (!whole || want.offset > 0) return false;
  wrong.set(want.sha256, (wrong.get(want.sha256) ?? 0) + 1);
  return (wrong.get(want.sha256) ?? 0) > 3;
}

/** Sends now whatever was refused, too: staff may have mended what it was refused for. */
export async function syncAll() {
  for (const record of await records.all()) {
    if (record.state === "refused") await records.save({ ...record, state: "waiting" });
  }
  return sync();
}
