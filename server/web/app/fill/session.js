// A form being filled in: the engine, and a draft that is saved at every answer.
import { Filling, load, readCsv } from "../../engine/index.js";
import { h, place } from "../dom.js";
import * as records from "../records.js";
import * as store from "../store.js";
import { language, t } from "../text.js";

/** Compiled forms, made once. @type {Map<string, any>} */
const forms = new Map();

/** The form of a version, compiled; null when the phone has it not. @param {string} id @param {string} version */
export async function formOf(id, version) {
  const json = await store.get("form", `${id}/${version}`);
  if (!json) return null;
  const key = `${id}/${version}/${json.language}`;
  if (!forms.has(key)) forms.set(key, await load(json));
  return forms.get(key);
}

/** Tables of files by hash: read once. @type {Map<string, any>} */
const tables = new Map();

/**
 * The lists a form reads, by name, as they are on offer now.
 * @param {string} form @returns {Promise<Record<string, string>>}
 */
async function listsOf(form) {
  const pull = await store.get("setting", "pull");
  const { files = [] } = (pull?.forms ?? []).find((/** @type {any} */ one) => one.id === form) ?? {};
  const lists = files.filter((/** @type {any} */ file) => file.name.endsWith(".csv"));
  return Object.fromEntries(lists.map((/** @type {any} */ { name, md5 }) => [name.slice(0, -4), md5]));
}

/**
 * The tables a form reads, as the engine takes them: those a record was begun with, as long as they are
 * here. With the lists of today what was answered could mean another round, or none.
 * @param {string} form @param {Record<string, string>} [lists] the record's
 */
async function tablesOf(form, lists) {
  const offered = await listsOf(form);
  /** @type {Record<string, any>} */
  const out = {};
  for (const [name, now] of Object.entries({ ...offered, ...lists })) {
    for (const md5 of [now, offered[name]]) {
      const text = md5 && !tables.has(md5) && (await store.get("file", md5));
      if (text) tables.set(md5, readCsv(text));
      // One that is not here is left out: an empty one would say that nothing answered is on it.
      if (tables.has(md5)) out[name] ??= tables.get(md5);
    }
  }
  return out;
}

const entropy = () => crypto.getRandomValues(new BigUint64Array(1))[0];
const newInstance = () => `uuid:${crypto.randomUUID()}`;

async function device() {
  return { deviceid: (await store.get("setting", "device")) ?? "", username: "", phonenumber: "", email: "" };
}

/** @param {any} form @param {any} begin @param {Record<string, string>} [lists] */
async function filling(form, begin, lists) {
  const tables = await tablesOf(form.id, lists);
  const known = { tables, clock: Date.now, entropy: entropy(), device: await device(), language: languageOf(form) };
  return new Filling(form, { ...known, ...begin });
}

/** The form's language that is spoken here. @param {any} form */
function languageOf(form) {
  const mine = (form.languages ?? []).find((/** @type {string} */ name) => name.includes(`(${language()})`) || name === language());
  return mine ? (/\(([\w-]+)\)/.exec(mine)?.[1] ?? mine) : language();
}

/**
 * A new record of a form, about a household of the roster where there is one.
 * @param {{id: string, version: string, title: string}} offered
 * @param {import("../roster.js").Household | null} household
 */
export async function begin(offered, household) {
  const form = await formOf(offered.id, offered.version);
  if (!form) return null;
  const instanceID = newInstance();
  const lists = await listsOf(form.id);
  const made = await filling(form, { instanceID }, lists);
  /** @type {records.Record} */
  const record = {
    ...{ id: crypto.randomUUID(), form: form.id, version: form.version, title: household?.label ?? offered.title },
    ...{ household: household?.id ?? "", village: household?.village ?? "", commune: household?.commune ?? "" },
    ...{ state: "draft", instanceID, files: [], lists, created: Date.now(), changed: 0 },
  };
  const session = new Session(record, made);
  if (household) session.place(household);
  await session.write();
  return session;
}

/** An edit of a record that was sent. @param {records.Record} old */
export async function edit(old) {
  const form = await formOf(old.form, old.version);
  if (!form) return null;
  const instanceID = newInstance();
  const lists = old.lists ?? (await listsOf(form.id));
  const made = await filling(form, { instanceID, edit: old.xml }, lists);
  const { form: id, version, title, household, village, commune, round } = old;
  /** @type {records.Record} */
  const record = {
    ...{ id: crypto.randomUUID(), form: id, version, title, household, village, commune, round },
    ...{ state: "draft", instanceID, edits: old.instanceID, prev: old.id, files: [...old.files], lists },
    ...{ created: Date.now(), changed: 0 },
  };
  const session = new Session(record, made);
  await session.write();
  return session;
}

/** Whether a form is just being made: who taps twice wants one. */
let making = false;

/** Goes to the form that `make` makes; why there is none, it says. @param {() => Promise<Session | null>} make */
export async function go(make) {
  if (making) return;
  making = true;
  try {
    const made = await make();
    if (made) location.hash = `#/f/${made.record.id}`;
    else complain("older_form");
  } catch (fault) {
    if (fault instanceof store.Locked) dispatchEvent(new Event("ntm-show"));
    else complain(trouble(fault));
  } finally {
    making = false;
  }
}

/** @param {import("../text.js").Key} words */
function complain(words) {
  place("trouble")?.remove();
  const said = h("p", { class: "error", role: "alert", id: "trouble" }, t(words));
  place("main").prepend(said);
  said.scrollIntoView({ block: "center" });
}

/** What to say when something could not be saved. @param {any} fault @returns {import("../text.js").Key} */
export function trouble(fault) {
  if (fault.words) return fault.words;
  if (fault instanceof store.Locked) return "not_saved_locked";
  return store.isFull(fault) ? "not_saved" : "not_saved_other";
}

/** Opens a draft; what was sent, to look at. @param {records.Record} record */
export async function resume(record) {
  const form = await formOf(record.form, record.version);
  if (!form) return null;
  // Begun by an older app: from now on with the lists of today.
  if (record.state === "draft") record.lists ??= await listsOf(form.id);
  const how = record.state === "draft" ? { restore: record.snapshot } : { instanceID: newInstance(), edit: record.xml };
  return new Session(record, await filling(form, how, record.lists));
}

/** Another tab changed the draft, handed it in or deleted it. */
export class Changed extends Error {}

export class Session {
  /** @param {records.Record} record @param {any} filling */
  constructor(record, filling) {
    this.record = record;
    this.filling = filling;
    this.readOnly = record.state !== "draft";
    /** When the record was changed, as it is kept; 0 before it is. */
    this.known = record.changed;
    /** Photos that are being made smaller: the end waits for them. @type {Promise<any>} */
    this.taking = Promise.resolve();
    /** The end, while it runs. @type {Promise<any[]> | null} */
    this.ending = null;
    /** What the screen does when a draft was saved, or could not be. @type {(fault: any) => void} */
    this.onsaved = () => {};
    /** @type {Promise<void>} */
    this.saving = Promise.resolve();
    this.dirty = false;
  }

  /** Answers what the roster knows: household, village, commune stand by name below the root. @param {import("../roster.js").Household} household */
  place(household) {
    const root = this.filling.form.fields[0].name;
    for (const name of ["commune", "village", "on_roster", "household"]) {
      const item = this.filling.get(`/${root}/${name}`);
      if (!item) continue;
      const value = { commune: household.commune, village: household.village, on_roster: "yes", household: household.id }[name];
      this.filling.set(item.ref, value ?? "");
    }
  }

  /** Saves once what is there now; what comes meanwhile is saved after that. */
  save() {
    if (this.readOnly) return this.saving;
    this.dirty = true;
    if (this.ending) return this.saving;
    this.saving = this.saving.then(async () => {
      if (!this.dirty) return;
      this.dirty = false;
      try {
        await this.write();
        this.onsaved(null);
      } catch (fault) {
        this.dirty = true;
        this.onsaved(fault);
      }
    });
    return this.saving;
  }

  /** Saves the draft; throws what the storage says, or `Changed`. */
  async write() {
    const about = this.about();
    await this.put({ ...this.record, ...about, snapshot: this.filling.snapshot() }, records.save);
    Object.assign(this.record, about);
  }

  /** Keeps the record unless another tab was quicker. @param {records.Record} record @param {(record: records.Record) => Promise<void>} keep */
  put(record, keep) {
    const work = async () => {
      const there = await records.get(record.id);
      if ((there?.changed ?? 0) !== this.known || (there && there.state !== "draft")) throw new Changed();
      const changed = Math.max(Date.now(), this.known + 1);
      await keep({ ...record, changed });
      this.record.changed = this.known = changed;
    };
    return navigator.locks ? navigator.locks.request("ntm-draft", work) : work();
  }

  /** What lists show of it: how it is called, and the household, village, commune and round the answers name. */
  about() {
    const root = this.filling.form.fields[0].name;
    const said = (/** @type {string} */ name) => this.filling.value(`/${root}/${name}`) || "";
    const { filling, record } = this;
    // A name made of answers that are not there yet is none.
    const title = [filling.name(), record.title].find((one) => /[\p{L}\p{N}]/u.test(one)) ?? filling.form.title;
    return { title, household: said("household"), village: said("village"), commune: said("commune"), round: said("round") };
  }

  /** @param {string} ref @param {string} value */
  set(ref, value) {
    const said = this.filling.set(ref, value);
    if (said.code === "ok") this.save();
    return said;
  }

  /** A question as it stands now, or nothing: an instance before it, or its own, may have gone. @param {number} key */
  asked(key) {
    return this.filling.questions().find((/** @type {any} */ one) => one.kind === "question" && one.key === key);
  }

  /** Keeps a photo or another file, then answers with its name; the question as it is then. @param {number} key @param {Blob} bytes @param {string} ending */
  async keep(key, bytes, ending) {
    const name = `${Date.now()}${String(this.record.files.length)}.${ending}`;
    await records.keepFile(this.record, name, bytes);
    const ref = this.asked(key)?.ref ?? "";
    const before = this.filling.value(ref);
    const said = this.set(ref, name);
    if (said.code !== "ok") this.record.files = this.record.files.filter((file) => file.name !== name);
    else if (before) this.record.files = this.record.files.filter((file) => file.name !== before);
    await this.save();
    return this.asked(key);
  }

  /** Has the end wait for a photo. One that fails when nobody sees it any more is told. @param {Promise<any>} photo */
  during(photo) {
    const both = [this.taking, photo];
    const mine = (this.taking = Promise.allSettled(both).then(() => Promise.all(both)));
    mine.catch((fault) => {
      if (this.taking !== mine) return;
      this.taking = Promise.resolve();
      if (!this.ending) this.onsaved(fault);
    });
  }

  /** What still stands in the way: also what was typed and refused, for the answer before it stays. @returns {any[]} */
  check() {
    const refused = this.filling.questions().filter((/** @type {any} */ one) => one.error && one.error.value !== one.value && !one.readonly);
    /** @type {any[]} */
    const said = refused.map((/** @type {any} */ one) => ({ ...one, ...one.error }));
    const found = this.filling.check().filter((/** @type {any} */ one) => !said.some((other) => other.key === one.key));
    for (const { key, error } of said) this.filling.errors.set(key, error);
    return [...said, ...found];
  }

  /** Ends it, once: what is wrong, or nothing when it is saved and waits to be sent. Throws as `write`. @returns {Promise<any[]>} */
  finish() {
    this.ending ??= this.end().finally(() => {
      this.ending = null;
      // What was answered meanwhile.
      if (this.dirty) this.save();
    });
    return this.ending;
  }

  /** @returns {Promise<any[]>} */
  async end() {
    for (let before; before !== this.taking; ) await (before = this.taking);
    await this.saving;
    if (this.readOnly) return [];
    const found = this.check();
    if (found.length > 0) return found;
    const said = this.filling.finish();
    const named = new Set(this.filling.attachments().map((/** @type {any} */ file) => file.name));
    const files = this.record.files.filter((file) => named.has(file.name));
    const { snapshot, ...rest } = this.record;
    await this.put({ ...rest, ...this.about(), files, xml: said.xml, state: "waiting", finished: Date.now() }, records.finish);
    this.readOnly = true;
    return [];
  }
}
