// A phone whose round wants a PIN: nothing personal lies open on it, wrong PINs cost time and nothing
// else, and all of it is sent in the end. Prints what it saw as JSON on the last line.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { asked, begin, next, people, restOf, saved, survey, violations, visited } from './hands.js';
import { inDatabase, inFiles, pieces } from './looking.js';
import { office } from './office.js';
import { proxy } from './proxy.js';

const { server, link, admin, out, width, height, photos, words, later } = JSON.parse(process.argv[2]);
const [FIRST, SECOND] = ['274918', '80264153'];
const [NAMES, DRAFT] = [['Vừ Thị Kín', 'Sùng A Lặng'], 'Cứ Seo Thầm'];
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
const network = await proxy(server, 11);
const result = { screens: [], axe: [], measured: {}, faults: [] };
let now = await phone(profile, { width, height });
process.on('uncaughtException', async (fault) => {
  console.error(fault, now.faults, await now.page.locator('body').innerText().catch(() => ''));
  await now.kill();
  process.exit(1);
});
const step = (words) => console.error(`${width}x${height} ${words}`);
const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
async function look(name) {
  const file = path.join(out, `${width}-lock-${String(result.screens.length + 1).padStart(2, '0')}-${name}.png`);
  await now.page.screenshot({ path: file, fullPage: true });
  result.screens.push(file);
  for (const one of await violations(now.page)) result.axe.push(`${name}: ${one}`);
  const wide = await now.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) result.axe.push(`${name}: ${wide} px wider than the screen`);
}
const until = async (holds, patience = 120_000) => {
  for (const end = Date.now() + patience; Date.now() < end; await now.page.waitForTimeout(200)) {
    if (await now.page.evaluate(holds)) return;
  }
  throw new Error(`never: ${holds}`);
};
const records = () => now.page.evaluate(async () => {
  const all = await (await import('/web/app/records.js')).all();
  return all.map(({ id, state, xml, instanceID, household, files, edits }) => ({ id, state, xml, instanceID, household, files, edits }));
});
const heading = (words) => now.page.getByRole('heading', { name: words, exact: true }).waitFor();
const typed = async (pin, button) => {
  await now.page.locator('#pin').fill(pin);
  await now.page.getByRole('button', { name: button, exact: true }).click();
};
async function choose(pin) {
  await heading('Đặt mã PIN');
  await typed(pin, 'Tiếp');
  await now.page.getByText('Nhập lại mã PIN').waitFor();
  await typed(pin, 'Đặt mã');
}
async function setUp(link) {
  await now.page.goto(`${network.url}/phone#${new URL(link).hash.slice(1)}`);
  await now.page.getByRole('button', { name: 'Cài đặt máy này' }).click();
}
const installed = () => until(async () => {
  if (!(await navigator.serviceWorker.getRegistration())?.active) return false;
  for (const name of await caches.keys()) if ((await (await caches.open(name)).keys()).length > 30) return true;
  return false;
});
async function dead() {
  result.faults.push(...now.faults);
  await now.kill();
}
async function reopened() {
  now = await phone(profile, { width, height });
  await now.context.setOffline(true);
  await now.page.goto(`${network.url}/phone`);
}
const call = office(server, admin);
async function filledIn() {
  await survey(now.page, network.url, 'u0066.01.001', NAMES, [['Ảnh toàn cảnh nhà', photos[0]]]);
  await begin(now.page, network.url, 'u0066.01.002');
  await visited(now.page);
  await next(now.page);
  await people(now.page, [DRAFT]);
  await next(now.page);
  await saved(now.page);
}
/** What lies on the phone that nobody else should read. */
async function secrets() {
  const [done] = (await records()).filter((record) => record.state === 'waiting');
  const token = await now.page.evaluate(async () => (await import('/web/app/store.js')).get('setting', 'token'));
  check(/^[\w-]{20,}$/.test(token) && done.xml.includes(NAMES[0]), 'no token, or no answers');
  const head = await now.page.evaluate(async () => (await (await import('/web/app/roster.js')).roster()).byId.get('u0066.01.001').head);
  return { token, head, name: NAMES[0], draft: DRAFT, 'answer': '<photo_house_front>', ...(await pieces(now.page, done.id)) };
}
async function sent() {
  network.set('open');
  await now.context.setOffline(false);
  await until(async () => {
    const sync = await import('/web/app/sync.js');
    if (!sync.status.busy) sync.sync();
    return (await (await import('/web/app/records.js')).all()).every((record) => record.state === 'all');
  });
}

if (later) {
  step('a phone that has data already, and a round that wants a PIN');
  await setUp(link);
  await now.page.locator('.village').first().waitFor();
  await installed();
  network.set('gone');
  await now.context.setOffline(true);
  await filledIn();
  const needles = await secrets();
  const open = await inDatabase(now.page, needles);
  check(Object.keys(needles).every((name) => open.found.some((one) => one.startsWith(name))), `the search finds nothing: ${JSON.stringify(open)}`);
  check((await inFiles(profile, needles)).length >= 3, 'the search in files finds nothing');
  await call('/rounds', later);
  network.set('open');
  await now.context.setOffline(false);
  // Not under the hands of who fills in a form.
  await now.page.evaluate(async () => (await import('/web/app/sync.js')).sync());
  // Time to draw what it should not.
  await now.page.waitForTimeout(500);
  check((await now.page.locator('#pin').count()) === 0, 'a form was taken away');
  network.set('gone');
  await now.context.setOffline(true);
  await now.page.goto(`${network.url}/phone#/`);
  await heading('Đặt mã PIN');
  const before = await records();
  const other = await now.context.newPage();
  await other.goto(`${network.url}/phone`);
  check((await other.evaluate(async () => (await import('/web/app/store.js')).lock())) === null, 'there is a lock already');
  await now.page.bringToFront();
  // The phone dies when three values are sealed.
  await now.page.evaluate(() => {
    const real = crypto.subtle.encrypt.bind(crypto.subtle);
    let left = 3;
    crypto.subtle.encrypt = (...all) => (left-- > 0 ? real(...all) : new Promise(() => {}));
  });
  await choose(FIRST);
  await now.page.getByText('Đang khóa dữ liệu').waitFor();
  await now.page.waitForTimeout(1500);
  const half = await inDatabase(now.page, needles);
  // A tab that knew of no lock writes nothing in the open, and makes no second one.
  const refused = await other.evaluate(async () => {
    const store = await import('/web/app/store.js');
    const tries = [store.put('record', { id: 'x' }), store.lockWith({ id: 'y' })];
    return (await Promise.all(tries.map((one) => one.then(() => 'kept', (fault) => fault.message)))).join();
  });
  check(refused === 'locked,locked', `another tab: ${refused}`);
  check(half.open.length > 0 && half.open.length < open.open.length, `not in the middle: ${JSON.stringify([open.open, half.open])}`);
  await dead();
  await reopened();
  await heading('Mở khóa');
  await typed(FIRST, 'Mở');
  await now.page.locator('.village').first().waitFor();
  const whole = await inDatabase(now.page, needles);
  check(whole.open.length === 0 && whole.found.length === 0 && whole.values > 5, `lies open: ${JSON.stringify(whole)}`);
  const after = await records();
  check(JSON.stringify(before.map(({ id, state, files }) => [id, state, files]).sort()) === JSON.stringify(after.map(({ id, state, files }) => [id, state, files]).sort()), 'something is lost');
  result.measured.left_after = await inFiles(profile, needles);
  await dead();
  await reopened();
  await heading('Mở khóa');
  await now.page.waitForTimeout(3000);
  result.measured.left_after_restart = await inFiles(profile, needles);
  await typed(FIRST, 'Mở');
  await now.page.locator('.village').first().waitFor();
  await now.page.goto(`${network.url}/phone#/h/u0066.01.002`);
  await now.page.getByRole('button', { name: 'Xóa phiếu đang làm' }).click();
  await now.page.getByRole('button', { name: 'Xóa phiếu', exact: true }).click();
  await sent();
  result.all = await records();
  // What lay open before is gone for good when the site's data are cleared: all is sent.
  const settings = await now.context.newCDPSession(now.page);
  await now.page.goto('about:blank');
  await settings.send('Storage.clearDataForOrigin', { origin: network.url, storageTypes: 'all' });
  for (let i = 0; i < 20 && (await inFiles(profile, needles)).length > 0; i += 1) await now.page.waitForTimeout(1000);
  result.measured.left_after_clearing = await inFiles(profile, needles);
  await dead();
  await network.close();
  await rm(profile, { recursive: true, force: true });
  console.log(JSON.stringify(result));
  process.exit(0);
}

step('set up: a PIN before anything is kept');
await setUp(link);
await heading('Đặt mã PIN');
await look('choose');
for (const weak of ['12345', '111111', '456789', 'abcdef']) {
  await typed(weak, 'Tiếp');
  await now.page.getByText('không dùng một số lặp lại').waitFor();
}
await look('weak');
await typed(FIRST, 'Tiếp');
await now.page.getByText('Nhập lại mã PIN').waitFor();
await look('again');
await typed('274919', 'Đặt mã');
await now.page.getByText('Hai lần nhập không giống nhau').waitFor();
await choose(FIRST);
await now.page.locator('.village').first().waitFor();
await installed();

step('offline: a household with a photo, and a draft');
network.set('gone');
await now.context.setOffline(true);
await now.page.reload();
await heading('Mở khóa');
await typed(FIRST, 'Mở');
await now.page.locator('.village').first().waitFor();
await filledIn();
const needles = await secrets();
const before = await records();
const raw = await inDatabase(now.page, needles);
check(raw.open.length === 0 && raw.found.length === 0 && raw.values > 5, `lies open: ${JSON.stringify(raw)}`);
await now.page.goto(`${network.url}/phone#/export`);
await now.page.locator('main').getByText('1 phiếu chưa gửi').waitFor();
result.sealed = path.join(out, `${width}-${process.pid}-lock.ntmq`);
const bytes = await now.page.evaluate(async (said) => {
  const file = await (await import('/web/app/screens/export.js')).sealed(said);
  const read = new FileReader();
  return new Promise((done) => { read.onload = () => done(read.result.split(',')[1]); read.readAsDataURL(file); });
}, words);
await writeFile(result.sealed, Buffer.from(bytes, 'base64'));
result.first = before.filter((record) => record.state === 'waiting');
await dead();
result.files = await inFiles(profile, needles);

step('reopened: locked');
await reopened();
await heading('Mở khóa');
for (const name of [...NAMES, DRAFT, needles.head]) check(!(await now.page.textContent('body')).includes(name), `${name} can be read`);
await look('locked');
let begun = Date.now();
await typed('000001', 'Mở');
await now.page.getByText('Mã không đúng').waitFor();
result.measured.try_ms = Date.now() - begun;
await look('wrong');
// A code of the office does not go round the lock.
await now.page.goto(`${network.url}/phone#${'ab'.repeat(32)}`);
await heading('Mở khóa');
check(!now.page.url().includes('abab'), 'the code stays in the address');
await typed(FIRST, 'Mở');
await heading('Cài đặt máy điều tra');
await now.page.goto(`${network.url}/phone#/`);
await now.page.locator('.village').first().waitFor();
check(JSON.stringify(await records()) === JSON.stringify(before), 'something is lost');
await now.page.goto(`${network.url}/phone#/h/u0066.01.001`);
await now.page.getByText('Xem phiếu').first().click();
await now.page.locator('nav .row', { hasText: 'Nhà ở' }).click();
await asked(now.page, 'Ảnh toàn cảnh nhà').locator('img').waitFor();
const shown = await asked(now.page, 'Ảnh toàn cảnh nhà').locator('img').evaluate((image) => image.decode().then(() => image.naturalWidth));
check(shown > 100, 'the photo is not shown');

step('away for long: locked again');
await now.page.evaluate(() => {
  const [real, far] = [Date.now.bind(Date), { now: 0 }];
  Date.now = () => real() + far.now;
  const seen = (state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  seen('hidden');
  far.now = 5 * 60_000;
  seen('visible');
  setTimeout(() => { seen('hidden'); far.now += 11 * 60_000; seen('visible'); }, 2000);
});
await now.page.waitForTimeout(1000);
check((await now.page.locator('#pin').count()) === 0, 'locked after five minutes');
await heading('Mở khóa');

step('wrong again and again: a wait, and nothing is lost');
for (let i = 0; i < 5; i += 1) {
  await typed(`90000${i}`, 'Mở');
  await now.page.getByText(i < 4 ? 'Mã không đúng. Không mất' : 'Mã không đúng nhiều lần').waitFor();
  await now.page.getByRole('button', { name: 'Mở', exact: true }).isEnabled();
}
await look('wait');
await typed(FIRST, 'Mở');
await now.page.getByText(/sau (\d|30) giây|sau \d\d giây/).waitFor();
await now.page.reload();
await heading('Mở khóa');
await typed(FIRST, 'Mở');
await now.page.getByText('Mã không đúng nhiều lần').waitFor();
await now.page.evaluate(() => { const real = Date.now.bind(Date); Date.now = () => real() + 31_000; });
await typed('900009', 'Mở');
await now.page.getByText(/sau (5\d|60) giây/).waitFor();
await now.page.evaluate(() => { const real = Date.now.bind(Date); Date.now = () => real() + 61_000; });
await typed(FIRST, 'Mở');
// Where one was before.
await now.page.getByText('Ảnh toàn cảnh nhà').waitFor();
await now.page.goto(`${network.url}/phone#/`);
await now.page.locator('.village').first().waitFor();
check(JSON.stringify(await records()) === JSON.stringify(before), 'something is lost');

step('another PIN');
await now.page.goto(`${network.url}/phone#/settings`);
await now.page.getByText('Đổi mã PIN').click();
await look('change');
await typed(FIRST, 'Tiếp');
await now.page.getByText('Mã PIN mới').waitFor();
await typed(SECOND, 'Tiếp');
await now.page.getByText('Nhập lại mã PIN').waitFor();
await typed(SECOND, 'Đặt mã');
await heading('Cài đặt');
await dead();
await reopened();
await heading('Mở khóa');
await typed(FIRST, 'Mở');
await now.page.getByText('Mã không đúng').waitFor();
await typed(SECOND, 'Mở');
await now.page.locator('.village').first().waitFor();

step('the draft is finished, and all is sent');
await now.page.goto(`${network.url}/phone#/h/u0066.01.002`);
await now.page.getByText('Làm tiếp').click();
await now.page.locator('nav .row', { hasText: 'Người trong hộ' }).click();
await now.page.locator('.row', { hasText: DRAFT }).waitFor();
await next(now.page);
await restOf(now.page, [['Ảnh toàn cảnh nhà', photos[1]]]);
await now.page.getByRole('button', { name: 'Hoàn thành và gửi' }).click();
await now.page.getByText('chờ gửi').first().waitFor();
await sent();
result.all = await records();
const done = await inDatabase(now.page, needles);
check(done.open.length === 0 && done.found.length === 0, `lies open: ${JSON.stringify(done)}`);

step('shut out');
const [{ id: collector }] = (await call('/collectors')).items;
await fetch(`${server}/api/v1/collectors/${collector}/revoke`, { method: 'POST', headers: { authorization: `Bearer ${admin}` } });
await now.page.evaluate(async () => (await import('/web/app/sync.js')).sync());
await until(async () => {
  const store = await import('/web/app/store.js');
  const kept = await Promise.all(['record', 'blob', 'file'].map((name) => store.keys(name)));
  return !(await store.get('setting', 'token')) && !(await store.get('setting', 'pull')) && kept.flat().length === 0;
});

await dead();
result.files_at_last = await inFiles(profile, needles);
await network.close();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify(result));
process.exit(0);
