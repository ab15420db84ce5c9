// A form that was handed in: what a reviewer says of it, and mending it.
import { h } from "../dom.js";
import * as records from "../records.js";
import { edit, go } from "./session.js";
import * as store from "../store.js";
import { t } from "../text.js";

/** What a reviewer wants done about it. @param {records.Record} record */
export async function returnedOf(record) {
  const pull = await store.get("setting", "pull");
  return (pull?.returned ?? []).find((/** @type {any} */ one) => one.instance_id === (record.state === "draft" ? record.edits : record.instanceID));
}

/** What can be done about a form that was handed in. @param {records.Record} record @param {any} back */
export async function mending(record, back) {
  const next = (await records.all()).filter((one) => one.prev === record.id && one.state !== "erased");
  const draft = next.find((one) => one.state === "draft");
  const why = back?.decision === "rejected" ? "rejected_because" : "returned_because";
  return h(
    "div",
    { class: "actions" },
    back && next.every((one) => one === draft) && h("p", { class: "note back" }, t(why, { reason: back.reason })),
    record.message && h("p", { class: "error" }, t("server_says", { text: record.message })),
    draft && h("a", { class: "button", href: `#/f/${draft.id}` }, t("go_on")),
    !draft && next.length > 0 && h("p", { class: "hint" }, t("replaced")),
    next.length === 0 && h("button", { type: "button", class: back ? null : "second", onclick: () => go(() => edit(record)) }, t(back ? "fix" : "edit")),
  );
}
