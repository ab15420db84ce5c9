// My work: households by village, with what is to do, begun, waiting, sent and returned.
import { confirmed, fill, h } from "../dom.js";
import * as records from "../records.js";
import { roster, search } from "../roster.js";
import * as store from "../store.js";
import { number, t } from "../text.js";

/** Households shown of a search at most. */
const HITS = 20;
const STATES = /** @type {const} */ (["todo", "draft", "returned", "waiting", "sent"]);

/** What the list was filtered by stays while the app is open. */
const view = { typed: "", state: "", open: /** @type {Set<string>} */ (new Set()) };

/** The state of a household: what a person has to do about it. @param {records.Record[]} own @param {boolean} returned */
export function stateOf(own, returned) {
  const first = records.leading(own);
  if (first?.state === "draft") return "draft";
  if (first?.state === "refused" || first?.state === "waiting") return "waiting";
  if (returned) return "returned";
  if (!first || first.state === "erased") return "todo";
  return first.state === "answers" && first.want?.length ? "waiting" : "sent";
}

/** Records by household, and the households that came back. */
export async function work() {
  /** @type {Map<string, records.Record[]>} */
  const own = new Map();
  for (const record of await records.all()) {
    if (!own.has(record.household)) own.set(record.household, []);
    own.get(record.household)?.push(record);
  }
  const pull = await store.get("setting", "pull");
  const back = new Map();
  for (const one of pull?.returned ?? []) {
    const mine = own.get(one.household ?? "") ?? [];
    // A fix that is on its way, or begun, speaks for it.
    const fixed = mine.some((record) => record.edits === one.instance_id && record.state !== "draft");
    // Found by the household, and by the form where it is about none that is listed.
    if (!fixed) back.set(one.household ?? one.instance_id, one).set(one.instance_id, one);
  }
  return { own, back, pull };
}

/** Whether a form is about a household of the roster. @param {any} form */
export function isAboutHousehold(form) {
  return form.files.some((/** @type {any} */ file) => file.name === "households.csv");
}

/** @param {HTMLElement} main */
export async function homeScreen(main) {
  const list = h("div", { class: "list" });
  const filters = h("div", { class: "filters", role: "group", "aria-label": t("home_title") });
  const hits = h("p", { class: "hint", role: "status" });
  const box = h("input", {
    ...{ type: "search", id: "search", value: view.typed, autocomplete: "off", placeholder: t("home_search"), "aria-label": t("home_search") },
    oninput: () => {
      view.typed = box.value;
      drawList();
    },
  });
  const top = h("p", { class: "hint" });
  const [communes, others] = [h("section"), h("section")];
  fill(
    main,
    h("header", { class: "top" }, h("h1", null, t("home_title")), h("a", { class: "icon", href: "#/settings", "aria-label": t("settings") }, "⚙")),
    top, communes, box, filters, hits, list, others,
  );
  let known = await gather();

  async function gather() {
    const [{ own, back, pull }, all] = [await work(), await roster()];
    // What this collector sent from another phone is done, too.
    const received = new Set(pull?.received ?? []);
    const state = new Map(
      all.households.map((one) => {
        const mine = (own.get(one.id) ?? []).filter((record) => !records.isPast(record, one));
        const now = stateOf(mine, back.has(one.id));
        return [one.id, now === "todo" && received.has(one.id) ? "sent" : now];
      }),
    );
    return { own, back, pull, all, state };
  }
  function draw() {
    const { all, state, pull } = known;
    // A team asks no household.
    box.hidden = filters.hidden = list.hidden = Boolean(pull?.team) && all.households.length === 0;
    top.textContent = (pull?.rounds ?? []).map((/** @type {any} */ round) => round.name).join(" · ");
    const counts = Object.fromEntries(STATES.map((one) => [one, 0]));
    for (const one of state.values()) counts[one] += 1;
    // Nothing is in that state any more: its button is gone, and so would be the way out.
    if (view.state !== "todo" && !counts[view.state]) view.state = "";
    fill(
      filters,
      ["", ...STATES].filter((one) => !one || counts[one] || one === "todo").map((one) =>
        h(
          "button",
          { type: "button", class: "chip", "aria-pressed": String(view.state === one), onclick: () => filter(one) },
          `${one ? t(/** @type {any} */ (one)) : t("all")} `,
          h("b", null, number(one ? counts[one] : all.households.length)),
        ),
      ),
    );
    drawList();
  }
  function drawList() {
    const { all, state } = known;
    const fitting = (/** @type {any} */ household) => !view.state || state.get(household.id) === view.state;
    if (view.typed.trim()) {
      const found = search(all.households, view.typed).filter(fitting);
      hits.textContent = t("home_hits", { n: found.length });
      fill(
        list,
        rows(found.slice(0, HITS), true),
        found.length > HITS && h("p", { class: "hint" }, t("home_more", { n: found.length - HITS })),
        found.length === 0 && h("p", { class: "hint" }, t("home_none")),
      );
    } else {
      hits.textContent = "";
      villages(all.households.filter(fitting));
    }
  }
  /** @param {string} one */
  function filter(one) {
    view.state = view.state === one ? "" : one;
    draw();
    /** @type {any} */ (filters.querySelector('[aria-pressed="true"]'))?.focus();
  }
  /** @param {import("../roster.js").Household[]} households */
  function villages(households) {
    const { all, state } = known;
    /** @type {Map<string, import("../roster.js").Household[]>} */
    const byVillage = new Map();
    for (const one of households) {
      if (!byVillage.has(one.village)) byVillage.set(one.village, []);
      byVillage.get(one.village)?.push(one);
    }
    const done = (/** @type {string} */ id) => ["sent", "waiting"].includes(state.get(id) ?? "");
    const blocks = [...byVillage].map(([village, own]) => {
      const place = all.villages.get(village);
      const inside = h("div");
      const finished = own.filter((one) => done(one.id)).length;
      const open = view.open.has(village) || byVillage.size === 1;
      const block = h(
        "details",
        {
          open,
          class: "village",
          ontoggle: () => {
            if (block.open) view.open.add(village);
            else view.open.delete(village);
            // Rows of a village are made when somebody looks.
            if (block.open && !inside.firstChild) fill(inside, rows(own, false));
          },
        },
        h("summary", null, h("span", null, place?.label ?? village, h("small", null, all.communes.get(place?.commune ?? "") ?? "")), h("b", null, view.state ? t("home_hits", { n: own.length }) : t("home_total", { done: finished, all: own.length }))),
        inside,
      );
      if (open) fill(inside, rows(own, false));
      return block;
    });
    fill(list, blocks, blocks.length === 0 && h("p", { class: "hint" }, all.households.length ? t("home_none") : t("home_empty")));
  }
  /** @param {import("../roster.js").Household[]} some @param {boolean} where */
  function rows(some, where) {
    const { state, all } = known;
    return some.map((one) => {
      const now = state.get(one.id) ?? "todo";
      const village = where ? all.villages.get(one.village)?.label : "";
      return h(
        "a",
        { class: "row", href: `#/h/${encodeURIComponent(one.id)}` },
        h("span", null, `${one.code} · ${one.head}`, village && h("small", null, village)),
        badge(now),
      );
    });
  }
  async function drawCommunes() {
    const kept = await store.get("setting", "communes");
    if (kept) (await import("./team.js")).ownCommunes(communes, kept.said);
  }
  function drawOthers() {
    const { pull, own, back, all } = known;
    const forms = pull?.forms ?? [];
    const loose = [...own.values()].flat().filter((record) => !all.byId.has(record.household) && record.state !== "erased");
    loose.sort((a, b) => b.changed - a.changed);
    const lost = [...new Set(back.values())].filter((one) => !all.byId.has(one.household ?? ""));
    const titleOf = (/** @type {any} */ one) =>
      (loose.find((record) => record.instanceID === one.instance_id) ?? forms.find((/** @type {any} */ form) => form.id === one.form))?.title ?? one.form;
    fill(
      others,
      (forms.length > 0 || loose.length > 0) && h("h2", null, t("home_other")),
      lost.map((one) => h("p", { class: "note" }, h("b", null, titleOf(one)), " · ", t("returned_because", { reason: one.reason }))),
      loose.flatMap((record) => row(record, back)),
      forms.map((/** @type {any} */ form) =>
        h(
          "button",
          { type: "button", class: "second", onclick: () => open(form) },
          isAboutHousehold(form) ? t("home_off_list") : t("home_new", { title: form.title }),
        ),
      ),
    );
  }
  draw();
  drawOthers();
  await drawCommunes();
  return {
    changed: async () => {
      known = await gather();
      draw();
      drawOthers();
      await drawCommunes();
    },
  };
}

/** A filled-in form that has no page of its own, and what lets go of it while it is a draft. @param {records.Record} record @param {Map<string, any>} back */
export const row = (record, back) => [
  h("a", { class: "row", href: `#/f/${record.id}` }, h("span", null, record.title), badge(stateOf([record], back.has(record.instanceID)))),
  record.state === "draft" && h("div", { class: "actions" }, dropButton(record)),
];

/** Deletes a draft, after asking. @param {records.Record} record */
export const dropButton = (record) => h(
  "button",
  { type: "button", class: "danger", onclick: async () => (await confirmed(t("drop_sure", { name: record.title }), t("drop_yes"), t("keep"))) && records.drop([record]) },
  t("drop"),
);

/** A state in a word and a sign, never in colour alone. @param {string} state */
export function badge(state) {
  const sign = { todo: "○", draft: "✎", returned: "↩", waiting: "⇡", sent: "✔" }[state] ?? "";
  return h("span", { class: `badge ${state}` }, h("span", { "aria-hidden": "true" }, `${sign} `), t(/** @type {any} */ (state)));
}

/** Begins a form about no household of the list. @param {any} form */
async function open(form) {
  const { begin, go } = await import("../fill/session.js");
  go(() => begin(form, null));
}
