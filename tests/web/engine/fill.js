// Fills a form at random through what screens see (`questions()`), as a collector would: until nothing
// stands in the way. All of it goes the app's own way (server/web/app/fill/session.js): begun from what the
// phone keeps, a household of the roster put in, every answer saved as a draft that is closed and opened
// again in the middle, finished, and the XML is what then waits to be sent.
//
//   node fill.js FORM OUT
//
// FORM holds form.json and tables.json. OUT gets a folder `form` with what walks.js and JavaRosa's Walks
// read (a .answers file a filling: the clock and every answer given) and NNN.xml, the submissions made.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as session from '../../../server/web/app/fill/session.js';
import * as records from '../../../server/web/app/records.js';
import * as store from '../../../server/web/app/store.js';
import { Random } from '../../../server/web/engine/random.js';

import { install } from './storage.js';

/** @typedef {import('../../../server/web/engine/filling.js').Item} Item */
/** @typedef {import('../../../server/web/app/fill/session.js').Session} Session */

const NAMES = ['Giàng A Páo', 'Lý Thị Mẩy', 'Nguyễn Văn Ân', 'Vàng Seo "Dìn"', 'Thào & Sùng', 'Tẩn Láo Lở @'];

class Person {
  /** @param {number} seed */
  constructor(seed) {
    this.random = Random.of(BigInt(seed), 1);
  }
  /** @param {number} n */
  below(n) {
    return Math.floor(this.random.fraction() * n);
  }
  /** @template T @param {T[]} list */
  pick(list) {
    return list[this.below(list.length)];
  }

  /** An answer of the question's type. @param {Item} q @returns {string} */
  answer(q) {
    const number = () => this.pick([0, 1, 2, 3, 4, 5, 8, 15, 40, 72, 120, 1995, 2010, 25000]);
    switch (q.type) {
      case 'select_one': {
        const all = q.choices?.() ?? [];
        return (this.below(2) ? all[0] : this.pick(all))?.value ?? '';
      }
      case 'select_multiple': {
        const all = q.choices?.() ?? [];
        const some = all.filter(() => this.below(3) === 0);
        return (some.length ? some : all.slice(0, 1)).map((c) => c.value).join(' ');
      }
      case 'rank': return (q.choices?.() ?? []).map((c) => c.value).reverse().join(' ');
      case 'integer': case 'range': return String(number());
      case 'decimal': return String(number() / this.pick([1, 2, 8]));
      case 'date': return new Date(Date.UTC(1935 + this.below(90), this.below(12), 1 + this.below(28))).toISOString().slice(0, 10);
      case 'time': return '08:30:00.000+07:00';
      case 'datetime': return '2024-10-01T08:30:00.000+07:00';
      case 'geopoint': return `${22.7 + this.below(100) / 1000} ${104 + this.below(100) / 1000} ${this.below(1500)} ${this.below(20)}.5`;
      case 'acknowledge': return 'OK';
      case 'image': return `ảnh ${q.key}.jpg`;
    }
    return this.pick(NAMES);
  }
}

/** Puts down every answer that is taken, whoever gives it. @param {Session} open @param {string[]} steps */
function listened(open, steps) {
  const { filling } = open;
  const set = filling.set.bind(filling);
  filling.set = (/** @type {string} */ ref, /** @type {string} */ value) => {
    const said = set(ref, value);
    if (said.code === 'ok') steps.push(`${ref}=${value}`);
    return said;
  };
  return open;
}

/** A draft that was closed, as the screen opens it again. @param {Session} open @param {string[]} steps */
async function reopened(open, steps) {
  await open.save();
  const draft = await records.get(open.record.id);
  const again = draft && (await session.resume(draft));
  if (!again) throw new Error('the draft is gone');
  return listened(again, steps);
}

/** @param {Session} begun @param {Person} person @param {string[]} steps */
async function fillIn(begun, person, steps) {
  let open = begun;
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {Item} q */
  const ask = (q) => {
    for (let i = 0; i < 30; i++) {
      const value = person.answer(q);
      if (value !== '' && open.set(q.ref, value).code === 'ok') return;
    }
  };
  for (let round = 0; round < 2000; round++) {
    if (person.below(25) === 0) open = await reopened(open, steps);
    const next = open.filling.questions().find((/** @type {Item} */ q) => !seen.has(q.ref) && (q.kind === 'repeat' ? q.canAdd : q.kind === 'question' && !q.readonly && !q.value));
    if (!next) break;
    seen.add(next.ref);
    if (next.kind === 'question') {
      if (next.required || person.below(4)) ask(next);
      continue;
    }
    for (let i = person.below(5); i > 0; i--) {
      if (open.filling.addRepeat(next.ref).code === 'ok') steps.push(`@add ${next.ref}`);
    }
  }
  for (let round = 0; round < 5; round++) {
    const findings = open.filling.check();
    if (!findings.length) return open;
    for (const { ref } of findings) {
      const q = open.filling.get(ref);
      if (q) ask(q);
    }
  }
  return null;
}

/** A table as the server sends it. @param {string[][]} rows */
const csv = (rows) => rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')).join('\n') + '\n';

const [form, out] = process.argv.slice(2);
install();
const compiled = JSON.parse(readFileSync(join(form, 'form.json'), 'utf8'));
/** @type {Record<string, string[][]>} */
const rows = JSON.parse(readFileSync(join(form, 'tables.json'), 'utf8'));
const files = Object.keys(rows).map((id) => ({ name: `${id}.csv`, md5: id }));
await store.put('form', compiled, `${compiled.id}/${compiled.version}`);
for (const { md5 } of files) await store.put('file', csv(rows[md5]), md5);
await store.put('setting', { forms: [{ id: compiled.id, files }] }, 'pull');
await store.put('setting', 'collect:JAVAROSA00000001', 'device');
const [columns, ...households] = rows.households;
const column = (/** @type {string[]} */ row, /** @type {string} */ name) => row[columns.indexOf(name)];
const count = Number(process.env.NTM_PHONE_FILLINGS ?? 60);
mkdirSync(join(out, 'form'), { recursive: true });
let [made, tried, nodes, reopenings] = [0, 0, 0, 0];
for (; made < count && tried < count * 4; tried++) {
  const start = Date.UTC(2024, 9, 11 + (tried % 7), 1, tried % 60);
  Date.now = () => start;
  /** @type {string[]} */
  const steps = [];
  const begun = await session.begin(compiled, null);
  if (!begun) throw new Error('the form is not there');
  listened(begun, steps);
  const row = households[tried % households.length];
  // Every third time the collector picks the household in the form.
  if (tried % 3) begun.place(/** @type {any} */ ({ id: column(row, 'name'), village: column(row, 'village'), commune: column(row, 'commune') }));
  const open = await fillIn(begun, new Person(tried + 1), steps);
  if (!open) continue;
  reopenings += Number(open !== begun);
  if ((await open.finish()).length) continue;
  const record = await records.get(open.record.id);
  if (record?.state !== 'waiting' || !record.xml || record.snapshot) throw new Error('it does not wait to be sent');
  if (record.nth?.number !== made + 1) throw new Error('it has not its number');
  const name = String(made++).padStart(3, '0');
  nodes += record.xml.split('</').length;
  const local = new Date(start + 7 * 3600_000).toISOString().replace('Z', '+07:00');
  const settings = [`@now=${local}`, `@id=${record.instanceID}`, '@deviceid=collect:JAVAROSA00000001'];
  writeFileSync(join(out, 'form', `${name}.answers`), `${[...settings, ...steps].join('\n')}\n`);
  writeFileSync(join(out, `${name}.xml`), record.xml);
}
copyFileSync(join(form, 'form.json'), join(out, 'form', 'form.json'));
console.log(`${made} of ${tried} fillings without findings, ${reopenings} of drafts opened again, ${nodes} elements`);
