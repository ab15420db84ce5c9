// The app: which screen is shown, and what goes on behind every screen.
import { fill, h, place } from "./dom.js";
import "./install.js";
import { drawLine } from "./line.js";
import { prepare } from "./prepare.js";
import { changes } from "./records.js";
import { homeScreen } from "./screens/home.js";
import { setupScreen } from "./screens/setup.js";
import * as store from "./store.js";
import { sync } from "./sync.js";
import { speak, t } from "./text.js";

/** A code of the office: 64 hexadecimal digits. */
const CODE = /^#[0-9a-f]{64}$/;

/** What the screen shown does when records change, and before it goes. @type {{changed?: () => void, left?: () => void}} */
let screen = {};
/** @type {string} */
let shown = "";

/** Shows what the address says. */
async function show() {
  const address = location.hash;
  const [name = "", ...rest] = address.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  screen.left?.();
  screen = {};
  const main = place("main");
  const token = await store.get("setting", "token");
  if (CODE.test(address) || !token) {
    // The code leaves the address before anything else happens.
    history.replaceState(null, "", location.pathname);
    screen = await setupScreen(main, CODE.test(address) ? address.slice(1) : "");
  } else if (name === "h") screen = await (await import("./screens/household.js")).householdScreen(main, rest[0]);
  else if (name === "f") screen = await (await import("./fill/screen.js")).fillScreen(main, rest[0], rest[1] ?? "");
  else if (name === "settings") screen = await (await import("./screens/settings.js")).settingsScreen(main);
  else screen = await homeScreen(main);
  const title = main.querySelector("h1");
  document.title = `${title?.textContent ?? t("app")} — ntm`;
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
    if (before && !location.hash.startsWith("#/f/")) location.reload();
  });
  const known = await navigator.serviceWorker.register("/web/app/sw.js", { scope: "/phone" });
  // A newer app waits until the phone opens it anew: never under the hands of who fills in a form.
  known.waiting?.postMessage("now");
  navigator.serviceWorker.addEventListener("message", (event) => event.data === "sync" && sync());
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
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sync());
  await show();
  worker().catch(() => {});
  navigator.serviceWorker?.addEventListener("controllerchange", () => prepare());
  sync().then(prepare).catch(() => {});
}

begin().catch((fault) => {
  // Private windows and broken storage: said, for nothing would be kept.
  fill(place("main"), h("h1", null, t("app")), h("p", { class: "error", role: "alert" }, `${t("not_saved")} (${fault?.name ?? ""})`));
});
