// A form may need modules of the engine that few forms do: they have to be there without a network, too.
import * as store from "./store.js";

/** Loads new forms once, when the worker looks after this page, and has it keep what they needed. */
export async function prepare() {
  const worker = navigator.serviceWorker?.controller;
  const fresh = await store.get("setting", "unprepared");
  if (!worker || !fresh?.length) return;
  const { load } = await import("../engine/index.js");
  for (const key of fresh) await load(await store.get("form", key));
  const used = performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname);
  worker.postMessage({ used: used.filter((path) => path.startsWith("/web/engine/")) });
  await store.remove("setting", "unprepared");
}
