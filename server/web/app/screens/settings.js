// Language, look, layout; how much room there is; adding the app to the home screen.
import { fill, h } from "../dom.js";
import { install } from "../install.js";
import * as store from "../store.js";
import { sync, syncAll } from "../sync.js";
import { language, moment, size, speak, t } from "../text.js";

/** @param {HTMLElement} main */
export async function settingsScreen(main) {
  const [pull, synced, look, layout, room] = [
    await store.get("setting", "pull"),
    await store.get("setting", "synced"),
    (await store.get("setting", "look")) ?? "auto",
    (await store.get("setting", "layout")) ?? "sections",
    await store.room(),
  ];
  const kept = await navigator.storage?.persisted?.();
  /** @param {string} name @param {string} legend @param {string} now @param {[string, string][]} choices */
  const choose = (name, legend, now, choices) =>
    h(
      "fieldset",
      null,
      h("legend", null, legend),
      choices.map(([value, label]) =>
        h("label", { class: "choice" }, h("input", { type: "radio", name, value, checked: value === now, onchange: () => set(name, value) }), h("span", null, label)),
      ),
    );
  /** @param {string} name @param {string} value */
  async function set(name, value) {
    await store.put("setting", value, name);
    if (name === "language") {
      // Forms have the texts of one language: those of the other are fetched.
      await speak(value);
      sync();
    }
    dispatchEvent(new Event("ntm-show"));
  }
  fill(
    main,
    h("header", { class: "top" }, h("a", { class: "icon", href: "#/", "aria-label": t("back") }, "‹"), h("h1", null, t("settings"))),
    pull?.collector && h("p", null, t("setting_name", { name: pull.collector })),
    h("p", null, synced ? t("last_sync", { at: moment(synced) }) : t("never_sync")),
    h("button", { type: "button", onclick: () => syncAll() }, t("send_now")),
    h("a", { class: "row", href: "#/export" }, t("export_title")),
    (await store.lock()) && h("a", { class: "row", href: "#/pin" }, t("lock_change")),
    choose("language", t("setting_language"), language(), [["vi", "Tiếng Việt"], ["en", "English"]]),
    choose("look", t("setting_look"), look, [["auto", t("look_auto")], ["light", t("look_light")], ["dark", t("look_dark")]]),
    choose("layout", t("setting_layout"), layout, [["sections", t("layout_sections")], ["page", t("layout_page")]]),
    h("p", { class: "hint" }, t("setting_storage", { used: size(room.used), free: Number.isFinite(room.free) ? size(room.free) : "?" })),
    h("p", { class: "hint" }, t(kept ? "setting_kept" : "setting_unkept")),
    install.offer && [h("button", { type: "button", class: "second", onclick: () => install.offer.prompt() }, t("add_home")), h("p", { class: "hint" }, t("add_home_hint"))],
  );
  return {};
}
