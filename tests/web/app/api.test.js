// Talking to the server, without one: what the phone keeps is played by a map.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

const kept = new Map([['token', 'x']]);
const soon = (request) => {
  queueMicrotask(() => request.onsuccess?.());
  return request;
};
const objectStore = () => ({ get: (key) => soon({ result: kept.get(key) }) });
globalThis.indexedDB = /** @type {any} */ ({ open: () => soon({ result: { transaction: () => ({ objectStore }) } }) });
const { ask } = await import('../../../server/web/app/api.js');

/** An answer whose body comes in these pieces, then nothing more until it is given up. */
function answering(pieces, ends, options = {}) {
  globalThis.fetch = async (_, { signal }) => {
    const body = new ReadableStream({
      start(to) {
        for (const piece of pieces) to.enqueue(new TextEncoder().encode(piece));
        if (ends) to.close();
        else signal.addEventListener('abort', () => to.error(signal.reason));
      },
    });
    return new Response(body, options);
  };
}
const turns = async () => {
  for (let i = 0; i < 20; i += 1) await new Promise((done) => setImmediate(done));
};

test('an answer that stops in the middle is given up, however much patience there was for its beginning', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  answering(['{"half":'], false);
  let end = '';
  const asked = ask('/x', { patience: 120_000 }).then((answer) => answer.json()).then(() => (end = 'heard'), (fault) => (end = fault.name));
  await turns();
  mock.timers.tick(19_000);
  await turns();
  assert.equal(end, '');
  mock.timers.tick(2_000);
  await turns();
  assert.equal(end, 'AbortError');
  await asked;
  mock.timers.reset();
});

test('an answer is heard whole, with its head, and one without a body is one', async () => {
  answering(['{"a"', ':1}'], true, { headers: { etag: '"1"', 'content-type': 'application/json' } });
  const answer = await ask('/x');
  assert.equal(answer.headers.get('etag'), '"1"');
  assert.deepEqual(await answer.json(), { a: 1 });
  globalThis.fetch = async () => new Response(null, { status: 304 });
  assert.equal((await ask('/x')).status, 304);
});

test('a refusal says what exactly was wrong, where the server knows it', async () => {
  const said = (problem) => answering([JSON.stringify(problem)], true, { status: 409, headers: { 'retry-after': '7' } });
  said({ code: 'conflict', title: 'T.', help: 'H.', detail: 'Đã có 20 máy.' });
  await assert.rejects(ask('/x'), { name: 'Error', status: 409, code: 'conflict', message: 'Đã có 20 máy.', wait: 7 });
  said({ code: 'conflict', title: 'T.', help: 'H.' });
  await assert.rejects(ask('/x'), { message: 'T. H.' });
  answering(['<html>'], true, { status: 502 });
  await assert.rejects(ask('/x'), { status: 502, code: '', message: '' });
});
