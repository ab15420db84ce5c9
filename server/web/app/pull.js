// Fetching what there is to do: forms, rosters, returned forms, and whom to forget.
import { ask } from "./api.js";
import * as records from "./records.js";
import * as store from "./store.js";
import { language } from "./text.js";

/** Asks the server what is new, and fetches what the phone has not. Throws as `ask` does. */
export async function pull() {
  await pullWork();
  await pullCommunes();
}

/** What a helper team's phone shows of its communes; nobody else's asks. */
async function pullCommunes() {
  const before = await store.get("setting", "communes");
  if (!(await store.get("setting", "pull"))?.team) return before && store.remove("setting", "communes");
  /** @type {Record<string, string>} */
  const known = before ? { "if-none-match": before.etag } : {};
  const answer = await ask("/api/v1/phone/communes", { headers: known });
  const { etag, said } = answer.status === 304 ? before : { etag: answer.headers.get("etag"), said: await answer.json() };
  await store.put("setting", { etag, said, at: Date.now() }, "communes");
  records.changes.dispatchEvent(new Event("change"));
}

/** The server's history that the phone knows: of what it pulled last, or kept when that had to go. */
export const knownEpoch = async () => (await store.get("setting", "pull"))?.epoch ?? store.get("setting", "epoch");

async function pullWork() {
  // It may be another one when an answer comes.
  const spoken = language();
  const before = await store.get("setting", "pull");
  const forgotten = before?.forgotten ?? 0;
  /** @type {Record<string, string>} */
  const known = before?.etag && before.language === spoken ? { "if-none-match": before.etag } : {};
  const answer = await ask(`/api/v1/phone/pull?forgotten=${forgotten}`, { headers: known, patience: 60_000 });
  if (answer.status === 304) return;
  const said = await answer.json();
  const pin = said.rounds.some((/** @type {any} */ round) => round.pin) && !(await store.lock());
  if (pin || (await store.get("setting", "pin"))) await store.put("setting", pin, "pin");
  // Nothing of it is kept in the open.
  if (pin) return void records.changes.dispatchEvent(new Event("pin"));
  // A new code took with it what was pulled before.
  if (!before && ((await knownEpoch()) ?? said.epoch) !== said.epoch) await offerAnew();
  const files = new Set(await store.keys("file"));
  for (const form of said.forms) {
    const key = `${form.id}/${form.version}`;
    const path = `${encodeURIComponent(form.id)}/${encodeURIComponent(form.version)}`;
    // Texts in the language spoken here: what was filled in does not depend on it.
    if ((await store.get("form", key))?.language !== spoken) {
      const asked = ask(`/api/v1/phone/forms/${path}?packed=true&lang=${spoken}`, { patience: 120_000 });
      const [{ received }, answer] = await Promise.all([import("../engine/packed.js"), asked]);
      const compiled = { ...(await received(answer)), language: spoken };
      await store.change([["form", key, compiled], ["setting", "unprepared", [...((await store.get("setting", "unprepared")) ?? []), key]]]);
    }
    for (const { name, md5 } of form.files) {
      if (files.has(md5)) continue;
      const list = name.endsWith(".csv");
      const older = list && (await olderOf(before, name));
      // Kept once it is whole: until then, and when it is cut off, what was there stays.
      const changed = older && (await (await import("./blocks.js")).newer(older, { form: form.id, version: form.version, name }));
      const whole = async () => {
        const file = await ask(`/forms/${path}/media/${encodeURIComponent(name)}`, { patience: 120_000 });
        return list ? file.text() : file.blob();
      };
      await store.put("file", changed || (await whole()), md5);
      files.add(md5);
    }
  }
  const wanted = new Set(said.forms.flatMap((/** @type {any} */ form) => form.files.map((/** @type {any} */ file) => file.md5)));
  const old = [...files].filter((md5) => !wanted.has(md5));
  await forget(said.forgotten.map((/** @type {any} */ one) => one.household), old);
  if (before && before.epoch !== said.epoch) await offerAnew();
  const last = said.forgotten.at(-1)?.seq ?? forgotten;
  // What changes the question changes its answer: the tag is of no use then.
  const etag = last === forgotten ? answer.headers.get("etag") : null;
  const { epoch, collector, team, rounds, forms, received, returned } = said;
  await store.put("setting", { epoch, collector, team, rounds, forms, received, returned, forgotten: last, etag, language: spoken, at: Date.now() }, "pull");
  const begun = await listsBegun();
  await store.change(old.filter((md5) => !begun.has(md5)).map((md5) => ["file", md5]));
  records.changes.dispatchEvent(new Event("change"));
}

/** The version of a list that is here. @param {any} before @param {string} name */
async function olderOf(before, name) {
  const listed = (before?.forms ?? []).flatMap((/** @type {any} */ form) => form.files);
  const known = listed.find((/** @type {any} */ file) => file.name === name);
  return known && store.get("file", known.md5);
}

/** The lists that forms were begun with. @returns {Promise<Set<IDBValidKey>>} */
const listsBegun = async () => new Set((await records.all()).flatMap((record) => Object.values(record.lists ?? {})));

/** Drafts, sent forms and photos of erased households go, and their lines in old lists. @param {string[]} households @param {IDBValidKey[]} old */
async function forget(households, old) {
  if (households.length === 0) return;
  const gone = (await records.all()).filter((record) => households.includes(record.household));
  if (gone.length > 0) await records.drop(gone);
  const begun = await listsBegun();
  for (const md5 of old.filter((one) => begun.has(one))) {
    const lines = ((await store.get("file", md5)) ?? "").split("\n");
    await store.put("file", lines.filter((/** @type {string} */ line) => !households.includes(line.split(",")[0])).join("\n"), md5);
  }
}

/** The server was restored from a backup: what was sent may be missing there. */
async function offerAnew() {
  for (const record of await records.all()) {
    if (["answers", "all"].includes(record.state)) await records.save({ ...record, state: "waiting", want: undefined });
  }
}

/** The phone was shut out: names and what the server has go; what it has not yet stays. */
export async function shutOut() {
  const sent = (await records.all()).filter((record) => record.state === "all");
  await records.drop(sent);
  await store.change((await store.keys("file")).map((md5) => ["file", md5]));
  await store.change([["setting", "epoch", await knownEpoch()], ["setting", "pull"], ["setting", "communes"], ["setting", "token"], ["setting", "revoked", true]]);
  records.changes.dispatchEvent(new Event("change"));
}
