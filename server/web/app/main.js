// The app: which screen is shown, and what goes on behind every screen.
import { fill, h, place } from "./dom.js";
import { persist } from "./install.js";
import { drawLine } from "./line.js";
import { prepare } from "./prepare.js";
import { changes } from "./records.js";
import { homeScreen } from "./screens/home.js";
import { setupScreen } from "./screens/setup.js";
import * as store from "./store.js";
import { sync, waits, wake } from "./sync.js";
import { speak, t } from "./text.js";

/** A code of the office: 64 hexadecimal digits. */
const CODE = /^#[0-9a-f]{64}$/;
/** Milliseconds out of sight after which a PIN is asked for again. */
const AWAY = 600_000;

/**
 * What the screen shown does when records change, and before it goes; whether it is busy with a PIN.
 * @type {{changed?: () => void, left?: () => void, pin?: boolean}}
 */
let screen = {};
/** @type {string} */
let shown = "";
/** The code that set-up is to go on with. */
let code = "";

/** A newer app looks after this page: it is loaded anew once no form is open. */
let stale = false;

let turn = Promise.resolve();
/** Shows what the address says; one screen after the other, so that the last one stays. */
const show = () => (turn = turn.then(draw, draw));

async function draw() {
  const address = location.hash;
  const [name = "", ...rest] = address.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (stale && name !== "f" && !store.state.unsaved) return location.reload();
  screen.left?.();
  const before = screen;
  screen = {};
  const main = place("main");
  if (CODE.test(address)) {
    // The code leaves the address before anything else happens.
    code = address.slice(1);
    history.replaceState(null, "", location.pathname);
  }
  const wanted = name !== "f" && (await store.get("setting", "pin")) && !(await store.lock());
  if (wanted || (await store.isLocked())) {
    // Whoever is busy with a PIN is not begun anew because the server was reached again.
    screen = before.pin ? before : await (await import("./screens/lock.js")).lockScreen(main);
  } else if (code || !(await store.get("setting", "token"))) {
    history.replaceState(null, "", location.pathname);
    screen = await setupScreen(main, code);
    code = "";
  } else if (name === "h") screen = await (await import("./screens/household.js")).householdScreen(main, rest[0]);
  else if (name === "c") screen = await (await import("./screens/team.js")).communeScreen(main, rest[0]);
  else if (name === "f") screen = await (await import("./fill/screen.js")).fillScreen(main, rest[0], rest[1] ?? "");
  else if (name === "export") screen = await (await import("./screens/export.js")).exportScreen(main);
  else if (name === "pin") screen = await (await import("./screens/lock.js")).changeScreen(main);
  else if (name === "settings") screen = await (await import("./screens/settings.js")).settingsScreen(main);
  else screen = await homeScreen(main);
  const title = main.querySelector("h1");
  // The browser writes titles down: no names in them.
  document.title = `${(["h", "f"].includes(name) ? "" : title?.textContent) || t("app")} — ntm`;
  // A new screen begins at its title, for eyes and for screen readers.
  if (shown && shown !== address) {
    title?.setAttribute("tabindex", "-1");
    title?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  main.dataset.shown = address;
  shown = address || "#/";
  drawLine();
}

/** Settings of the screen, before anything is drawn. */
async function dress() {
  await speak((await store.get("setting", "language")) ?? "vi");
  document.documentElement.dataset.look = (await store.get("setting", "look")) ?? "auto";
}

async function worker() {
  if (!("serviceWorker" in navigator)) return;
  const before = navigator.serviceWorker.controller;
  // Modules of two versions do not go together; a form that is open is left alone until it is closed.
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    stale = Boolean(before);
    if (stale && !location.hash.startsWith("#/f/")) location.reload();
  });
  const known = await navigator.serviceWorker.register("/web/app/sw.js", { scope: "/phone" });
  // A newer app waits until the phone opens it anew: never under the hands of who fills in a form.
  known.waiting?.postMessage("now");
  navigator.serviceWorker.addEventListener("message", (event) => event.data === "sent" && changes.dispatchEvent(new Event("change")));
}

let hidden = Date.now();
/** @type {any} */
let away = 0;
/** What somebody sees or leaves: forms that wait are left to the worker, and after a while the PIN is asked for. */
async function looked() {
  clearTimeout(away);
  if (document.visibilityState === "visible") {
    // Timers rest where a phone rests.
    const forgot = Date.now() - hidden > AWAY && (await forget());
    return forgot || sync();
  }
  hidden = Date.now();
  away = setTimeout(forget, AWAY);
  if (!(await store.isLocked()) && (await waits())) await wake();
}

/** Forgets the key and everything that was opened with it; what could not be saved yet is not let go. */
async function forget() {
  const can = (await store.lock()) && !(await store.isLocked()) && !store.state.unsaved;
  if (can) location.reload();
  return can;
}

async function begin() {
  await dress();
  addEventListener("hashchange", show);
  addEventListener("ntm-show", async () => {
    await dress();
    await show();
  });
  changes.addEventListener("change", () => {
    screen.changed?.();
    drawLine();
  });
  addEventListener("online", () => sync());
  addEventListener("offline", drawLine);
  changes.addEventListener("pin", () => !location.hash.startsWith("#/f/") && show());
  document.addEventListener("visibilitychange", looked);
  await show();
  worker().catch(() => {});
  navigator.serviceWorker?.addEventListener("controllerchange", () => prepare());
  sync().then(prepare).catch(() => {});
  store.keys("setting").then((all) => all.includes("token") && persist(), () => {});
}

begin().catch((fault) => {
  // Private windows and broken storage: said, for nothing would be kept.
  fill(place("main"), h("h1", null, t("app")), h("p", { class: "error", role: "alert" }, `${t("not_saved")} (${fault?.name ?? ""})`));
});
