// As much of IndexedDB as the app's store.js uses, in memory: values are copied on the way in and out, as
// a browser does.

/** @template T @param {() => T} work @returns {any} */
function request(work) {
  /** @type {any} */
  const asked = {};
  queueMicrotask(() => {
    asked.result = work();
    asked.onsuccess?.();
  });
  return asked;
}

/** @param {Map<any, any>} rows @param {string | undefined} keyPath */
const objectStore = (rows, keyPath) => ({
  get: (/** @type {any} */ key) => request(() => structuredClone(rows.get(key))),
  getAll: () => request(() => structuredClone([...rows.values()])),
  getAllKeys: () => request(() => [...rows.keys()]),
  put: (/** @type {any} */ value, /** @type {any} */ key) => void rows.set(keyPath ? value[keyPath] : key, structuredClone(value)),
  delete: (/** @type {any} */ key) => void rows.delete(key),
});

/** Puts it where modules look for it. */
export function install() {
  // Node 20 has none; the app asks it for locks, which one program alone does without.
  globalThis.navigator ??= /** @type {any} */ ({});
  /** @type {Map<string, [Map<any, any>, string | undefined]>} */
  const stores = new Map();
  const db = {
    createObjectStore: (/** @type {string} */ name, /** @type {{keyPath?: string}} */ options = {}) => void stores.set(name, [new Map(), options.keyPath]),
    transaction: () => {
      /** @type {any} */
      const transaction = { objectStore: (/** @type {string} */ name) => objectStore(.../** @type {[Map<any, any>, string | undefined]} */ (stores.get(name))) };
      setTimeout(() => transaction.oncomplete?.());
      return transaction;
    },
  };
  /** @type {any} */ (globalThis).indexedDB = {
    open: () => {
      /** @type {any} */
      const opening = { result: db };
      queueMicrotask(() => {
        opening.onupgradeneeded?.();
        opening.onsuccess?.();
      });
      return opening;
    },
  };
}
