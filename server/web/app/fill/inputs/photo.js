// Photos from the camera, scaled down, and other files.
import { fill, h } from "../../dom.js";
import { scaled } from "../photo.js";
import { file } from "../../records.js";
import * as store from "../../store.js";
import { size, t } from "../../text.js";

/** @type {Record<string, string>} */
const accepts = { image: "image/*", audio: "audio/*", video: "video/*" };

/** @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function files({ item: asked, session, id, answer, describe, label }) {
  let item = asked;
  const isPhoto = item.type === "image";
  const element = h("div", { class: "photo" });
  let address = "";
  let drawn = "";

  /** @param {boolean} camera */
  const picker = (camera) =>
    h("input", {
      type: "file",
      class: "hidden",
      tabindex: -1,
      "aria-hidden": "true",
      accept: accepts[item.type],
      capture: camera ? "environment" : null,
      onchange: (/** @type {any} */ event) => session.during(take(event.target.files[0])),
    });
  /** @param {File | undefined} chosen */
  async function take(chosen) {
    if (!chosen) return;
    const { free } = await store.room();
    if (free < store.LEAST_ROOM) return show(t("storage_full"));
    fill(element, h("p", { role: "status" }, t("photo_working")));
    try {
      const bytes = isPhoto ? await scaled(chosen, item.parameters ?? {}) : chosen;
      const ending = isPhoto ? "jpg" : (/\.(\w{1,5})$/.exec(chosen.name)?.[1] ?? "bin").toLowerCase();
      const now = await session.keep(item.key, bytes, ending);
      if (!now) return;
      item = now;
      await draw();
      answer(item.value);
    } catch (fault) {
      const words = store.isFull(fault) ? "storage_full" : "photo_bad";
      // Another screen is shown by now, which has to say it.
      if (!element.isConnected) throw Object.assign(new Error(words), { words });
      await show(t(words));
    }
  }
  /** @param {string} problem */
  async function show(problem) {
    await draw();
    element.prepend(h("p", { class: "error", role: "alert" }, problem));
  }
  async function draw() {
    drawn = `${item.value} ${item.readonly}`;
    const bytes = item.value ? await file(session.record, item.value) : undefined;
    if (address) URL.revokeObjectURL(address);
    address = bytes && isPhoto ? URL.createObjectURL(bytes) : "";
    const button = (/** @type {string} */ words, /** @type {boolean} */ camera, /** @type {string} */ look) => {
      const input = picker(camera);
      return [h("button", { type: "button", id: camera === isPhoto ? id : null, class: look, "aria-describedby": describe, onclick: () => input.click() }, words), input];
    };
    fill(
      element,
      address && h("img", { src: address, alt: t("photo_alt", { label }) }),
      bytes && h("p", { class: "hint" }, isPhoto ? t("photo_size", { size: size(bytes.size) }) : t("file_kept", { name: item.value, size: size(bytes.size) })),
      item.value && !bytes && h("p", { class: "hint" }, item.value),
      !item.value && item.readonly && h("p", { class: "hint" }, t("no_answer")),
      !item.readonly && isPhoto && button(item.value ? t("photo_again") : t("photo_take"), true, item.value ? "second" : "plain"),
      !item.readonly && button(isPhoto ? t("photo_pick") : t("file_pick"), false, "second"),
      !item.readonly && item.value && h("button", { type: "button", class: "second", onclick: () => answer("") }, t("photo_drop")),
    );
  }
  draw();
  return {
    element,
    group: true,
    follow(now) {
      item = now;
      if (`${now.value} ${now.readonly}` !== drawn) draw();
    },
    focus: () => element.querySelector("button")?.focus(),
  };
}
