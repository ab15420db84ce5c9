// Unpacks forms on the phone's engine, and says which are not what they were before.
//
//   node unpack.js FOLDER
//
// FOLDER holds NAME.json (a compiled form) and NAME.packed (the same as a phone downloads it).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { unpack } from '../../../server/web/engine/packed.js';

const folder = process.argv[2];
const names = readdirSync(folder).filter((name) => name.endsWith('.packed')).map((name) => name.slice(0, -7));
const wrong = [];
for (const name of names) {
  try {
    const text = new TextDecoder('windows-1258').decode(readFileSync(join(folder, `${name}.packed`))).normalize();
    assert.deepStrictEqual(unpack(JSON.parse(text)), JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
  } catch (e) {
    wrong.push(`${name}: ${e instanceof Error ? e.stack : e}`);
  }
}
console.log(JSON.stringify({ forms: names.length, wrong: wrong.slice(0, 5) }));
