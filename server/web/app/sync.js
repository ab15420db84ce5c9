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
  if (!(await store.get("setting", "token"))) return;
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

async function sendAll() {
  await settle();
  for (;;) {
    const pending = (await records.all()).filter(records.isPending);
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
  const items = some.map((record) => ({ id: record.id, xml: record.xml, files: record.files }));
  await heard(await tell("/api/v1/phone/offer", { device, items }));
}

/** One push: as many pieces as the network carries in a while. @param {Filled[]} some */
async function push(some) {
  /** @type {any[]} */
  const pieces = [];
  /** @type {Blob[]} */
  const bytes = [];
  let size = 0;
  for (const record of some) {
    for (const want of record.want ?? []) {
      const piece = size < bundle && pieces.length < 100 && (await pieceOf(record, want, bundle - size));
      if (!piece) continue;
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
    } else if (state === "refused" && pieces) {
      // It does not know these answers any more: offered anew.
      await records.save({ ...record, state: "waiting", want: undefined, flying: false });
    } else if (state === "refused") {
      await records.save({ ...record, state, code, message, want: undefined, flying: false });
    } else {
      const spoken = new Set((pieces ?? []).filter((piece) => piece.id === id).map((piece) => piece.file.sha256));
      const others = pieces ? (record.want ?? []).filter((one) => !spoken.has(one.sha256)) : [];
      const sent = state === "all" ? Date.now() : record.sent;
      const still = [...want.filter((/** @type {any} */ one) => !isHopeless(one, pieces)), ...others];
      await records.save({ ...record, state, want: still, sent, flying: false, code: undefined, message: undefined });
    }
  }
  told();
}

/** A file sent to its end that the server wants from the beginning again and again. @param {any} want @param {any[]} [pieces] */
function isHopeless(want, pieces) {
  const piece = pieces?.find((one) => one.file.sha256 === want.sha256);
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
