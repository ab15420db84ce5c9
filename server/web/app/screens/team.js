// A helper team's communes: how each stands, when the team was there, what is in its way; logging a visit.
import { fill, h } from "../dom.js";
import * as records from "../records.js";
import * as store from "../store.js";
import { moment, t } from "../text.js";
import { row, work } from "./home.js";

/** The form that visits are logged with. */
const FORM = "visit";

/** A day as it is written here. @param {string} day */
const written = (day) => day.split("-").reverse().join("/");
/** Days from one day to a later one. @param {string} from @param {string} to */
const between = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 864e5);
/** Today, as the phone has it. */
const today = () => new Date().toLocaleDateString("sv");

/** The team's communes among a collector's work. @param {HTMLElement} place @param {any} said */
export function ownCommunes(place, said) {
  fill(
    place,
    h("h2", null, t("team_title")),
    said.communes.map((/** @type {any} */ one) =>
      h(
        "a",
        { class: "row", href: `#/c/${one.commune}` },
        h("span", null, one.commune_name, h("small", null, summary(one))),
        one.due <= today() && h("span", { class: "badge draft" }, `! ${t("team_due")}`),
      ),
    ),
    said.communes.length === 0 && h("p", { class: "hint" }, t("team_no_communes")),
  );
}

/** @param {any} one */
function summary({ standing, difficulties }) {
  const hard = difficulties.length ? ` · ${t("team_hard", { n: difficulties.length })}` : "";
  if (!standing) return t("team_unscored") + hard;
  return t("team_open", { no: standing.not_met.length, unsure: standing.undecided.length }) + hard;
}

/** @param {HTMLElement} main @param {string} id */
export async function communeScreen(main, id) {
  const here = location.hash;
  await draw();
  async function draw() {
    const kept = await store.get("setting", "communes");
    const one = kept?.said.communes.find((/** @type {any} */ commune) => commune.commune === id);
    const { back, pull } = await work();
    const mine = (await records.all()).filter((record) => record.form === FORM && record.commune === id && record.state !== "erased");
    const form = pull?.forms.find((/** @type {any} */ offered) => offered.id === FORM);
    // Another screen is shown by now.
    if (location.hash !== here) return;
    fill(
      main,
      h("header", { class: "top" }, h("a", { class: "icon", href: "#/", "aria-label": t("back") }, "‹"), h("h1", null, one?.commune_name ?? t("team_gone"))),
      one && about(one, kept),
      mine.length > 0 && h("h2", null, t("team_mine")),
      mine.sort((a, b) => b.changed - a.changed).flatMap((record) => row(record, back)),
      one && h("div", { class: "bottom" }, form ? h("button", { type: "button", onclick: () => log(form, id) }, t("team_log")) : h("p", { class: "hint" }, t("team_no_form"))),
    );
  }
  return { changed: draw };
}

/** What is known of a commune. @param {any} one @param {any} kept */
function about({ teams, last, due, standing, difficulties }, { said, at }) {
  const roles = teams.map((/** @type {any} */ { name, role, since }) => h("p", { class: "hint" }, t(role === "lead" ? "team_lead" : "team_support", { name, day: written(since) })));
  /** @param {string[]} ids @param {"not_met" | "undecided"} verdict */
  const list = (ids, verdict) => ids.length > 0 && [
    h("h2", null, t(`team_${verdict}`, { n: ids.length })),
    h("ul", { class: "plain" }, ids.map((id) => h("li", null, h("span", { class: `badge ${verdict === "not_met" ? "returned" : "draft"}`, "aria-hidden": "true" }, verdict === "not_met" ? "✖ " : "? "), `${id}. ${said.criteria[id]}`))),
  ];
  const parts = [
    roles,
    h("p", { class: "hint" }, t("team_fetched", { at: moment(at) }), standing?.made_up && h("b", null, ` · ${t("made_up")}`)),
    h("p", due <= today() ? { class: "note back" } : null, last ? t("team_last", { day: written(last.day), by: last.by }) : t("team_never"), " ", t(due <= today() ? "team_overdue" : "team_until", { day: written(due) })),
    standing ? h("p", null, h("b", null, t("team_met", { n: standing.total - standing.not_met.length - standing.undecided.length, all: standing.total })), h("small", null, standing.round)) : h("p", null, t("team_unscored")),
    standing && [list(standing.not_met, "not_met"), list(standing.undecided, "undecided")],
    h("h2", null, t("team_difficulties", { n: difficulties.length })),
    difficulties.map((/** @type {any} */ hard) => {
      const late = between(hard.deadline, today());
      return h(
        "section",
        { class: "card" },
        h("p", null, h("b", null, hard.about[0].toUpperCase() + hard.about.slice(1)), ` · ${hard.description}`),
        h("p", { class: "hint" }, t("team_told", { day: written(hard.day), n: Math.max(0, between(hard.day, today())), owner: hard.owner })),
        h("p", late > 0 ? { class: "error" } : null, t(late > 0 ? "team_late" : "team_deadline", { day: written(hard.deadline), n: late })),
      );
    }),
  ];
  return parts.flat(2);
}

/** Begins a visit form about the commune. @param {any} form @param {string} commune */
async function log(form, commune) {
  const about = { id: "", label: form.title, village: "", commune };
  const { begin, go } = await import("../fill/session.js");
  go(() => begin(form, /** @type {any} */ (about)));
}
