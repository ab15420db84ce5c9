// One or several of a list, as rows for a thumb; a long list is searched.
import { fill, h } from "../../dom.js";
import { plain, t } from "../../text.js";

/** A list longer than this is searched; so many rows are shown before one types, and after. */
const [LONG, FEW, MANY] = [10, 8, 30];

/** @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function choices({ item: asked, id, answer, describe }) {
  const several = asked.type === "select_multiple";
  let item = asked;
  let typed = "";
  // A long list folds away once one is chosen.
  let open = !asked.value;
  const rows = h("div", { class: "choices" });
  const search = h("input", {
    ...{ type: "search", placeholder: t("filter"), "aria-label": t("filter"), autocomplete: "off" },
    "aria-describedby": describe,
    oninput: () => {
      typed = search.value;
      draw();
    },
  });
  const element = h("div", null, search, rows);

  const chosen = () => item.value.split(" ").filter(Boolean);
  function draw() {
    const all = item.choices();
    const long = all.length > LONG;
    const folded = long && !several && !open;
    search.hidden = !long || folded;
    const words = plain(typed).split(/\s+/).filter(Boolean);
    const fits = (/** @type {any} */ one) => words.every((word) => plain(one.label).includes(word));
    const now = chosen();
    const found = folded ? all.filter((/** @type {any} */ one) => now.includes(one.value)) : all.filter(fits);
    // Chosen ones stay in sight.
    found.sort((/** @type {any} */ a, /** @type {any} */ b) => (long ? Number(now.includes(b.value)) - Number(now.includes(a.value)) : 0));
    const most = long && words.length === 0 ? FEW : MANY;
    const seen = long ? found.slice(0, most) : found;
    fill(
      rows,
      seen.map(row),
      folded && !item.readonly && h("button", { type: "button", class: "second", onclick: reopen }, t("change")),
      !folded && found.length > seen.length && h("p", { class: "hint" }, t("more_choices", { n: found.length - seen.length })),
      found.length === 0 && h("p", { class: "hint" }, t("none_found")),
    );
  }
  /** @param {any} choice @param {number} i */
  function row(choice, i) {
    const input = h("input", {
      type: several ? "checkbox" : "radio",
      name: id,
      id: i === 0 ? id : null,
      value: choice.value,
      checked: chosen().includes(choice.value),
      disabled: item.readonly,
      onchange: () => pick(choice.value, input.checked),
      // A choice tapped again is taken back, where an answer may be left out.
      onclick: () => !several && !item.required && chosen().includes(choice.value) && pick("", true),
    });
    return h("label", { class: "choice" }, input, h("span", null, choice.label));
  }
  /** @param {string} value @param {boolean} on */
  function pick(value, on) {
    if (!several) {
      open = value === "";
      typed = search.value = "";
      answer(value);
      return;
    }
    const order = item.choices().map((/** @type {any} */ one) => one.value);
    const now = new Set(chosen());
    if (on) now.add(value);
    else now.delete(value);
    answer(order.filter((/** @type {string} */ one) => now.has(one)).join(" "));
  }
  function reopen() {
    open = true;
    draw();
    search.focus();
  }
  draw();
  /** @param {any} at */
  const stamp = (at) => JSON.stringify([at.value, at.readonly, at.choices().map((/** @type {any} */ c) => c.label)]);
  let drawn = stamp(item);
  return {
    element,
    group: true,
    follow(now) {
      item = now;
      const next = stamp(now);
      if (next === drawn) return;
      drawn = next;
      const focused = /** @type {HTMLInputElement | null} */ (document.activeElement);
      const value = rows.contains(focused) ? focused?.value : undefined;
      draw();
      // Drawn anew under the keyboard's finger: it goes on where it was.
      for (const input of rows.querySelectorAll("input")) if (input.value === value) input.focus();
    },
    focus: () => (search.hidden ? rows.querySelector("input") : search)?.focus(),
  };
}
