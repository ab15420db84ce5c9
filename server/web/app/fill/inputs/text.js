// Letters and numbers.
import { h } from "../../dom.js";
import { number, t } from "../../text.js";

/** Milliseconds without a key before what was typed is saved. */
const PAUSE = 400;

/** @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function text({ item, id, answer, describe, label }) {
  const isNumber = item.type === "integer" || item.type === "decimal";
  const long = !isNumber && /multiline/.test(item.appearance ?? "");
  const money = isNumber && /nghìn đồng|thousand VND/.test(label);
  const echo = money && h("p", { class: "echo", "aria-live": "polite" });
  const input = h(long ? "textarea" : "input", {
    id,
    type: long ? null : "text",
    inputmode: { integer: "numeric", decimal: "decimal", phonenumber: "tel", email: "email" }[/** @type {string} */ (item.type)],
    rows: long ? 3 : null,
    autocomplete: "off",
    autocapitalize: isNumber ? "off" : "sentences",
    class: isNumber ? "number" : null,
    "aria-describedby": describe,
    value: shown(item),
    readonly: item.readonly,
    oninput: typed,
    onchange: left,
  });
  /** @type {any} */
  let timer = 0;
  const plain = () => {
    const value = input.value.trim();
    return isNumber ? value.replace(/[.\s](?=\d{3}(\D|$))/g, "").replace(",", ".") : value;
  };
  function typed() {
    clearTimeout(timer);
    timer = setTimeout(() => answer(plain()), PAUSE);
    said();
  }
  function left() {
    clearTimeout(timer);
    answer(plain());
    said();
  }
  function said() {
    if (echo) echo.textContent = inWords(Number(plain() || NaN));
  }
  said();
  return {
    element: echo ? h("div", null, input, echo) : input,
    follow(now) {
      input.readOnly = now.readonly;
      // What is being typed, and what was refused, stays as it is.
      if (document.activeElement !== input && !now.error) input.value = shown(now);
      said();
    },
    focus: () => input.focus(),
  };
}

/** @param {any} item */
function shown(item) {
  const value = item.error?.value ?? item.value;
  return item.type === "decimal" ? value.replace(".", ",") : value;
}

/** Thousands of VND as people say them. @param {number} thousands */
function inWords(thousands) {
  if (!Number.isFinite(thousands) || thousands <= 0) return "";
  if (thousands >= 1e6) return t("in_money", { text: t("billion", { n: number(thousands / 1e6) }) });
  if (thousands >= 1e3) return t("in_money", { text: t("million", { n: number(thousands / 1e3) }) });
  return t("in_money", { text: t("thousand", { n: thousands }) });
}

/** A scale to move along; nothing is answered before it was touched. @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function range({ item, id, answer, describe }) {
  const { start = "0", end = "10", step = "1" } = item.parameters ?? {};
  const said = h("output", { for: id }, item.value || t("no_answer"));
  const input = h("input", {
    ...{ id, type: "range", min: start, max: end, step, "aria-describedby": describe, disabled: item.readonly },
    value: item.value || start,
    oninput: () => (said.textContent = input.value),
    onchange: () => answer(input.value),
  });
  return { element: h("div", null, input, said), focus: () => input.focus() };
}

/** @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function acknowledge({ item, id, answer, describe }) {
  const input = h("input", {
    ...{ id, type: "checkbox", "aria-describedby": describe, checked: item.value === "OK", disabled: item.readonly },
    onchange: () => answer(input.checked ? "OK" : ""),
  });
  return {
    element: h("label", { class: "choice" }, input, h("span", null, t("yes_acknowledge"))),
    group: true,
    follow: (now) => void (input.checked = now.value === "OK"),
    focus: () => input.focus(),
  };
}

/** What this app cannot ask. @returns {import("./index.js").Input} */
export function elsewhere() {
  return { element: h("p", { class: "hint" }, t("elsewhere")), group: true };
}
