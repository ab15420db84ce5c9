// One question on the screen: label, hint, what is wrong, and its input; and one card of a repeat.
import { fill, fresh, h } from "../dom.js";
import { inputFor } from "./inputs/index.js";
import { nameOf } from "./sections.js";
import { t } from "../text.js";

/**
 * @typedef {{element: HTMLElement, follow: (item: any) => void, focus: () => void}} Block
 * @typedef {{session: import("./session.js").Session, refresh: () => void, reviewed: (ref: string) => string}} Around
 */

/** @param {any} item @param {Around} around @returns {Block} */
export function question(item, { session, refresh, reviewed }) {
  const id = fresh();
  const [hint, error, label, note] = [
    h("p", { class: "hint", id: `${id}h` }),
    h("p", { class: "error", id: `${id}e`, role: "alert" }),
    h("span", { class: "label", id: `${id}l` }),
    h("p", { class: "note", id: `${id}n` }),
  ];
  const must = h("small", null);
  const input = inputFor({
    item,
    session,
    id,
    label: item.label,
    describe: `${id}h ${id}e ${id}n`,
    answer: (value) => {
      const said = session.set(session.asked(item.key)?.ref ?? "", value);
      refresh();
      return said.code === "ok";
    },
  });
  const head = input.group ? h("legend", null, label, must) : h("label", { for: id, class: "ask" }, label, must);
  const element = h(
    input.group ? "fieldset" : "div",
    { class: "question", "aria-describedby": input.group ? `${id}h ${id}e ${id}n` : null },
    head, hint, note, error, input.element,
  );
  /** @param {any} now */
  function follow(now) {
    Object.assign(item, { ref: now.ref });
    label.textContent = now.label;
    must.textContent = now.required && now.value === "" && !now.readonly ? ` (${t("required")})` : "";
    show(hint, [now.hint, now.guidance].filter(Boolean).join("\n"));
    const wish = reviewed(now.ref);
    show(note, wish && t("reviewer", { reason: wish }));
    show(error, now.error?.message ?? "");
    element.classList.toggle("wrong", Boolean(now.error));
    element.querySelectorAll("input, textarea, select").forEach((/** @type {Element} */ one) => {
      if (now.error) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    });
  }
  follow(item);
  return {
    element,
    follow(now) {
      follow(now);
      input.follow?.(now);
    },
    focus: () => {
      element.scrollIntoView({ block: "center" });
      input.focus?.();
    },
  };
}

/** @param {HTMLElement} element @param {string} text */
function show(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = !text;
}

/** @param {any} item @returns {Block} */
export function note(item) {
  const element = h("p", { class: "note" }, item.label);
  return { element, follow: (now) => void (element.textContent = now.label), focus: () => {} };
}

/** @param {any} item @returns {Block} */
export function group(item) {
  const element = h("h2", null, item.label);
  return { element, follow: (now) => show(element, now.label), focus: () => {} };
}

/** The head of a repeat, and after its instances the way to add one. @param {any} item @returns {Block} */
export function repeat(item) {
  const element = h("h2", null);
  const follow = (/** @type {any} */ now) => show(element, `${now.label} (${now.count})`);
  follow(item);
  return { element, follow, focus: () => {} };
}

/** @param {any} item @param {Around} around @param {string} label @param {(ref: string) => void} open @returns {Block} */
export function instance(item, { session }, label, open) {
  const element = h("button", { type: "button", class: "row", onclick: () => open(item.ref) });
  function follow(/** @type {any} */ now) {
    Object.assign(item, { ref: now.ref });
    const { name, words, missing } = nameOf(session.filling, now, label);
    const rest = missing > 0 && !session.readOnly ? t("progress_missing", { n: missing }) : words;
    fill(element, h("span", null, name, rest && h("small", null, rest)), h("span", { "aria-hidden": "true" }, "›"));
  }
  follow(item);
  return { element, follow, focus: () => element.focus() };
}
