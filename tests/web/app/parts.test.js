// The app's parts that need no browser.
import assert from 'node:assert/strict';
import test from 'node:test';

import { readFileSync } from 'node:fs';

import { blocks } from '../../../server/web/app/blocks.js';
import { putBack, taken } from '../../../server/web/app/fill/exif.js';
import { isPending, leading } from '../../../server/web/app/records.js';
import { rows, search } from '../../../server/web/app/roster.js';
import en from '../../../server/web/app/text/en.js';
import vi from '../../../server/web/app/text/vi.js';
import { number, plain, size, t } from '../../../server/web/app/text.js';

const JPEG = new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9])]);

test('of what a camera wrote, time and place come back and nothing else', async () => {
  const cases = [
    { time: '2024:10:05 08:31:07', zone: '+07:00', place: { lat: 22.6512345, lon: 104.1654321 } },
    { time: '2024:10:05 08:31:07', zone: '', place: null },
    { time: '', zone: '', place: { lat: -1.5, lon: -70.25 } },
  ];
  for (const said of cases) {
    const bytes = await putBack(JPEG, said).arrayBuffer();
    const read = taken(bytes);
    assert.deepEqual({ ...read, place: null }, { ...said, place: null });
    if (said.place) {
      assert.ok(Math.abs(read.place.lat - said.place.lat) < 1e-6, `${read.place.lat}`);
      assert.ok(Math.abs(read.place.lon - said.place.lon) < 1e-6, `${read.place.lon}`);
    } else assert.equal(read.place, null);
    assert.deepEqual(new Uint8Array(bytes).slice(-9), new Uint8Array(await JPEG.arrayBuffer()).slice(2), 'the picture');
  }
});

test('a file that says nothing, or nonsense, is no photo with a time', async () => {
  assert.equal(taken(await JPEG.arrayBuffer()), null);
  assert.equal(taken(new ArrayBuffer(0)), null);
  const good = new Uint8Array(await putBack(JPEG, { time: '2024:10:05 08:31:07', zone: '', place: null }).arrayBuffer());
  for (let cut = 0; cut < good.length; cut += 1) taken(good.slice(0, cut).buffer);
  for (let at = 0; at < good.length; at += 1) {
    const spoilt = good.slice();
    spoilt[at] ^= 0xff;
    taken(spoilt.buffer);
  }
});

test('rosters are read as the server writes them', () => {
  const text = 'name,label,village\nu1.01.1,"1 · Vàng ""Tư"", con",u1.01\nu1.01.2,,u1.01\n';
  assert.deepEqual(rows(text), [
    { name: 'u1.01.1', label: '1 · Vàng "Tư", con', village: 'u1.01' },
    { name: 'u1.01.2', label: '', village: 'u1.01' },
  ]);
  assert.deepEqual(rows('a,b\n"x\ny",2'), [{ a: 'x\ny', b: '2' }]);
  assert.deepEqual(rows(''), []);
});

test('a search needs no tone marks and no order', () => {
  const all = ['Tả Phời', 'Đào Thị Ẩn', 'Giàng A Páo'].map((words, i) => ({ id: String(i), words: plain(words) }));
  const found = (typed) => search(/** @type {any} */ (all), typed).map((one) => one.id).join('');
  assert.equal(found('ta phoi'), '0');
  assert.equal(found('Tả Phời'), '0');
  assert.equal(found('dao an'), '1');
  assert.equal(found('an dao'), '1');
  assert.equal(found('pao  giang'), '2');
  assert.equal(found(''), '012');
  assert.equal(found('x'), '');
});

test('what speaks for a household is what needs something done', () => {
  const record = (state, changed) => /** @type {any} */ ({ state, changed });
  assert.equal(leading([record('all', 3), record('draft', 1)])?.state, 'draft');
  assert.equal(leading([record('all', 3), record('waiting', 1)])?.state, 'waiting');
  assert.equal(leading([record('all', 1), record('all', 2)])?.changed, 2);
  assert.equal(leading([]), undefined);
  assert.deepEqual(['draft', 'waiting', 'answers', 'all', 'refused'].filter((state) => isPending(record(state, 0))), ['waiting', 'answers']);
});

test('both languages say the same things with the same numbers in them', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(vi).sort());
  const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort().join();
  for (const key of Object.keys(vi)) assert.equal(holes(en[key]), holes(vi[key]), key);
  assert.ok(Object.values(vi).every((text) => !text.includes('!')), 'no exclamation marks');
  assert.equal(t('waiting_some', { n: 1234 }), '1.234 phiếu chưa gửi');
  assert.deepEqual([number(1234.5), size(999), size(298_000), size(5_300_000), size(10.7e9)], ['1.234,5', '1 KB', '298 KB', '5,3 MB', '10,7 GB']);
});

test('lists are cut as the server cuts them', () => {
  const cases = JSON.parse(readFileSync(new URL('blocks.json', import.meta.url), 'utf8'));
  assert.ok(cases.length > 3);
  for (const [list, expected] of cases) {
    const own = blocks(list);
    assert.deepEqual(own.map((block) => [block.hash, block.text.length]), expected);
    assert.equal(own.map((block) => block.text).join(''), list);
  }
});
