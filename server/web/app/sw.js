// Keeps the app on the phone, so that it opens without a network. The server puts VERSION, FIRST (the
// first screens), FILES (everything), SCRIPT (the modules of the first screens) and SEND (which of them
// sends) before this. What people fill in and fetch is in IndexedDB.
/* global VERSION, FIRST, FILES, SCRIPT, SEND, ntm */

const NAME = `ntm-app-${VERSION}`;
const PAGE = "/phone";
// The modules that fill in forms, in one piece.
const REST = "/web/app/rest.json";

self.addEventListener("install", (event) => {
  // The page has it already: the browser takes it from its own cache, and keeps it for this worker.
  importScripts(SCRIPT);
  // The first time, what the page has just fetched is taken from the browser's own cache.
  const how = self.registration.active ? "no-cache" : "default";
  const all = [PAGE, ...FIRST].map((path) => new Request(path, { cache: how }));
  const keep = async () => {
    const cache = await caches.open(NAME);
    await cache.addAll(all);
    const rest = await (await fetch(REST, { cache: "no-cache" })).json();
    for (const [path, text] of Object.entries(rest)) {
      await cache.put(path, new Response(text, { headers: { "content-type": "text/javascript; charset=utf-8" } }));
    }
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("ntm-app-") && name !== NAME;
  const clean = async () => {
    for (const name of await caches.keys()) if (old(name)) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  if (event.data === "now") self.skipWaiting();
  // Modules that few forms need: kept once a page has needed them.
  if (Array.isArray(event.data?.used)) event.waitUntil(keepUsed(event.data.used));
});

async function keepUsed(paths) {
  const cache = await caches.open(NAME);
  for (const path of paths) if (FILES.includes(path) && !(await cache.match(path))) await cache.add(path);
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (pathname !== PAGE && !FILES.includes(pathname)) return;
  const kept = caches.open(NAME).then((cache) => cache.match(pathname, { ignoreSearch: true }));
  event.respondWith(kept.then((answer) => answer ?? fetch(event.request)));
});

// Where the browser wakes the app when there is a network again: sent by the same modules as in the page.
self.addEventListener("sync", (event) => {
  const send = async () => {
    if (!self.ntm) importScripts(SCRIPT);
    const pages = () => self.clients.matchAll({ type: "window" });
    const watched = async () => (await pages()).some((page) => page.visibilityState === "visible");
    if (await ntm(SEND).sendAway(watched)) for (const page of await pages()) page.postMessage("sent");
  };
  event.waitUntil(send());
});
