// Fetching what there is to do: forms, rosters, returned forms, and whom to forget.
import { ask } from "./api.js";
import * as records from "./records.js";
import * as store from "./store.js";

/** Asks the server what is new, and fetches what the phone has not. Throws as `ask` does. */
export async function pull() {
  const before = await store.get("setting", "pull");
  const forgotten = before?.forgotten ?? 0;
  /** @type {Record<string, string>} */
  const known = before?.etag ? { "if-none-match": before.etag } : {};
  const answer = await ask(`/api/v1/phone/pull?forgotten=${forgotten}`, { headers: known, patience: 60_000 });
  if (answer.status === 304) return;
  const said = await answer.json();
  const files = new Set(await store.keys("file"));
  for (const form of said.forms) {
    const key = `${form.id}/${form.version}`;
    const path = `${encodeURIComponent(form.id)}/${encodeURIComponent(form.version)}`;
    if (!(await store.get("form", key))) {
      const compiled = await (await ask(`/api/v1/phone/forms/${path}`, { patience: 120_000 })).json();
      await store.change([["form", key, compiled], ["setting", "unprepared", [...((await store.get("setting", "unprepared")) ?? []), key]]]);
    }
    for (const { name, md5 } of form.files) {
      if (files.has(md5)) continue;
      const file = await ask(`/forms/${path}/media/${encodeURIComponent(name)}`, { patience: 120_000 });
      await store.put("file", name.endsWith(".csv") ? await file.text() : await file.blob(), md5);
      files.add(md5);
    }
  }
  await forget(said.forgotten.map((/** @type {any} */ one) => one.household));
  if (before && before.epoch !== said.epoch) await offerAnew();
  const last = said.forgotten.at(-1)?.seq ?? forgotten;
  // What changes the question changes its answer: the tag is of no use then.
  const etag = last === forgotten ? answer.headers.get("etag") : null;
  const { epoch, collector, rounds, forms, received, returned } = said;
  await store.put("setting", { epoch, collector, rounds, forms, received, returned, forgotten: last, etag, at: Date.now() }, "pull");
  const wanted = new Set(forms.flatMap((/** @type {any} */ form) => form.files.map((/** @type {any} */ file) => file.md5)));
  await store.change([...files].filter((md5) => !wanted.has(md5)).map((md5) => ["file", md5]));
  records.changes.dispatchEvent(new Event("change"));
}

/** Drafts, sent forms and photos of erased households go. @param {string[]} households */
async function forget(households) {
  const gone = (await records.all()).filter((record) => households.includes(record.household));
  if (gone.length > 0) await records.drop(gone);
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
  await store.change([["setting", "pull"], ["setting", "token"], ["setting", "revoked", true]]);
  records.changes.dispatchEvent(new Event("change"));
}
