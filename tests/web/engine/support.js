// What the tests of the engine share: forms compiled by the command line, the modules as they are served.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Filling, load } from '../../../server/web/engine/index.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const engine = join(root, 'server/web/engine');

/** A file of the repository. @param {string} path */
export const read = (path) => readFileSync(join(root, path), 'utf8');

/** @type {Map<string, any>} */
const known = new Map();

/** The compiled form of an XLSForm in Markdown. @param {string} markdown */
export function compiled(markdown) {
  if (!known.has(markdown)) {
    const folder = mkdtempSync(join(tmpdir(), 'ntm-'));
    writeFileSync(join(folder, 'form.md'), markdown);
    const out = execFileSync(process.env.NTM ?? join(root, 'target/release/ntm'), ['form', 'export', '--to', 'json', join(folder, 'form.md')]);
    rmSync(folder, { recursive: true });
    known.set(markdown, JSON.parse(out.toString()));
  }
  return known.get(markdown);
}

/** A form by the rows of its sheets, cells parted by `|`. @param {Record<string, string[]>} sheets */
export function form(sheets) {
  const settings = ['form_id | version | name', 'f | 1 | data'];
  const lines = Object.entries({ settings, ...sheets }).flatMap(([name, rows]) => [`| ${name} |`, ...rows.map((row) => `| | ${row} |`)]);
  return load(compiled(`${lines.join('\n')}\n`));
}

/** The clock of the tests: 2024-10-18 16:20 in Vietnam. */
export const NOW = Date.UTC(2024, 9, 18, 9, 20);

/** @param {import('../../../server/web/engine/form.js').Form} form @param {Partial<import('../../../server/web/engine/filling.js').Options>} [options] */
export const start = (form, options) =>
  new Filling(form, {
    clock: () => NOW,
    entropy: 0n,
    instanceID: 'uuid:00000000-0000-4000-8000-000000000000',
    device: { deviceid: 'collect:JAVAROSA00000001', username: 'enumerator', phonenumber: '0987654321', email: 'enumerator@example.org' },
    language: 'vi',
    ...options,
  });

/** A module without its comments and indentation, as the server hands it out. @param {string} source */
export const lean = (source) =>
  source.replace(/\/\*\*[^]*?\*\/ ?/g, '').replace(/^\s*\/\/.*\n/gm, '').replace(/^\s+/gm, '');

/** The names of the engine's modules. */
export const modules = () => readdirSync(engine).filter((name) => name.endsWith('.js')).sort();

/** The engine as it is served, in a folder of its own. */
export function served() {
  const folder = mkdtempSync(join(tmpdir(), 'ntm-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of modules()) writeFileSync(join(folder, name), lean(readFileSync(join(engine, name), 'utf8')));
  return folder;
}
