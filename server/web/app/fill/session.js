// A form being filled in: the engine, and a draft that is saved at every answer.
import { Filling, load, readCsv } from "../../engine/index.js";
import * as records from "../records.js";
import * as store from "../store.js";
import { language } from "../text.js";

/** Compiled forms, made once. @type {Map<string, any>} */
const forms = new Map();

/** The form of a version, compiled; null when the phone has it not. @param {string} id @param {string} version */
export async function formOf(id, version) {
  const key = `${id}/${version}`;
  if (!forms.has(key)) {
    const json = await store.get("form", key);
    if (!json) return null;
    forms.set(key, await load(json));
  }
  return forms.get(key);
}

/** Tables of files by hash: read once. @type {Map<string, any>} */
const tables = new Map();

/**
 * The tables a form reads, as the engine takes them. The form's version may be older than what is on
 * offer: then the files of the newer one are used.
 * @param {string} form
 */
async function tablesOf(form) {
  const pull = await store.get("setting", "pull");
  const offered = (pull?.forms ?? []).find((/** @type {any} */ one) => one.id === form);
  /** @type {Record<string, any>} */
  const out = {};
  for (const { name, md5 } of offered?.files ?? []) {
    if (!name.endsWith(".csv")) continue;
    if (!tables.has(md5)) tables.set(md5, readCsv((await store.get("file", md5)) ?? ""));
    out[name.slice(0, -4)] = tables.get(md5);
  }
  return out;
}

const entropy = () => crypto.getRandomValues(new BigUint64Array(1))[0];
const newInstance = () => `uuid:${crypto.randomUUID()}`;

async function device() {
  return { deviceid: (await store.get("setting", "device")) ?? "", username: "", phonenumber: "", email: "" };
}

/** @param {any} form @param {any} begin */
async function filling(form, begin) {
  const tables = await tablesOf(form.id);
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
  const made = await filling(form, { instanceID });
  /** @type {records.Record} */
  const record = {
    ...{ id: crypto.randomUUID(), form: form.id, version: form.version, title: household?.label ?? offered.title },
    ...{ household: household?.id ?? "", village: household?.village ?? "", commune: household?.commune ?? "" },
    ...{ state: "draft", instanceID, files: [], created: Date.now(), changed: Date.now() },
  };
  const session = new Session(record, made);
  if (household) session.place(household);
  await session.save();
  return session;
}

/** An edit of a record that was sent. @param {records.Record} old */
export async function edit(old) {
  const form = await formOf(old.form, old.version);
  if (!form) return null;
  const instanceID = newInstance();
  const made = await filling(form, { instanceID, edit: old.xml });
  const { form: id, version, title, household, village, commune } = old;
  /** @type {records.Record} */
  const record = {
    ...{ id: crypto.randomUUID(), form: id, version, title, household, village, commune },
    ...{ state: "draft", instanceID, edits: old.instanceID, prev: old.id, files: [...old.files] },
    ...{ created: Date.now(), changed: Date.now() },
  };
  const session = new Session(record, made);
  await session.save();
  return session;
}

/** Opens a draft; what was sent, to look at. @param {records.Record} record */
export async function resume(record) {
  const form = await formOf(record.form, record.version);
  if (!form) return null;
  const made =
    record.state === "draft"
      ? await filling(form, { restore: record.snapshot })
      : await filling(form, { instanceID: newInstance(), edit: record.xml });
  return new Session(record, made);
}

export class Session {
  /** @param {records.Record} record @param {any} filling */
  constructor(record, filling) {
    this.record = record;
    this.filling = filling;
    this.readOnly = record.state !== "draft";
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
    this.saving = this.saving.then(async () => {
      if (!this.dirty) return;
      this.dirty = false;
      try {
        const name = this.filling.name();
        const record = { ...this.record, snapshot: this.filling.snapshot(), changed: Date.now() };
        if (name) record.title = name;
        const place = this.about();
        Object.assign(record, place);
        Object.assign(this.record, { title: record.title, changed: record.changed, ...place });
        await records.save(record);
        this.onsaved(null);
      } catch (fault) {
        this.dirty = true;
        this.onsaved(fault);
      }
    });
    return this.saving;
  }

  /** The household, village and commune the answers name. */
  about() {
    const root = this.filling.form.fields[0].name;
    const said = (/** @type {string} */ name) => this.filling.value(`/${root}/${name}`) || "";
    return { household: said("household"), village: said("village"), commune: said("commune") };
  }

  /** @param {string} ref @param {string} value */
  set(ref, value) {
    const said = this.filling.set(ref, value);
    if (said.code === "ok") this.save();
    return said;
  }

  /** Keeps a photo or another file, then answers with its name. @param {string} ref @param {Blob} bytes @param {string} ending */
  async keep(ref, bytes, ending) {
    const before = this.filling.value(ref);
    const name = `${Date.now()}${String(this.record.files.length)}.${ending}`;
    await records.keepFile(this.record, name, bytes);
    const said = this.set(ref, name);
    if (said.code !== "ok") this.record.files = this.record.files.filter((file) => file.name !== name);
    else if (before) this.record.files = this.record.files.filter((file) => file.name !== before);
    await this.save();
    return said;
  }

  /** Ends it: what is wrong, or nothing once it is saved and waits to be sent. @returns {Promise<any[]>} */
  async finish() {
    await this.saving;
    const said = this.filling.finish();
    if (said.code !== "ok") return said.findings;
    const named = new Set(this.filling.attachments().map((/** @type {any} */ file) => file.name));
    const files = this.record.files.filter((file) => named.has(file.name));
    const { snapshot, ...rest } = this.record;
    await records.save({ ...rest, files, xml: said.xml, state: "waiting", finished: Date.now(), changed: Date.now() });
    this.readOnly = true;
    return [];
  }
}
