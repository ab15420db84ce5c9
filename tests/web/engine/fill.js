// Fills a form at random through what screens see (`questions()`), as a collector would: until nothing
// stands in the way.
//
//   node fill.js FORM OUT
//
// FORM holds form.json and tables.json. OUT gets a folder `form` with what walks.js and JavaRosa's Walks
// read (a .answers file a filling: the clock and every answer given) and NNN.xml, the submissions made.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Filling, Table, load } from '../../../server/web/engine/index.js';
import { Random } from '../../../server/web/engine/random.js';

/** @typedef {import('../../../server/web/engine/filling.js').Item} Item */

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

/** @param {Filling} filling @param {Person} person @param {string[]} steps */
function fillIn(filling, person, steps) {
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {Item} q */
  const ask = (q) => {
    for (let i = 0; i < 30; i++) {
      const value = person.answer(q);
      if (value === '' || filling.set(q.ref, value).code !== 'ok') continue;
      steps.push(`${q.ref}=${value}`);
      return;
    }
  };
  for (let round = 0; round < 2000; round++) {
    const next = filling.questions().find((q) => !seen.has(q.ref) && (q.kind === 'repeat' ? q.canAdd : q.kind === 'question' && !q.readonly && !q.value));
    if (!next) break;
    seen.add(next.ref);
    if (next.kind === 'question') {
      if (next.required || person.below(4)) ask(next);
      continue;
    }
    for (let i = person.below(5); i > 0; i--) {
      if (filling.addRepeat(next.ref).code === 'ok') steps.push(`@add ${next.ref}`);
    }
  }
  for (let round = 0; round < 5; round++) {
    const findings = filling.check();
    if (!findings.length) return true;
    for (const { ref } of findings) {
      const q = filling.get(ref);
      if (q) ask(q);
    }
  }
  return false;
}

const [form, out] = process.argv.slice(2);
const compiled = await load(JSON.parse(readFileSync(join(form, 'form.json'), 'utf8')));
/** @type {Record<string, string[][]>} */
const rows = JSON.parse(readFileSync(join(form, 'tables.json'), 'utf8'));
const tables = Object.fromEntries(Object.entries(rows).map(([id, [columns, ...rest]]) => [id, new Table(columns, rest)]));
const count = Number(process.env.NTM_PHONE_FILLINGS ?? 60);
mkdirSync(join(out, 'form'), { recursive: true });
let [made, tried, nodes] = [0, 0, 0];
for (; made < count && tried < count * 4; tried++) {
  const start = Date.UTC(2024, 9, 11 + (tried % 7), 1, tried % 60);
  const filling = new Filling(compiled, {
    tables, clock: () => start, entropy: 0n, instanceID: `uuid:00000000-0000-4000-8000-${String(tried).padStart(12, '0')}`,
    device: { deviceid: 'collect:JAVAROSA00000001', username: '', phonenumber: '', email: '' },
  });
  /** @type {string[]} */
  const steps = [];
  if (!fillIn(filling, new Person(tried + 1), steps)) continue;
  const done = filling.finish();
  if (done.code !== 'ok') continue;
  const name = String(made++).padStart(3, '0');
  nodes += done.xml.split('</').length;
  const local = new Date(start + 7 * 3600_000).toISOString().replace('Z', '+07:00');
  const settings = [`@now=${local}`, `@id=${filling.instanceID}`, '@deviceid=collect:JAVAROSA00000001'];
  writeFileSync(join(out, 'form', `${name}.answers`), `${[...settings, ...steps].join('\n')}\n`);
  writeFileSync(join(out, `${name}.xml`), done.xml);
}
copyFileSync(join(form, 'form.json'), join(out, 'form', 'form.json'));
console.log(`${made} of ${tried} fillings without findings, ${nodes} elements`);
