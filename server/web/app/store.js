// What the phone keeps, in IndexedDB: settings, forms, rosters, filled-in forms and their photos.
// Writes of filled-in forms are flushed to the disk before they count as saved.

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
 * @param {(store: (name: string) => IDBObjectStore) => void} work
 */
async function write(stores, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
    transaction.oncomplete = () => resolve(undefined);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("storage"));
    work((name) => transaction.objectStore(name));
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

/** @param {string} store @param {IDBValidKey} key @returns {Promise<any>} */
export const get = (store, key) => read(store, (s) => s.get(key));

/** @param {string} store @returns {Promise<any[]>} */
export const every = (store) => read(store, (s) => s.getAll());

/** @param {string} store @returns {Promise<IDBValidKey[]>} */
export const keys = (store) => read(store, (s) => s.getAllKeys());

/** @param {string} store @param {any} value @param {IDBValidKey} [key] */
export const put = (store, value, key) => write([store], (s) => void s(store).put(value, key));

/** @param {string} store @param {IDBValidKey} key */
export const remove = (store, key) => write([store], (s) => void s(store).delete(key));

/** Several changes, all or none: `[store, key, value]`; without a value it is removed. @param {[string, any, any?][]} changes */
export function change(changes) {
  const stores = [...new Set(changes.map(([store]) => store))];
  if (stores.length === 0) return Promise.resolve();
  return write(stores, (s) => {
    for (const [store, key, value] of changes) {
      if (value === undefined) s(store).delete(key);
      else if (store === "record") s(store).put(value);
      else s(store).put(value, key);
    }
  });
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
