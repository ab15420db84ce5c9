// The app as a sender on a link: set up, with a form in its queue; says "ready", waits until its input
// ends, and then sends until everything is said to be safe. For `wire-bench`.
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';

const { server, code, folder, photos, form, version, instance } = JSON.parse(process.argv[2]);
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
// As from an address with a certificate: elsewhere there is neither a worker nor a hash.
const more = [`--unsafely-treat-insecure-origin-as-secure=${server}`];
const { page, kill } = await phone(profile, { width: 390, height: 844, more });
const end = async () => {
  await kill();
  await rm(profile, { recursive: true, force: true });
};
// Whoever started this may have enough of it.
for (const ending of ['SIGTERM', 'SIGINT']) process.on(ending, () => end().finally(() => process.exit(1)));
const until = async (holds) => {
  while (!(await page.evaluate(holds))) await page.waitForTimeout(200);
};

await page.goto(`${server}/phone#${code}`);
await page.getByRole('button', { name: 'Cài đặt máy này' }).click();
await page.locator('.village').first().waitFor();
await until(async () => (await navigator.serviceWorker.getRegistration())?.active);
await until(async () => !(await import('/web/app/sync.js')).status.busy);
const files = await Promise.all(photos.map(async (name) => [name, (await readFile(path.join(folder, name))).toString('base64')]));
const xml = await readFile(path.join(folder, 'submission.xml'), 'utf8');
await page.evaluate(async ({ xml, files, form, version, instance }) => {
  const { keepFile } = await import('/web/app/records.js');
  const now = Date.now();
  const record = {
    ...{ id: crypto.randomUUID(), form, version, title: form, household: '', village: '', commune: '' },
    ...{ state: 'waiting', xml, instanceID: instance, files: [], created: now, changed: now, finished: now },
  };
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    await keepFile(record, name, new Blob([bytes], { type: 'image/jpeg' }));
  }
  globalThis.waiting = record;
}, { xml, files, form, version, instance });
console.log('ready');
await new Promise((done) => process.stdin.on('end', done).resume());

await page.evaluate(async () => {
  await (await import('/web/app/records.js')).finish(globalThis.waiting);
  (await import('/web/app/sync.js')).sync();
});
await until(async () => (await (await import('/web/app/records.js')).get(globalThis.waiting.id))?.state === 'all');
console.log(JSON.stringify({ state: 'all' }));
await end();
process.exit(0);
