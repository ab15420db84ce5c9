// What the phone keeps, in IndexedDB: settings, forms, rosters, filled-in forms and their photos.
// Writes of filled-in forms are flushed to the disk before they count as saved. Under a PIN what is
// personal is sealed on its way in and opened on its way out; nobody else knows of it.

const NAME = "ntm";
const VERSION = 1;

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("setting");
      db.createObjectStore("form");
      db.createObjectStore("file");
      db.createObjectStore("record", { keyPath: "id" });
      db.createObjectStore("blob");
    };
    request.onsuccess = () => {
      // The phone closed it (storage cleared, another version): opened anew when needed.
      request.result.onclose = request.result.onversionchange = () => {
        request.result.close();
        opening = null;
      };
      resolve(request.result);
    };
    request.onerror = () => {
      opening = null;
      reject(request.error);
    };
  });
  return opening;
}

/**
 * Runs `work` in one transaction and waits until it is on the disk.
 * @param {string[]} stores
 * @param {(store: (name: string) => IDBObjectStore, transaction: IDBTransaction) => void} work
 */
async function write(stores, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("storage"));
    work((name) => transaction.objectStore(name), transaction);
  });
}

/**
 * @template T
 * @param {string} store
 * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
 * @returns {Promise<T>}
 */
async function read(store, ask) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const request = ask(db.transaction(store).objectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * The lock: the key of the data, wrapped by one made of the PIN; `done` once nothing lies open any more.
 * @typedef {{id: string, rounds: number, salt: Uint8Array, iv: Uint8Array, wrapped: ArrayBuffer, wrong: number,
 *   until: number, done: boolean}} Lock
 */

/** The data are sealed, and the key is not here. */
export class Locked extends Error {}

/** As last read; undefined before. @type {Lock | null | undefined} */
let known;
/** The key of the data: in memory only, until this page or worker ends. @type {CryptoKey | null} */
let key = null;
/** Records as opened last, by id: all of them are read at every answer. @type {Map<string, {iv: string, text: string}>} */
const seen = new Map();
/** Whether the last change of a record could not be kept. */
export const state = { unsaved: false };

/** What tells of people, or lets in. @param {string} store @param {any} name */
const isPersonal = (store, name) => (store === "setting" ? ["pull", "communes", "token", "seed"].includes(name) : store !== "form");

/** The lock, if there is one. @param {boolean} [anew] as another tab may have changed it @returns {Promise<Lock | null>} */
export async function lock(anew) {
  if (anew || known === undefined) known = (await read("setting", (s) => s.get("lock"))) ?? null;
  return known ?? null;
}

/** Whether a PIN is needed first. */
export const isLocked = async () => (await lock()) !== null && !key;

/** Takes a lock, new or changed, with its key if it is opened by that. @param {Lock} changed @param {CryptoKey} [opened] */
export async function lockWith(changed, opened) {
  await put("setting", changed, "lock");
  known = changed;
  key = opened ?? key;
}

/** Sealed for this place, and of no use in another. @param {string} store @param {any} name */
const sealing = (store, name, iv = crypto.getRandomValues(new Uint8Array(12))) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${store} ${name}`) });

/** @param {string} store @param {any} name @param {any} value */
async function seal(store, name, value) {
  if (!key) throw new Locked("locked");
  const how = sealing(store, name);
  const type = value instanceof Blob ? value.type : null;
  const plain = value instanceof Blob ? await value.arrayBuffer() : new TextEncoder().encode(JSON.stringify(value));
  const box = { iv: how.iv, type, sealed: await crypto.subtle.encrypt(how, key, plain) };
  return store === "record" ? { id: name, ...box } : box;
}

/** @param {string} store @param {any} name @param {any} value */
async function unseal(store, name, value) {
  if (value === undefined || !isPersonal(store, name)) return value;
  // Another tab may have made the lock.
  if (value.sealed && !key) known = undefined;
  if (await isLocked()) throw new Locked("locked");
  if (!value.sealed) return value;
  const iv = String(value.iv);
  const before = store === "record" && seen.get(name);
  if (before && before.iv === iv) return JSON.parse(before.text);
  const plain = await crypto.subtle.decrypt(sealing(store, name, value.iv), /** @type {CryptoKey} */ (key), value.sealed);
  if (value.type !== null) return new Blob([plain], { type: value.type });
  const text = new TextDecoder().decode(plain);
  if (store === "record") seen.set(name, { iv, text });
  return JSON.parse(text);
}

/** Seals what still lies open, one value at a time: ended in the middle, it goes on the next time. */
export async function sealRest() {
  for (const store of ["setting", "file", "record", "blob"]) {
    for (const name of await keys(store)) {
      const value = isPersonal(store, name) && (await read(store, (s) => s.get(name)));
      if (!value || value.sealed) continue;
      const box = await seal(store, name, value);
      await write([store], (s) => {
        const now = s(store).get(name);
        // What was removed meanwhile stays so, and what was changed was sealed.
        now.onsuccess = () => now.result && !now.result.sealed && place(s(store), name, box);
      });
    }
  }
  await lockWith({ .../** @type {Lock} */ (known), done: true });
}

/** @param {IDBObjectStore} store @param {any} name @param {any} value */
function place(store, name, value) {
  if (value === undefined) store.delete(name);
  else if (store.keyPath) store.put(value);
  else store.put(value, name);
}

/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} */
export const get = async (store, key) => unseal(store, key, await read(store, (s) => s.get(key)));

/** Every filled-in form. @param {string} store @returns {Promise<any[]>} */
export const every = async (store) => Promise.all((await read(store, (s) => s.getAll())).map((value) => unseal(store, value.id, value)));

/** @param {string} store @returns {Promise<IDBValidKey[]>} */
export const keys = (store) => read(store, (s) => s.getAllKeys());

/** @param {string} store @param {any} value @param {IDBValidKey} [key] */
export const put = (store, value, key) => change([[store, key ?? value.id, value]]);

/** @param {string} store @param {IDBValidKey} key */
export const remove = (store, key) => change([[store, key]]);

/** @type {Promise<any>} */
let turn = Promise.resolve();

/** Several changes, all or none: `[store, key, value]`; without a value it is removed. @param {[string, any, any?][]} changes */
export function change(changes) {
  // One after the other: sealing takes its time, and the latest has to win.
  const mine = turn.then(() => (changes.length > 0 ? keep(changes) : undefined));
  turn = mine.catch(() => {});
  return mine;
}

/** @param {[string, any, any?][]} changes */
async function keep(changes) {
  const stores = [...new Set(["setting", ...changes.map(([store]) => store)])];
  const isRecord = stores.includes("record");
  try {
    while (!(await tried(stores, changes))) known = undefined;
    if (isRecord) state.unsaved = false;
  } catch (fault) {
    state.unsaved ||= isRecord;
    throw fault;
  }
}

/** False when another tab made a lock meanwhile: nothing open gets in any more. @param {string[]} stores @param {[string, any, any?][]} changes */
async function tried(stores, changes) {
  const by = await lock();
  /** @type {[string, any, any][]} */
  const sealed = [];
  for (const [store, name, value] of changes) {
    // What was sealed under a lock needs that lock.
    if (store === "setting" && name === "lock" && by && by.id !== value?.id) throw new Locked("locked");
    if (value === undefined) seen.delete(name);
    sealed.push([store, name, by && value !== undefined && isPersonal(store, name) ? await seal(store, name, value) : value]);
  }
  let other = false;
  const kept = write(stores, (s, transaction) => {
    const now = s("setting").get("lock");
    now.onsuccess = () => {
      other = now.result?.id !== by?.id;
      if (other) return transaction.abort();
      for (const [store, name, value] of sealed) place(s(store), name, value);
    };
  });
  await kept.catch((fault) => {
    if (!other) throw fault;
  });
  return !other;
}

/** Bytes used and free, as far as the browser says. @returns {Promise<{used: number, free: number}>} */
export async function room() {
  const said = await navigator.storage?.estimate?.().catch(() => null);
  if (!said?.quota) return { used: said?.usage ?? 0, free: Infinity };
  return { used: said.usage ?? 0, free: Math.max(0, said.quota - (said.usage ?? 0)) };
}

/** Below this much free room nothing large is taken on any more, so that answers can still be saved. */
export const LEAST_ROOM = 50e6;

/** Whether a fault says that the storage is full. @param {any} fault */
export function isFull(fault) {
  return fault?.name === "QuotaExceededError" || fault?.inner?.name === "QuotaExceededError";
}
