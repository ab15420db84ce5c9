// A form's screens: its sections, the instances of repeats, and which of them a question stands on.
import { t } from "../text.js";

/**
 * @typedef {{id: string, title: string, items: any[], asked: number, answered: number, missing: number}} Section
 */

/** The sections: each group right below the root, and what stands between them. @param {any} filling @returns {Section[]} */
export function sections(filling) {
  /** @type {Section[]} */
  const out = [];
  /** @type {Section | null} */
  let now = null;
  let last = 0;
  let loose = 0;
  for (const item of filling.questions()) {
    const top = item.depth === 0;
    if (top && (item.kind === "group" || item.kind === "repeat")) {
      now = section(item.ref, item.label || item.name);
      out.push(now);
      last = item.field;
      if (item.kind === "group") continue;
    } else if (top && item.kind !== "instance" && (!now || !now.id.startsWith("@"))) {
      now = section(`@${last}`, loose === 0 ? t("general") : item.label);
      loose += 1;
      out.push(now);
    }
    if (!now) continue;
    now.items.push(item);
    count(now, item);
  }
  return out;
}

/** @param {string} id @param {string} title @returns {Section} */
function section(id, title) {
  return { id, title, items: [], asked: 0, answered: 0, missing: 0 };
}

/** @param {{asked: number, answered: number, missing: number}} sum @param {any} item */
export function count(sum, item) {
  if (item.kind !== "question") return;
  sum.asked += 1;
  if (item.value !== "") sum.answered += 1;
  else if (item.required) sum.missing += 1;
}

/** The screen a question stands on: the innermost instance around it, or its section. @param {any} filling @param {string} ref */
export function screenOf(filling, ref) {
  let around = "";
  for (const part of sections(filling)) {
    for (const item of part.items) {
      if (item.ref === ref) return around || part.id;
      if (item.kind === "instance" && ref.startsWith(`${item.ref}/`)) around = item.ref;
    }
  }
  return "";
}

/** The screen above an instance: the instance around it, or its section. @param {any} filling @param {string} ref */
export function above(filling, ref) {
  return screenOf(filling, ref) === ref ? "" : screenOf(filling, ref);
}

/** What an instance is called: its first text, or its place. @param {any} filling @param {any} instance @param {string} label */
export function nameOf(filling, instance, label) {
  const inside = filling.questions(instance.ref).filter((/** @type {any} */ item) => item.kind === "question");
  const first = inside.find((/** @type {any} */ item) => item.type === "text" && item.value);
  const few = inside.filter((/** @type {any} */ item) => item.value && item !== first && item.choices).slice(0, 3);
  const words = few.map((/** @type {any} */ item) => labelOf(item, item.value)).filter(Boolean);
  const sum = { asked: 0, answered: 0, missing: 0 };
  for (const item of inside) count(sum, item);
  return { name: first?.value || t("person", { what: label, n: instance.index }), words: words.join(" · "), missing: sum.missing };
}

/** @param {any} item @param {string} value */
function labelOf(item, value) {
  return item.choices().find((/** @type {any} */ choice) => choice.value === value)?.label ?? "";
}
