// tests/vectors: what Rust and JavaRosa give, the phone's engine gives. Expressions are tried on the
// modules as served, too: nothing but comments is left out there.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { load } from '../../../server/web/engine/index.js';
import { states } from './states.js';
import { step } from './step.js';
import { compiled, engine, read, served, start } from './support.js';

/** @param {string} folder the engine's */
async function expressions(folder) {
  /** @param {string} name @returns {Promise<any>} */
  const part = (name) => import(join(folder, name));
  const [{ expression, Frame }, { readXml }, { Table, Tables }, { stored }, { parseMoment }] = await Promise.all(
    ['expression.js', 'xml.js', 'tree.js', 'value.js', 'dates.js', 'more.js'].map(part));
  const vectors = JSON.parse(read('tests/vectors/expressions.json'));
  const root = readXml(vectors.instance);
  const tables = Object.entries(vectors.tables).map(([id, rows]) => {
    const [columns, ...rest] = /** @type {string[][]} */ (rows);
    return [id, new Table(columns, rest)];
  });
  const wrong = [];
  let tried = 0;
  for (const { in: within, source, as: data, tree, gives, near } of vectors.cases) {
    if (tree === undefined) continue;
    tried++;
    let node = root;
    for (const at of `${within}/it`.split('/').slice(2)) {
      const [, name, place = '1'] = /^([^[]*)(?:\[(\d+)\])?$/.exec(at) ?? [];
      node = node.named(name)[Number(place) - 1];
    }
    let drawn = 0;
    const env = { root, tables: new Tables(Object.fromEntries(tables)), now: parseMoment(vectors.now), formVersion: '7', draw: () => [18560n, 0, drawn++] };
    const found = stored(expression(tree)(new Frame(env, node, node, 0)), data);
    const [a, b] = [Number(found), Number(gives)];
    const close = near && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
    if (found !== gives && !close) wrong.push(`${within} ${source} as ${data}: ${found}, not ${gives}`);
  }
  assert.deepEqual(wrong, []);
  assert.ok(tried >= 800, `${tried} expressions`);
  return tried;
}

test('expressions give what the vectors say', async (t) => {
  t.diagnostic(`${await expressions(engine)} expressions`);
});

test('so they do on the modules as served', async () => {
  const folder = served();
  await expressions(folder);
  rmSync(folder, { recursive: true });
});

test('forms are filled as the vectors say', async (t) => {
  const { forms, cases } = JSON.parse(read('tests/vectors/forms.json'));
  const wrong = [];
  for (const { name, form, steps, verdicts, nodes, end, xml } of cases) {
    const markdown = forms[form] ? `${forms[form].join('\n')}\n` : read(form);
    const filling = start(await load(compiled(markdown)));
    const found = {
      verdicts: steps.map((/** @type {string} */ line) => step(filling, line)),
      nodes: states(filling),
      end: 'ok',
      xml: '',
    };
    const done = filling.finish();
    if (done.code === 'ok') found.xml = done.xml;
    else found.end = `${done.findings[0].code} ${done.findings[0].ref.replaceAll('[1]', '')}`;
    try {
      assert.deepEqual(found, { verdicts, nodes, end, xml: end === 'ok' ? xml : '' });
    } catch (e) {
      wrong.push(`${name}: ${e instanceof Error ? e.message : e}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(cases.length >= 160, `${cases.length} cases`);
  t.diagnostic(`${cases.length} fillings`);
});
