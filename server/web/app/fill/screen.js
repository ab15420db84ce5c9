// Filling a form in: its sections, the questions of one, an instance of a repeat, and the end. A sent
// form is shown the same way, to look at.
import { confirmed, fill, h, say } from "../dom.js";
import * as records from "../records.js";
import { mending, returnedOf } from "./returned.js";
import { above, nameOf, screenOf, sections } from "./sections.js";
import { Changed, resume, trouble } from "./session.js";
import * as store from "../store.js";
import { sync } from "../sync.js";
import { number, size, t } from "../text.js";
import { group, instance, note, question, repeat } from "./question.js";

/** The form that is open: it stays while one goes from section to section. @type {import("./session.js").Session | null} */
let session = null;
/** A question to go to on the next screen. */
let jump = "";
/** What the next screen says first. */
let first = "";

/** @param {HTMLElement} main @param {string} id @param {string} at blank for the sections, `end`, a section or an instance */
export async function fillScreen(main, id, at) {
  await session?.saving;
  const record = await records.get(id);
  const readOnly = record?.state !== "draft";
  const told = first;
  first = "";
  if (!record || (at === "end" && readOnly)) {
    // Back, after it was handed in: there is nothing to hand in any more.
    location.replace(record ? homeOf(record) : "#/");
    if (told) say(told);
    return {};
  }
  // What another tab did to it meanwhile is seen, too.
  if (session?.record.id !== id || session.readOnly !== readOnly || session.known !== record.changed) {
    try {
      session = await resume(record);
    } catch {
      fill(main, head(t("broken_draft"), homeOf(record)), h("p", { class: "error", role: "alert" }, t("broken_draft")));
      return {};
    }
  }
  if (!session) {
    fill(main, head(record.title, homeOf(record)), h("p", { class: "error", role: "alert" }, t("older_form")));
    return {};
  }
  const now = session;
  const back = await returnedOf(now.record);
  const whole = (await store.get("setting", "layout")) === "page";
  const bar = h("p", { class: "error", role: "alert", hidden: !told }, told);
  now.onsaved = (fault) => {
    bar.hidden = !fault;
    if (!fault) return say(t("saved"));
    if (fault instanceof Changed) {
      if (session !== now) return;
      session = null;
      first = t("changed_elsewhere");
      return again();
    }
    const locked = fault instanceof store.Locked;
    fill(bar, t(trouble(fault)), h("button", { type: "button", onclick: () => (locked ? again() : now.save()) }, t(locked ? "lock_open" : "save_again")));
  };
  const low = await store.room();
  const warning = low.free < store.LEAST_ROOM * 4 && h("p", { class: "note" }, t("storage_low", { size: size(low.free) }));
  if (at === "end") end(main, now, bar);
  else if (at === "" && !whole) overview(main, now, bar, warning, back);
  else page(main, now, bar, at, back);
  if (readOnly && at === "") {
    const actions = await mending(now.record, back);
    if (back) bar.after(actions);
    else main.append(actions);
  }
  if (told) bar.scrollIntoView({ block: "center" });
  // The PIN was asked for before: what could not be saved now can be.
  if (now.dirty) now.save();
  return {};
}

/** Draws the screen anew, after the PIN where it is needed. */
const again = () => void dispatchEvent(new Event("ntm-show"));

/** @param {records.Record} record */
function homeOf(record) {
  if (record.form === "visit" && record.commune) return `#/c/${record.commune}`;
  return record.household ? `#/h/${encodeURIComponent(record.household)}` : "#/";
}

/** @param {import("./session.js").Session} now @param {string} [at] */
function address(now, at) {
  return `#/f/${now.record.id}${at ? `/${encodeURIComponent(at)}` : ""}`;
}

/** @param {string} title @param {string} to */
function head(title, to) {
  return h("header", { class: "top" }, h("a", { class: "icon", href: to, "aria-label": t("back") }, "‹"), h("h1", null, title));
}

/** @param {any} back */
const asksFor = (back) => (/** @type {string} */ ref) => (back?.fields ?? []).includes(ref.replace(/\[\d+\]/g, "")) ? back.reason : "";

/** The sections, each with how far it has come. @param {HTMLElement} main @param {import("./session.js").Session} now @param {any} bar @param {any} warning @param {any} back */
function overview(main, now, bar, warning, back) {
  const all = sections(now.filling);
  const { asked, answered, missing } = now.filling.progress();
  const wished = asksFor(back);
  fill(
    main,
    head(now.record.title, homeOf(now.record)),
    bar, warning,
    now.readOnly && h("p", { class: "note" }, t("read_only")),
    back && !now.readOnly && h("p", { class: "note back" }, t("reviewer", { reason: back.reason })),
    h("p", { class: "hint", id: "progress" }, words(asked, answered, missing)),
    h("progress", { max: Math.max(1, asked), value: answered, "aria-labelledby": "progress" }),
    h("h2", null, t("sections")),
    h(
      "nav",
      { "aria-label": t("sections") },
      all.map((part) =>
        h(
          "a",
          { class: "row", href: address(now, part.id) },
          h("span", null, part.title, h("small", null, words(part.asked, part.answered, part.missing))),
          h(
            "span",
            { class: `badge ${part.missing ? "draft" : part.answered ? "sent" : ""}`, "aria-hidden": "true" },
            part.items.some((item) => item.ref && wished(item.ref)) ? "↩" : part.missing ? number(part.missing) : part.answered ? "✔" : "–",
          ),
        ),
      ),
    ),
    !now.readOnly && h("div", { class: "bottom" }, h("a", { class: "button", href: address(now, "end") }, t("finish_check"))),
  );
}

/** @param {number} asked @param {number} answered @param {number} missing */
function words(asked, answered, missing) {
  const rest = missing > 0 ? t("progress_missing", { n: missing }) : t("progress_done");
  return `${t("progress", { answered, asked })} · ${rest}`;
}

/** The questions of a section, of an instance, or all. @param {HTMLElement} main @param {import("./session.js").Session} now @param {any} bar @param {string} at @param {any} back */
function page(main, now, bar, at, back) {
  const { filling } = now;
  const inside = at.startsWith("/") && filling.get(at)?.kind === "instance" ? filling.get(at) : null;
  const key = inside?.key;
  const title = h("h1", null);
  const body = h("div", { class: "questions" });
  const bottom = h("div", { class: "bottom" });
  /** @type {Map<string, import("./question.js").Block>} */
  const blocks = new Map();
  const around = { session: now, refresh, reviewed: asksFor(back) };

  /** What is to be shown, each with the name of its block. */
  function items() {
    if (inside) return filling.questions(refNow());
    const all = sections(filling);
    return at === "" ? all.flatMap((part) => part.items) : (all.find((part) => part.id === at)?.items ?? []);
  }
  // Instances move up when one before them goes.
  function refNow() {
    const same = filling.questions().find((/** @type {any} */ item) => item.kind === "instance" && item.key === key);
    return same?.ref ?? at;
  }
  function refresh() {
    /** @type {Element[]} */
    const wanted = [];
    const seen = new Set();
    const list = items();
    /** @type {any[]} */
    const repeats = [];
    const put = (/** @type {string} */ name, /** @type {any} */ item, /** @type {() => import("./question.js").Block} */ make) => {
      const old = blocks.get(name);
      if (old) old.follow(item);
      else blocks.set(name, make());
      seen.add(name);
      wanted.push(/** @type {import("./question.js").Block} */ (blocks.get(name)).element);
    };
    const closeRepeat = (/** @type {any} */ item) => {
      if (!item.canAdd || now.readOnly) return;
      put(`add ${item.ref}`, item, () => adder(item));
    };
    for (let i = 0; i < list.length; i += 1) {
      const item = now.readOnly ? { ...list[i], readonly: true } : list[i];
      while (repeats.length && item.depth <= repeats[repeats.length - 1].depth && !belongs(item, repeats[repeats.length - 1])) closeRepeat(repeats.pop());
      const name = `${item.kind} ${item.key ?? item.ref}`;
      if (item.kind === "question") put(name, item, () => question(item, around));
      else if (item.kind === "note") put(name, item, () => note(item));
      else if (item.kind === "group") item.label && put(name, item, () => group(item));
      else if (item.kind === "repeat") {
        repeats.push(item);
        put(name, item, () => repeat(item));
      } else {
        const label = repeats[repeats.length - 1]?.label ?? "";
        put(name, item, () => instance(item, around, label, open));
        // What is in it stands on its own screen.
        while (i + 1 < list.length && list[i + 1].ref.startsWith(`${item.ref}/`)) i += 1;
      }
    }
    while (repeats.length) closeRepeat(repeats.pop());
    for (const name of [...blocks.keys()]) if (!seen.has(name)) blocks.delete(name);
    arrange(wanted);
    titles();
  }
  /** Puts elements in order without touching those that are in place: what has the focus keeps it. @param {Element[]} wanted */
  function arrange(wanted) {
    const keep = new Set(wanted);
    for (const child of [...body.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((element, i) => {
      if (body.children[i] !== element) body.insertBefore(element, body.children[i] ?? null);
    });
  }
  /** @param {any} item @returns {import("./question.js").Block} */
  function adder(item) {
    const add = () => {
      const said = filling.addRepeat(item.ref);
      if (said.code !== "ok") return;
      now.save();
      open(said.ref);
    };
    const element = h("button", { type: "button", class: "second", onclick: add }, t("add", { what: item.label.toLocaleLowerCase() }));
    return { element, follow: () => {}, focus: () => element.focus() };
  }
  /** @param {string} ref */
  function open(ref) {
    location.hash = address(now, ref);
  }
  function titles() {
    const label = labelOfRepeat(now, refNow());
    title.textContent = inside
      ? nameOf(filling, filling.get(refNow()) ?? inside, label).name
      : at === "" ? now.record.title : (sections(filling).find((part) => part.id === at)?.title ?? "");
  }
  async function take() {
    const { name } = nameOf(filling, inside, labelOfRepeat(now, refNow()));
    const upper = above(filling, refNow());
    if (!(await confirmed(t("remove_sure", { name }), t("remove", { name }), t("keep")))) return;
    filling.removeRepeat(refNow());
    await now.save();
    location.hash = address(now, upper);
  }
  function buttons() {
    if (inside) return [h("a", { class: "button", href: address(now, above(filling, refNow())) }, t("done"))];
    const all = sections(filling);
    const next = at === "" ? undefined : all[all.findIndex((part) => part.id === at) + 1];
    if (next) return [h("button", { type: "button", onclick: forward }, t("next"))];
    if (now.readOnly) return [h("a", { class: "button", href: at === "" ? homeOf(now.record) : address(now) }, t("done"))];
    return [h("button", { type: "button", onclick: forward }, at === "" ? t("finish_check") : t("next"))];
  }
  // What the next section is, is known when one goes there.
  function forward() {
    const all = sections(filling);
    const next = at === "" ? undefined : all[all.findIndex((part) => part.id === at) + 1];
    location.hash = address(now, next?.id ?? "end");
  }
  const up = inside ? address(now, above(filling, at)) : at === "" ? homeOf(now.record) : address(now);
  fill(main, h("header", { class: "top" }, h("a", { class: "icon", href: up, "aria-label": t("back") }, "‹"), title), bar, body, bottom);
  refresh();
  fill(bottom, buttons());
  if (inside?.canRemove && !now.readOnly) {
    // Apart from what the thumb reaches for.
    const what = labelOfRepeat(now, refNow()).toLocaleLowerCase();
    bottom.before(h("button", { type: "button", class: "danger", onclick: take }, t("remove", { name: what })));
  }
  if (jump) {
    const item = filling.get(jump);
    const block = item && blocks.get(`question ${item.key}`);
    jump = "";
    setTimeout(() => block?.focus(), 0);
  }
}

/** Whether an item is an instance of a repeat, or within one. @param {any} item @param {any} repeat */
function belongs(item, repeat) {
  return item.ref.startsWith(`${repeat.ref}[`);
}

/** @param {import("./session.js").Session} now @param {string} ref of an instance */
function labelOfRepeat(now, ref) {
  const path = ref.replace(/\[\d+\]$/, "");
  const item = now.filling.questions().find((/** @type {any} */ one) => one.kind === "repeat" && one.ref === path);
  return item?.label ?? "";
}

/** The end: what is still wrong, or done. @param {HTMLElement} main @param {import("./session.js").Session} now @param {any} bar */
function end(main, now, bar) {
  const found = h("div", { role: "alert" });
  const { asked, answered, missing } = now.filling.progress();
  const button = h("button", { type: "button", onclick: finish }, t("finish"));
  async function finish() {
    button.disabled = true;
    try {
      const findings = await now.finish();
      if (findings.length > 0) return list(findings);
      if (session === now) session = null;
      sync();
      // Back does not come here again; who has gone on stays there.
      if (location.hash === address(now, "end")) location.replace(homeOf(now.record));
      say(t("finished"));
    } catch (fault) {
      now.dirty = true;
      now.onsaved(fault);
      bar.scrollIntoView({ block: "center" });
    } finally {
      button.disabled = false;
    }
  }
  /** @param {any[]} findings */
  function list(findings) {
    fill(
      found,
      h(
        "section",
        { class: "findings" },
        h("h2", null, t("finding_title", { n: findings.length })),
        h("ul", null, findings.map(finding)),
      ),
    );
  }
  /** @param {any} one */
  function finding(one) {
    const screen = screenOf(now.filling, one.ref);
    const inside = screen.startsWith("/") && now.filling.get(screen);
    const where = inside && inside.kind === "instance" ? nameOf(now.filling, inside, labelOfRepeat(now, screen)).name : inside?.label;
    const link = h("a", { href: address(now, screen), onclick: () => (jump = one.ref) }, one.label || one.ref);
    return h("li", null, link, h("small", null, [where, one.message].filter(Boolean).join(" · ")));
  }
  fill(
    main,
    head(t("finish_check"), address(now)),
    bar,
    h("p", null, words(asked, answered, missing)),
    found,
    h("div", { class: "bottom" }, button),
  );
  const wrong = now.check();
  if (wrong.length > 0) list(wrong);
}
