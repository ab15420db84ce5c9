// Filled-in forms: drafts, those waiting to be sent, those sent. The files of each lie beside it by
// their hash, so that an edit shares the photos of what it edits.
import * as store from "./store.js";

/**
 * @typedef {{name: string, sha256: string, bytes: number}} FileOf
 * @typedef {{name: string, sha256: string, offset: number}} Want
 * `lists` are the hashes of the lists it was begun with, by name.
 * @typedef {{id: string, form: string, version: string, title: string, household: string, village: string,
 *   commune: string, round?: string, lists?: {[name: string]: string}, state: "draft" | "waiting" | "answers" | "all" | "refused" | "erased",
 *   snapshot?: any, xml?: string, instanceID: string, edits?: string, prev?: string, files: FileOf[],
 *   want?: Want[], flying?: boolean, created: number, changed: number, finished?: number, sent?: number, at?: string,
 *   code?: string, message?: string, nth?: {run: string, number: number}}} Record
 */

/** How long what was sent stays on the phone, for the day the server is restored from a backup. */
const KEEP = 30 * 24 * 3600 * 1000;
/** Photos of it go earlier when less room than this is left. */
const TIGHT = 500e6;
/** How long a photo stays that nobody names: the form it was taken for is saved after it. */
const ORPHAN = 3600 * 1000;

/** Tells the screens that something changed. */
export const changes = new EventTarget();
const changed = () => changes.dispatchEvent(new Event("change"));

/** @returns {Promise<Record[]>} */
export const all = () => store.every("record");

/** @param {string} id @returns {Promise<Record | undefined>} */
export const get = (id) => store.get("record", id);

/** Saves, durably. @param {Record} record */
export async function save(record) {
  await store.put("record", record);
  changed();
}

/**
 * Saves a form that was finished, with its number: the server notices one that never comes.
 * @param {Record} record
 */
export async function finish(record) {
  const run = (await store.get("setting", "run")) ?? { id: crypto.randomUUID(), last: 0 };
  const nth = record.nth ?? { run: run.id, number: run.last + 1 };
  const counted = { ...run, last: Math.max(run.last, nth.number) };
  await store.change([["record", record.id, { ...record, nth }], ["setting", "run", counted]]);
  changed();
}

/** SHA-256 in lower-case hex. @param {BufferSource} bytes */
export async function sha256Of(bytes) {
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps a file of a record that is being filled in. @param {Record} record @param {string} name @param {Blob} bytes */
export async function keepFile(record, name, bytes) {
  const sha256 = await sha256Of(await bytes.arrayBuffer());
  // The same photo may have been left over before.
  await store.change([["blob", sha256, bytes], ["setting", "orphans"]]);
  record.files = record.files.filter((file) => file.name !== name);
  record.files.push({ name, sha256, bytes: bytes.size });
}

/** The bytes of a file. @param {Record} record @param {string} name @returns {Promise<Blob | undefined>} */
export async function file(record, name) {
  const known = record.files.find((one) => one.name === name);
  return known && store.get("blob", known.sha256);
}

/** Deletes a record, and what only it had. @param {Record[]} gone */
export async function drop(gone) {
  const ids = new Set(gone.map((record) => record.id));
  const left = (await all()).filter((record) => !ids.has(record.id));
  const shared = new Set(left.flatMap((record) => record.files.map((file) => file.sha256)));
  /** @type {[string, any][]} */
  const out = gone.map((record) => ["record", record.id]);
  for (const file of gone.flatMap((record) => record.files)) {
    if (!shared.has(file.sha256)) out.push(["blob", file.sha256]);
  }
  await store.change(out);
  changed();
}

/** Lets go of what was sent long ago, and of photos nobody names. @param {number} now */
export async function tidy(now) {
  const there = (await store.keys("blob")).map(String);
  const records = await all();
  const old = records.filter((record) => record.state === "all" && now - (record.sent ?? now) > KEEP);
  if (old.length > 0) await drop(old);
  const tight = (await store.room()).free < TIGHT;
  const kept = records.filter((record) => !old.includes(record) && !(tight && record.state === "all"));
  const named = new Set(kept.flatMap((record) => record.files.map((file) => file.sha256)));
  const before = await store.get("setting", "orphans");
  /** Since when nobody names them. @type {{[key: string]: number}} */
  const orphans = {};
  /** @type {[string, any, any?][]} */
  const out = [["setting", "orphans", orphans]];
  for (const key of there.filter((one) => !named.has(one))) {
    orphans[key] = before?.[key] ?? now;
    // A form that cannot be saved names its photos in memory only.
    if (!store.state.unsaved && Math.abs(now - orphans[key]) > ORPHAN) out.push(["blob", key]);
  }
  if (before || Object.keys(orphans).length > 0) await store.change(out);
}

/**
 * Which of several records of a household speaks for it: a draft before what waits, that before what
 * was sent; among equals the latest.
 * @param {Record[]} records
 */
export function leading(records) {
  const rank = { draft: 0, refused: 1, waiting: 2, answers: 3, all: 4, erased: 5 };
  return [...records].sort((a, b) => rank[a.state] - rank[b.state] || b.changed - a.changed)[0];
}

/** Whether a record is of another round than the one its household is listed for. @param {Record} record @param {{round: string} | undefined} household */
export function isPast(record, household) {
  return Boolean(record.round && household?.round && record.round !== household.round);
}

/** Whether a record still has something to send. @param {Record} record */
export function isPending(record) {
  return record.state === "waiting" || record.state === "answers";
}
