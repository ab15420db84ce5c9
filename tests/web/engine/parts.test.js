// Parts of the engine that forms reach seldom: tables, XML, patterns, digests; and what all of it weighs.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { digest } from '../../../server/web/engine/digest.js';
import { readCsv, readXml } from '../../../server/web/engine/index.js';
import { matches } from '../../../server/web/engine/pattern.js';
import { escaped } from '../../../server/web/engine/xml.js';
import { engine, lean, modules } from './support.js';

test('tables are read as RFC 4180 has them', () => {
  const table = readCsv('\uFEFF name ,label\r\na,"x, ""y""\nz"\r\n\r\nb,\nc');
  assert.deepEqual(table.columns, ['name', 'label']);
  assert.deepEqual(table.rows, [['a', 'x, "y"\nz'], ['b', ''], ['c']]);
  assert.deepEqual([table.cell(2, 'label'), table.lookup('name', 'a', 'label'), table.lookup('name', 'q', 'label')], ['', 'x, "y"\nz', '']);
  assert.deepEqual(readCsv('').rows, []);
  assert.deepEqual(readCsv('a,b\n1,2\n1,3\n').rowsWith('a', '1'), [0, 1]);
  assert.equal(readCsv('a\nTa\u0309\n').rows[0][0], 'Tả');
});

test('documents are read strictly enough', () => {
  const root = readXml('<?xml version="1.0"?>\n<!-- a --><x:d a="1 &lt;" b=\'"\'><e>a<![CDATA[<b>]]>&amp;&#64;&#x1F600;</e> <f/></x:d>\n');
  assert.equal(root?.name, 'd');
  assert.deepEqual(root?.attributes, { a: '1 <', b: '"' });
  assert.deepEqual(root?.children.map((c) => [c.name, c.text]), [['e', 'a<b>&@😀'], ['f', '']]);
  assert.equal(root?.text, '');
  for (const bad of ['', 'x', '<a>', '<a></b>', '<a/><b/>', '<a b></a>', '<!DOCTYPE a><a/>', '<a>&nope']) assert.equal(readXml(bad), null, bad);
  const text = 'a<&>"\'@\n\t\u0001';
  assert.equal(escaped(text, ''), 'a&lt;&amp;&gt;"\'&#64;\n\t&#1;');
  assert.equal(escaped(text, '"'), 'a&lt;&amp;&gt;&quot;\'&#64;&#10;&#9;&#1;');
});

test('patterns mean what they mean in Java', () => {
  for (const [text, pattern, expected] of /** @type {[string, string, boolean][]} */ ([
    ['ab', '(?i)AB', true], ['ab', 'x(?i)?AB', false], ['a}', 'a}', true], ['cd', '[^[a-b]]+', true], ['ac', '[^[a-b]]+', false],
    ['x1', '[\\p{L}&&[^a-c]]\\d', true], ['a1', '[\\p{L}&&[^a-c]]\\d', false], ['-', '[\\w-]', true], ['a-z', '[a\\-z]+', true],
    ['ả', '\\p{IsLatin}', true], ['я', '\\p{IsLatin}', false], ['a b', 'a\\Sb', false], ['é', '\\P{ASCII}', true], ['a\nb', 'a.b', false],
    ['a\nb', '(?s)a.b', true], ['Ân', '\\bÂn\\b', true], ['aa', 'a{2}', true], ['a', 'a{2', false], ['a', '(?>a)', false],
    ['a', 'a*+', false], ['a', '(?<!b)a', false], ['aa', '(a)\\k<1>', false], ['/', '[/]', true], ['a', '', false],
  ])) assert.equal(matches(text, pattern), expected, `${text} ${pattern}`);
});

test('digests are those of others', () => {
  for (const text of ['', 'abc', 'Tả Phời '.repeat(40), 'x'.repeat(55), 'x'.repeat(56), 'x'.repeat(111), 'x'.repeat(112), 'x'.repeat(128)]) {
    for (const name of ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) {
      const theirs = createHash(name.replace('-', '')).update(text);
      assert.equal(digest(text, name, 'hex'), theirs.digest('hex'), `${name} ${text.length}`);
    }
  }
  assert.equal(digest('abc', 'CRC', 'hex'), '');
  assert.equal(digest('abc', 'MD5', 'octal'), '');
});

const LATER = ['digest.js', 'earth.js', 'more.js', 'pattern.js', 'random.js'];

test('the engine is small', (t) => {
  const weigh = (/** @type {string[]} */ names) =>
    names.reduce((sum, name) => sum + gzipSync(lean(readFileSync(join(engine, name), 'utf8')), { level: 9 }).length, 0);
  const unpacking = 'packed.js';
  const first = weigh(modules().filter((name) => name !== unpacking && !LATER.includes(name)));
  const packed = weigh([unpacking]);
  t.diagnostic(`engine: ${first} bytes (gzip, as served), ${weigh(LATER)} more for functions that few forms call, ${packed} to unpack forms`);
  assert.ok(first <= 22 * 1024, `${first} bytes`);
  assert.ok(packed <= 2_200, `${packed} bytes`);
});
