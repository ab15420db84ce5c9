// Days, months, years, times.
import { h } from "../../dom.js";
import { t } from "../../text.js";

/** A day; or a month or a year, where the form asks for no more. @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function date({ item, id, answer, describe }) {
  const look = item.appearance ?? "";
  if (/month-year|year/.test(look)) return partial({ item, id, answer, describe }, /month-year/.test(look));
  const input = h("input", {
    ...{ id, type: "date", max: "9999-12-31", "aria-describedby": describe, readonly: item.readonly },
    value: item.error?.value || item.value,
    onchange: () => answer(input.value),
  });
  return {
    element: input,
    follow(now) {
      if (document.activeElement !== input && !now.error) input.value = now.value;
    },
    focus: () => input.focus(),
  };
}

/** @param {Pick<import("./index.js").Asked, "item" | "id" | "answer" | "describe">} asked @param {boolean} withMonth @returns {import("./index.js").Input} */
function partial({ item, id, answer, describe }, withMonth) {
  const parts = (/** @type {string} */ value) => ({ year: value.slice(0, 4), month: value.slice(5, 7) });
  const now = parts(item.error?.value || item.value);
  const month = h(
    "select",
    { id, "aria-describedby": describe, "aria-label": t("month"), disabled: item.readonly, onchange: said },
    h("option", { value: "" }, t("month")),
    Array.from({ length: 12 }, (_, i) => {
      const value = String(i + 1).padStart(2, "0");
      return h("option", { value, selected: value === now.month }, value);
    }),
  );
  const year = h("input", {
    ...{ id: withMonth ? null : id, type: "text", inputmode: "numeric", maxlength: 4, placeholder: t("year"), "aria-label": t("year") },
    ...{ "aria-describedby": describe, readonly: item.readonly, value: now.year, onchange: said, class: "number" },
  });
  const error = h("p", { class: "error", role: "alert", hidden: true }, t(withMonth ? "month_half" : "year_half"));
  /** Half a month is no answer, and not the one before either. */
  let half = false;
  function said() {
    const [y, m] = [year.value.trim(), withMonth ? month.value : "01"];
    const whole = /^\d{4}$/.test(y) && m;
    half = !whole && Boolean(y || (withMonth && m));
    if (!half) error.hidden = true;
    answer(whole ? `${y}-${m}-01` : "");
  }
  /** What is kept: an answer that has to be given is not taken back. */
  let kept = item.value;
  /** @param {string} value */
  function put(value) {
    month.value = parts(value).month;
    year.value = parts(value).year;
  }
  function left(/** @type {any} */ event) {
    if (element.contains(event.relatedTarget)) return;
    error.hidden = !half;
    if (!half || !kept) return;
    // The screen shows what is sent.
    half = false;
    put(kept);
    answer(kept);
  }
  const element = h("div", { onfocusout: left }, h("div", { class: "pair" }, withMonth && month, year), error);
  return {
    element,
    group: true,
    follow(now) {
      kept = now.value;
      if (!half && !now.error && !element.contains(document.activeElement)) put(kept);
    },
    focus: () => (withMonth ? month : year).focus(),
  };
}

/** @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function time({ item, id, answer, describe }) {
  const full = item.type === "datetime";
  const zone = "+07:00";
  const shown = (/** @type {string} */ value) => value.slice(0, full ? 16 : 5);
  const input = h("input", {
    ...{ id, type: full ? "datetime-local" : "time", "aria-describedby": describe, readonly: item.readonly },
    value: shown(item.value),
    onchange: () => answer(input.value && `${input.value}:00.000${zone}`),
  });
  return {
    element: input,
    follow(now) {
      if (document.activeElement !== input && !now.error) input.value = shown(now.value);
    },
    focus: () => input.focus(),
  };
}
