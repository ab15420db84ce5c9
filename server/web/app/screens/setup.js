// Setting up a phone by the one-time code of the office.
import { ask, Refused } from "../api.js";
import { fill, h } from "../dom.js";
import { persist } from "../install.js";
import { knownEpoch, pull } from "../pull.js";
import { sha256Of } from "../records.js";
import * as store from "../store.js";
import { sync } from "../sync.js";
import { t } from "../text.js";

/** @param {HTMLElement} main @param {string} code blank when there is none */
export async function setupScreen(main, code) {
  const known = await store.get("setting", "pull");
  const error = h("p", { class: "error", role: "alert", hidden: true });
  const status = h("p", { class: "hint", role: "status" });
  const here = h("button", { type: "button", onclick: () => set(true) }, t("setup_here"));
  const collect = h("button", { type: "button", class: "second", onclick: () => set(false) }, t("setup_collect"));

  /** @param {boolean} app */
  async function set(app) {
    error.hidden = true;
    here.disabled = collect.disabled = true;
    status.textContent = t("setup_working");
    try {
      const said = await redeem(code);
      if (!app) return address(said.url);
      if (said.pin && !(await store.lock())) {
        const lock = await import("./lock.js");
        await lock.create(main).finally(() => fill(main, h("h1", null, t("setup_title")), error, status));
      }
      await keep(said.token);
      status.textContent = t("setup_loading");
      // The token is safe: without a network the lists come later.
      await pull().catch(() => {});
      // What waits, and what a server that was restored has no more.
      sync();
      location.hash = "#/";
      dispatchEvent(new Event("ntm-show"));
    } catch (fault) {
      here.disabled = collect.disabled = false;
      status.textContent = "";
      error.textContent = fault instanceof Refused && fault.message ? fault.message : t("no_network");
      error.hidden = false;
    }
  }

  /** @param {string} url */
  function address(url) {
    fill(
      main,
      h("h1", null, t("setup_title")),
      h("p", { role: "status" }, t("setup_collect_done")),
      h("pre", { tabindex: 0 }, url),
      h("button", { type: "button", onclick: () => navigator.clipboard?.writeText(url) }, t("setup_copy")),
    );
  }

  fill(
    main,
    h("h1", null, t("setup_title")),
    !isSecureContext && h("p", { class: "error", role: "alert" }, t("setup_insecure")),
    code
      ? [
          known?.collector && h("p", null, t("setup_again", { name: known.collector })),
          h("p", { class: "hint" }, t("setup_hint")),
          error,
          status,
          h("div", { class: "actions" }, here, collect),
        ]
      : h("p", null, t("setup_none")),
  );
  return {};
}

/**
 * The answer may be lost on its way: asked again with the same token, the server gives the same. What the
 * token is made of is kept, and not the token: no PIN seals it yet.
 * @param {string} secret
 */
async function redeem(secret) {
  let token;
  // Without https there is nothing to make it with, as for ODK Collect: the server does.
  if (crypto.subtle) {
    const seed = (await store.get("setting", "seed")) ?? crypto.randomUUID() + crypto.randomUUID();
    await store.put("setting", seed, "seed");
    token = await sha256Of(new TextEncoder().encode(seed + secret));
  }
  const body = JSON.stringify({ secret, token });
  return (await ask("/api/v1/enrolments", { method: "POST", headers: { "content-type": "application/json" }, body })).json();
}

/** @param {string} token */
async function keep(token) {
  const device = (await store.get("setting", "device")) ?? `web:${crypto.randomUUID()}`;
  await store.change([
    ["setting", "token", token], ["setting", "device", device], ["setting", "epoch", await knownEpoch()],
    ["setting", "revoked"], ["setting", "pull"], ["setting", "seed"],
  ]);
  persist();
}
