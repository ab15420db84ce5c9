// Forms that wait when the app is closed: the browser wakes the worker, and that sends them. Under a PIN
// it leaves them alone. Prints what it saw as JSON on the last line.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { survey } from './hands.js';
import { office } from './office.js';
import { proxy } from './proxy.js';

const { server, link, admin, photos, later } = JSON.parse(process.argv[2]);
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
const network = await proxy(server, 5);
const result = {};
const now = await phone(profile, { width: 360, height: 640 });
let page = now.page;
process.on('uncaughtException', async (fault) => {
  console.error(fault, now.faults);
  await now.kill();
  process.exit(1);
});
const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
const step = (words) => console.error(words);
const until = async (holds, patience = 120_000) => {
  for (const end = Date.now() + patience; Date.now() < end; await new Promise((done) => setTimeout(done, 200))) if (await holds()) return;
  throw new Error(`never: ${holds}`);
};
const call = office(server, admin);
const rows = async () => (await call('/submissions')).items;
const whole = async (n) => {
  const all = await rows();
  return all.length === n && all.every((row) => row.attachments_present === row.attachments_expected);
};
const records = () => page.evaluate(async () => {
  const all = await (await import('/web/app/records.js')).all();
  return all.map(({ id, state, xml, instanceID, household, files, edits }) => ({ id, state, xml, instanceID, household, files, edits }));
});
// A second tab that is no page of the app: the browser stays, and hears of its workers.
const beside = await now.context.newPage();
await page.bringToFront();
await now.context.grantPermissions(['background-sync', 'geolocation']);
const talk = await now.context.newCDPSession(beside);
let registration = '';
talk.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
  for (const one of registrations) if (one.scopeURL.endsWith('/phone') && !one.isDeleted) registration = one.registrationId;
});
await talk.send('ServiceWorker.enable');
const woken = () => talk.send('ServiceWorker.dispatchSyncEvent', { origin: network.url, registrationId: registration, tag: 'send', lastChance: false });

/** Surveys households without a network, each with a photo under one question or several, and closes the app. */
async function gone(households, questions = ['Ảnh toàn cảnh nhà']) {
  network.set('gone');
  for (const [i, household] of households) {
    await survey(page, network.url, household, ['Lù Seo Dế'], questions.map((question) => [question, photos[i]]));
  }
  step('filled in');
  const kept = await records();
  const size = kept.filter((one) => one.state === 'waiting').reduce((sum, one) => sum + one.files[0].bytes, 0);
  // Something that waits asks the browser to be woken.
  result.asked ??= await page.evaluate(async () => (await (await navigator.serviceWorker.ready).sync.getTags()).join());
  await page.close();
  step('closed');
  return { kept, size };
}
async function opened() {
  page = await now.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${network.url}/phone`);
}

await page.goto(`${network.url}/phone#${new URL(link).hash.slice(1)}`);
await page.getByRole('button', { name: 'Cài đặt máy này' }).click();
await page.locator('.village').first().waitFor();
await until(() => page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.active && navigator.serviceWorker.controller)));
await until(() => registration !== '');

step('closed with two forms');
// With a network that is gone, then a network that cuts.
const first = await gone([[0, 'u0066.01.001'], [1, 'u0066.01.002']]);
await woken();
await new Promise((done) => setTimeout(done, 1500));
check((await rows()).length === 0, 'sent without a network');
network.set('flaky');
network.state.up = 0;
await until(async () => {
  await woken();
  await new Promise((done) => setTimeout(done, 1500));
  return whole(2);
});
result.cuts = network.state.cuts;
result.sent_bytes = network.state.up;
result.payload = first.size;
step('opened again');
// What was sent is known when the app is opened, without sending it again.
network.set('gone');
await opened();
await page.locator('.village').first().waitFor();
await until(async () => (await records()).every((record) => record.state === 'all'));

step('both');
// Page and worker at once: one of them sends. One photo under two questions: its bytes go once.
network.set('open', { speed: 30_000, delay: 20 });
const both = await gone([[2, 'u0066.01.003']], ['Ảnh toàn cảnh nhà', 'Ảnh nguồn nước']);
const [twice] = both.kept.filter((record) => record.files.length === 2);
check(twice.files[0].sha256 === twice.files[1].sha256, 'the photos are not the same');
network.set('open', { speed: 30_000, delay: 20 });
network.state.up = 0;
await opened();
for (let i = 0; i < 5; i += 1) {
  await woken();
  await page.waitForTimeout(200);
}
await until(() => whole(3));
await until(async () => (await records()).every((record) => record.state === 'all'));
result.both = { sent: network.state.up, payload: both.size };
result.all = await records();

step('under a PIN');
// Under a PIN the worker has no key.
network.set('open');
await call('/rounds', later);
const reached = () => page.evaluate(async () => {
  const { changes } = await import('/web/app/records.js');
  const asked = new Promise((done) => changes.addEventListener('pin', done, { once: true }));
  await (await import('/web/app/sync.js')).sync();
  await asked;
  // Time to draw what it should not.
  await new Promise((done) => setTimeout(done, 500));
});
await reached();
await page.getByRole('heading', { name: 'Đặt mã PIN' }).waitFor();
// Reaching the server again takes nothing out of the hands of who is choosing a PIN.
await page.locator('#pin').fill('274918');
await reached();
check(await page.locator('#pin').inputValue() === '274918', 'a sync emptied the field of the PIN');
await page.getByRole('button', { name: 'Tiếp' }).click();
await page.getByText('Nhập lại mã PIN').waitFor();
await reached();
await page.getByText('Nhập lại mã PIN').waitFor({ timeout: 1_000 });
await page.locator('#pin').fill('274918');
await page.getByRole('button', { name: 'Đặt mã' }).click();
await page.locator('.village').first().waitFor();
await gone([[3, 'u0066.02.001']]);
network.set('open');
network.state.up = 0;
await woken();
await new Promise((done) => setTimeout(done, 3000));
result.locked = { rows: (await rows()).length, up: network.state.up };

result.faults = now.faults;
await now.kill();
await network.close();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify(result));
process.exit(0);
