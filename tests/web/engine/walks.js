// Walks through forms on the phone's engine, as tests/javarosa/Walks.java does on JavaRosa.
//
//   node walks.js FOLDER
//
// Every folder in FOLDER holds form.json (the compiled form), tables.json if it has tables ({id: [columns,
// row, …]}) and one .answers file a case: settings (@now=, @id=, @deviceid=, @username=, @phonenumber=,
// @email=, @entropy=, @end=, @edit=FILE) and steps (path=value, @add path, @delete path). walks.jsonl then
// has a line a case: verdicts, a hash of all nodes after every step, the nodes at the end, what the check
// says, the submission.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { Filling, Table, load } from '../../../server/web/engine/index.js';
import { hash, states } from './states.js';
import { step } from './step.js';

/** @param {string} script */
function parse(script) {
  /** @type {Record<string, string>} */
  const settings = {};
  /** @type {string[]} */
  const steps = [];
  for (const line of script.split('\n').filter((l) => l && !l.startsWith('#'))) {
    const setting = /^@(now|id|deviceid|username|phonenumber|email|entropy|end|edit)=(.*)$/.exec(line);
    if (setting) settings[setting[1]] = setting[2];
    else steps.push(line);
  }
  return { settings, steps };
}

/** @param {import('../../../server/web/engine/form.js').Form} form @param {Record<string, Table>} tables @param {string} script @param {string} folder */
function walk(form, tables, script, folder) {
  const { settings, steps } = parse(script);
  let now = Date.parse(settings.now);
  const filling = new Filling(form, {
    tables,
    clock: () => now,
    entropy: BigInt(settings.entropy ?? 0),
    instanceID: settings.id ?? 'uuid:00000000-0000-4000-8000-000000000000',
    device: { deviceid: settings.deviceid ?? 'collect:JAVAROSA00000001', username: settings.username ?? '', phonenumber: settings.phonenumber ?? '', email: settings.email ?? '' },
    ...(settings.edit ? { edit: readFileSync(join(folder, settings.edit), 'utf8') } : {}),
  });
  const hashes = [hash(states(filling))];
  const verdicts = [];
  for (const line of steps) {
    verdicts.push(step(filling, line));
    hashes.push(hash(states(filling)));
  }
  const nodes = states(filling);
  const draft = filling.xml();
  if (settings.end) now = Date.parse(settings.end);
  const done = filling.finish();
  const [first] = done.code === 'ok' ? [] : done.findings;
  return {
    steps: verdicts,
    hashes,
    nodes,
    end: first ? `${first.code} ${first.ref.replaceAll('[1]', '')}` : 'ok',
    xml: done.code === 'ok' ? done.xml : draft,
  };
}

/** @param {string} folder */
async function run(folder) {
  for (const name of readdirSync(folder).sort()) {
    const at = join(folder, name);
    const files = readdirSync(at);
    if (!files.includes('form.json')) continue;
    const form = await load(JSON.parse(readFileSync(join(at, 'form.json'), 'utf8')));
    /** @type {Record<string, string[][]>} */
    const rows = files.includes('tables.json') ? JSON.parse(readFileSync(join(at, 'tables.json'), 'utf8')) : {};
    const tables = Object.fromEntries(Object.entries(rows).map(([id, [columns, ...rest]]) => [id, new Table(columns, rest)]));
    const cases = files.filter((f) => f.endsWith('.answers')).sort();
    const lines = cases.map((file) => {
      const name = file.replace(/\.answers$/, '');
      try {
        return { case: name, ...walk(form, tables, readFileSync(join(at, file), 'utf8'), at) };
      } catch (e) {
        return { case: name, error: e instanceof Error ? e.stack : String(e) };
      }
    });
    writeFileSync(join(at, 'walks.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

await run(process.argv[2]);
