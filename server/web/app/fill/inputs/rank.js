// Putting choices in order.
import { fill, h } from "../../dom.js";
import { t } from "../../text.js";

/** @param {import("./index.js").Asked} asked @returns {import("./index.js").Input} */
export function rank({ item: asked, answer }) {
  let item = asked;
  const list = h("ol", { class: "rank" });
  const order = () => {
    const all = item.choices();
    const said = item.value.split(" ").filter(Boolean);
    const at = (/** @type {any} */ one) => (said.includes(one.value) ? said.indexOf(one.value) : all.length + all.indexOf(one));
    return [...all].sort((a, b) => at(a) - at(b));
  };
  /** @param {number} from @param {number} to */
  function move(from, to) {
    const next = order();
    next.splice(to, 0, ...next.splice(from, 1));
    answer(next.map((one) => one.value).join(" "));
  }
  function draw() {
    const now = order();
    const button = (/** @type {number} */ i, /** @type {number} */ to, /** @type {string} */ sign, /** @type {string} */ words) =>
      h("button", { type: "button", class: "small", "aria-label": words, disabled: item.readonly || to < 0 || to >= now.length, onclick: () => move(i, to) }, sign);
    fill(list, now.map((one, i) => h("li", null, h("span", null, one.label), button(i, i - 1, "▲", t("up", { what: one.label })), button(i, i + 1, "▼", t("down", { what: one.label })))));
  }
  draw();
  return {
    element: list,
    group: true,
    follow(now) {
      item = now;
      draw();
    },
  };
}
