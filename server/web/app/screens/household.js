// One household: what was filled in about it, and what can be done.
import { fill, h } from "../dom.js";
import * as records from "../records.js";
import { roster } from "../roster.js";
import { moment, t } from "../text.js";
import { dropButton, isAboutHousehold, work } from "./home.js";

/** How far a record has come, in words. @param {records.Record} record */
export function stateWords(record) {
  if (record.state === "answers" && !record.want?.length) return t("state_missing");
  return t(/** @type {any} */ (`state_${record.state}`), { n: record.want?.length ?? 0 });
}

/** @param {HTMLElement} main @param {string} id */
export async function householdScreen(main, id) {
  const here = location.hash;
  await draw();
  async function draw() {
    const [all, { own, back, pull }] = [await roster(), await work()];
    const household = all.byId.get(id);
    const isPast = (/** @type {records.Record} */ record) => records.isPast(record, household);
    const mine = (own.get(id) ?? []).filter((record) => record.state !== "erased");
    mine.sort((a, b) => Number(isPast(a)) - Number(isPast(b)) || b.changed - a.changed);
    const returned = back.get(id);
    const village = household && all.villages.get(household.village)?.label;
    const commune = household && all.communes.get(household.commune);
    const forms = (pull?.forms ?? []).filter(isAboutHousehold);
    const replaced = new Set(mine.map((record) => record.prev));
    // Another screen is shown by now.
    if (location.hash !== here) return;
    fill(
      main,
      h("header", { class: "top" }, h("a", { class: "icon", href: "#/", "aria-label": t("back") }, "‹"), h("h1", null, household?.head ?? t("household", { code: id }))),
      household && h("p", { class: "hint" }, [t("household", { code: household.code }), village, commune].filter(Boolean).join(" · ")),
      household?.members && h("p", { class: "hint" }, t("household_members", { n: Number(household.members) })),
      !household && h("p", null, t("household_off")),
      returned && come(returned, mine, household, forms),
      mine.map((record) => card(record, replaced.has(record.id), returned?.instance_id === record.instanceID, isPast(record))),
      household &&
        h(
          "div",
          { class: "actions" },
          forms.filter((/** @type {any} */ form) => !mine.some((record) => record.form === form.id && !isPast(record))).map((/** @type {any} */ form) =>
            h("button", { type: "button", onclick: () => start(form, household) }, t("start")),
          ),
        ),
    );
  }
  /** @param {any} returned @param {records.Record[]} mine @param {any} household @param {any[]} forms */
  function come(returned, mine, household, forms) {
    const old = mine.find((record) => record.instanceID === returned.instance_id);
    const begun = mine.find((record) => record.state === "draft" && record.edits === returned.instance_id);
    const form = forms.find((one) => one.id === returned.form);
    const words = returned.decision === "rejected" ? "rejected_because" : "returned_because";
    return h(
      "section",
      { class: "note back" },
      h("p", null, h("b", null, t(words, { reason: returned.reason }))),
      !old && h("p", null, t("returned_gone")),
      old && !begun && h("button", { type: "button", onclick: () => change(old) }, t("fix")),
      begun && h("a", { class: "button", href: `#/f/${begun.id}` }, t("go_on")),
      !old && !begun && form && household && h("button", { type: "button", onclick: () => start(form, household) }, t("again")),
    );
  }
  /** @param {records.Record} record @param {boolean} replaced @param {boolean} returned @param {boolean} past */
  function card(record, replaced, returned, past) {
    const draft = record.state === "draft";
    return h(
      "section",
      { class: "card" },
      h("p", null, h("b", null, stateWords(record))),
      past && h("p", { class: "hint" }, t("past_round")),
      record.finished && h("p", { class: "hint" }, t("times", { at: moment(record.finished) })),
      record.message && h("p", { class: "error" }, t("server_says", { text: record.message })),
      replaced && h("p", { class: "hint" }, t("replaced")),
      h(
        "div",
        { class: "actions" },
        h("a", { class: draft ? "button" : "button second", href: `#/f/${record.id}` }, draft ? t("go_on") : t("view")),
        !draft && !replaced && !returned && h("button", { type: "button", class: "second", onclick: () => change(record) }, t("edit")),
        draft && dropButton(record),
      ),
    );
  }
  /** @param {any} form @param {any} household */
  async function start(form, household) {
    const { begin, go } = await import("../fill/session.js");
    go(() => begin(form, household));
  }
  /** @param {records.Record} record */
  async function change(record) {
    const { edit, go } = await import("../fill/session.js");
    go(() => edit(record));
  }
  return { changed: draw };
}
