// Setting up a phone by the one-time code of the office.
import { fill, h } from "../dom.js";
import { pull } from "../pull.js";
import * as store from "../store.js";
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
      await keep(said.token);
      status.textContent = t("setup_loading");
      // The token is safe: without a network the lists come later.
      await pull().catch(() => {});
      location.hash = "#/";
      dispatchEvent(new Event("ntm-show"));
    } catch (fault) {
      here.disabled = collect.disabled = false;
      status.textContent = "";
      error.textContent = fault instanceof Said ? fault.message : t("no_network");
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

/** What the server said. */
class Said extends Error {}

/** @param {string} secret */
async function redeem(secret) {
  const answer = await fetch("/api/v1/enrolments", {
    method: "POST",
    headers: { "content-type": "application/json", "accept-language": document.documentElement.lang },
    credentials: "omit",
    body: JSON.stringify({ secret }),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Said(`${said.title} ${said.help}`);
  return said;
}

/** @param {string} token */
async function keep(token) {
  const device = (await store.get("setting", "device")) ?? `web:${crypto.randomUUID()}`;
  await store.change([["setting", "token", token], ["setting", "device", device], ["setting", "revoked"], ["setting", "pull"]]);
  // Asked once the phone is used for this: the browser then does not clear it to make room.
  await navigator.storage?.persist?.().catch(() => false);
}
