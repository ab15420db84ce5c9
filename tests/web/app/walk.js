// A collector's day, on one screen size: set up by the code, install, go offline, fill in three households
// with members and photos, have the phone die in the middle, send over a network that drops connections,
// mend what came back. Prints what it measured as JSON on the last line.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { asked, begin, give, handIn, member, next, people, restOf, saved, type, violations, visited } from './hands.js';
import { office } from './office.js';
import { proxy } from './proxy.js';

const { server, link, admin, out, width, height, photos, words } = JSON.parse(process.argv[2]);
const size = { width, height };
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
const network = await proxy(server, 7);
const result = { screens: [], axe: [], measured: {} };
let now = await phone(profile, size);
process.on('uncaughtException', async (fault) => {
  console.error(fault, now.faults);
  await look('fault').catch(() => {});
  await now.kill();
  process.exit(1);
});
const step = (words) => console.error(`${width}x${height} ${words}`);

async function look(name) {
  await now.page.evaluate(() => document.fonts?.ready);
  const file = path.join(out, `${width}-${String(result.screens.length + 1).padStart(2, '0')}-${name}.png`);
  await now.page.screenshot({ path: file, fullPage: true });
  result.screens.push(file);
  for (const one of await violations(now.page)) result.axe.push(`${name}: ${one}`);
  const wide = await now.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) result.axe.push(`${name}: ${wide} px wider than the screen`);
}
const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
/** Waits until something holds in the page. */
async function until(holds, patience = 120_000) {
  for (const end = Date.now() + patience; Date.now() < end; await now.page.waitForTimeout(300)) {
    if (await now.page.evaluate(holds)) return;
  }
  const left = (await records()).map(({ state, want, files }) => ({ state, want, files: files.map((file) => file.bytes) }));
  throw new Error(`never: ${holds}\n${JSON.stringify([left, network.state])}`);
}
const records = () => now.page.evaluate(async () => {
  const all = await (await import('/web/app/records.js')).all();
  return all.map(({ id, state, want, xml, instanceID, household, files, edits }) => ({ id, state, want, xml, instanceID, household, files, edits }));
});

step('set up');
await now.page.goto(`${network.url}/phone#${new URL(link).hash.slice(1)}`);
await now.page.getByRole('button', { name: 'Cài đặt máy này' }).waitFor();
check(!now.page.url().includes('#'), 'the code stays in the address');
// A check that finds nothing proves nothing.
await now.page.evaluate(() => document.getElementById('main').append(new Image(5, 5)));
check((await violations(now.page)).some((one) => one.startsWith('image-alt')), 'axe does not see a picture without words');
await now.page.evaluate(() => document.querySelector('#main > img').remove());
await look('setup');
await now.page.getByRole('button', { name: 'Cài đặt máy này' }).click();
await now.page.getByRole('heading', { name: 'Việc của tôi' }).waitFor();
await now.page.locator('.village').first().waitFor();
await look('home');
result.measured.weight = network.state.down;
await now.page.evaluate(() => navigator.serviceWorker.ready);
await until(async () => {
  if (!(await navigator.serviceWorker.getRegistration())?.active) return false;
  for (const name of await caches.keys()) if ((await (await caches.open(name)).keys()).length > 30) return true;
  return false;
});
result.measured.offline_weight = network.state.down;

step('offline');
network.set('gone');
await now.context.setOffline(true);
let begun = Date.now();
await now.page.reload();
await now.page.locator('.village').first().waitFor();
result.measured.reopen_ms = Date.now() - begun;
await now.page.getByText('Không có mạng').waitFor();

const opening = (household) => begin(now.page, network.url, household);
const first = () => visited(now.page);
const person = (name) => member(now.page, name);
const members = (names) => people(now.page, names);
const rest = (pictures) => restOf(now.page, pictures, () => look('housing'));
const finish = () => handIn(now.page);

step('first household');
await opening('u0066.01.001');
await look('sections');
await now.page.locator('nav .row').first().click();
await look('questions');
await now.page.goBack();
await first();
await look('answered');
await next(now.page);
await now.page.getByRole('heading', { name: 'Người trong hộ' }).first().waitFor();
await type(now.page, 'Số người thực tế thường trú', '50');
await asked(now.page, 'Số người thực tế thường trú').getByText('từ 1 đến 40').waitFor();
await look('constraint');
await members(['Giàng A Páo', 'Lù Thị Mẩy']);
// What was typed and refused is not handed in as what stood there before.
await type(now.page, 'Số người thực tế thường trú', '50');
await now.page.goto(now.page.url().replace(/\/[^/]*$/, '/end'));
await now.page.locator('.findings', { hasText: 'từ 1 đến 40' }).locator('a', { hasText: 'Số người thực tế thường trú' }).click();
await type(now.page, 'Số người thực tế thường trú', '2');
await look('members');
await now.page.locator('.row', { hasText: 'Giàng A Páo' }).click();
await look('member');
await now.page.goBack();
await next(now.page);
await rest([['Ảnh toàn cảnh nhà', photos[0]], ['Ảnh nguồn nước', photos[1]]]);
await look('end');
await finish();
await look('household');

step('second household');
await opening('u0066.01.002');
await first();
await next(now.page);
await members(['Sùng Seo Lử']);
await next(now.page);
await rest([['Ảnh toàn cảnh nhà', photos[2]]]);
await finish();

step('third household, and the phone dies');
await opening('u0066.02.001');
await now.page.locator('.bottom a').click();
await now.page.locator('.findings').waitFor();
await look('findings');
await now.page.locator('.findings a').first().click();
await now.page.locator('.questions').waitFor();
await now.page.goto(`${network.url}/phone#/h/u0066.02.001`);
await now.page.getByText('Làm tiếp').click();
await first();
await next(now.page);
await type(now.page, 'Số người thực tế thường trú', '1');
await person('Hoàng Thị Dua');
await type(now.page, 'Họ và tên', 'Hoàng Thị Dúa');
await saved(now.page);
await now.kill();
result.faults = now.faults;
now = await phone(profile, size);
await now.context.setOffline(true);
begun = Date.now();
await now.page.goto(`${network.url}/phone`);
await now.page.getByRole('heading', { name: 'Việc của tôi' }).waitFor();
result.measured.cold_ms = Date.now() - begun;
await now.page.locator('.village').first().waitFor();
await now.page.getByText('2 phiếu chưa gửi').waitFor();
await look('home-waiting');
await now.page.goto(`${network.url}/phone#/h/u0066.02.001`);
await now.page.getByText('Làm tiếp').click();
await now.page.locator('nav .row', { hasText: 'Người trong hộ' }).click();
await now.page.locator('.row', { hasText: 'Hoàng Thị Dúa' }).click();
check((await asked(now.page, 'Họ và tên').locator('input').inputValue()) === 'Hoàng Thị Dúa', 'the name is lost');
check(await asked(now.page, 'Biết ngày sinh').getByLabel('Chỉ biết năm').isChecked(), 'an answer is lost');
await now.page.locator('.bottom').getByText('Xong').click();
await next(now.page);
await rest([['Ảnh toàn cảnh nhà', photos[3]], ['Ảnh mái', photos[4]]]);
await finish();

step('what was not sent, in a file');
await now.page.goto(`${network.url}/phone#/settings`);
await now.page.getByText('Xuất phiếu chưa gửi').click();
await now.page.locator('main').getByText('3 phiếu chưa gửi').waitFor();
await now.page.getByRole('button', { name: 'Tạo tệp' }).click();
await now.page.getByText('Nhập ít nhất 12 ký tự').waitFor();
await look('export');
await now.page.locator('#words').fill(words);
await now.page.getByRole('button', { name: 'Tạo tệp' }).click();
await now.page.getByText('Đã tạo tệp').waitFor();
await look('export-done');
result.sealed = path.join(out, `${width}-${process.pid}.ntmq`);
const bytes = await now.page.evaluate(async (said) => {
  const file = await (await import('/web/app/screens/export.js')).sealed(said);
  const read = new FileReader();
  return new Promise((done) => { read.onload = () => done(read.result.split(',')[1]); read.readAsDataURL(file); });
}, words);
await writeFile(result.sealed, Buffer.from(bytes, 'base64'));

step('online, over a network that drops connections');
network.set('flaky');
Object.assign(network.state, { up: 0 });
await now.context.setOffline(false);
await now.page.goto(`${network.url}/phone#/`);
await look('home-sending');
await until(async () => {
  const { all } = await import('/web/app/records.js');
  const sync = await import('/web/app/sync.js');
  // A collector who looks at the phone, rather than the back-off of one who does not.
  if (!sync.status.busy) sync.sync();
  return (await all()).every((record) => record.state === 'all');
}, 300_000);
result.measured.cuts = network.state.cuts;
result.measured.sent_bytes = network.state.up;
await now.page.getByText('Đã gửi hết').waitFor();
await look('home-sent');
result.first = await records();
result.measured.payload = result.first.reduce((sum, one) => sum + one.files.reduce((all, file) => all + file.bytes, 0), 0);

step('returned, mended and sent again');
network.set('open');
const call = office(server, admin);
const listed = await call('/submissions');
const one = listed.items.find((row) => row.household === 'u0066.01.001');
await call('/reviews', { id: crypto.randomUUID(), submissions: [one.seq], decision: 'returned', reason: 'Chụp lại ảnh toàn cảnh nhà', fields: ['/household/housing/photo_house_front'] });
await now.page.evaluate(async () => (await import('/web/app/sync.js')).sync());
await now.page.getByRole('button', { name: /Trả lại 1/ }).click();
await look('home-returned');
await now.page.goto(`${network.url}/phone#/h/u0066.01.001`);
await now.page.getByText('Bị trả lại').waitFor();
await look('returned');
await now.page.getByRole('button', { name: 'Sửa và gửi lại' }).click();
await now.page.locator('nav .row', { hasText: 'Nhà ở' }).click();
await asked(now.page, 'Ảnh toàn cảnh nhà').getByText('Người duyệt yêu cầu').waitFor();
await look('returned-field');
// A phone slower than the collector: handed in while the photo is still being made smaller.
await now.page.evaluate(() => {
  const make = globalThis.createImageBitmap;
  globalThis.createImageBitmap = async (...all) => {
    await new Promise((done) => setTimeout(done, 3000));
    return make(...all);
  };
});
await give(now.page, 'Ảnh toàn cảnh nhà', photos[5]);
const up = network.state.up;
await now.page.goto(`${now.page.url().replace(/\/[^/]*$/, '')}/end`);
await now.page.getByRole('button', { name: 'Hoàn thành và gửi' }).click();
await until(async () => (await (await import('/web/app/records.js')).all()).every((record) => record.state === 'all'));
result.measured.edit_bytes = network.state.up - up;
result.all = await records();
const mended = result.all.find((record) => record.edits);
const old = result.all.find((record) => record.instanceID === mended.edits).files.map((file) => file.sha256);
check(mended.files.length === 2 && mended.files.filter((file) => !old.includes(file.sha256)).length === 1, 'the new photo is lost');
await now.page.goto(`${network.url}/phone#/h/u0066.01.001`);
await now.page.getByText('Xem phiếu').first().click();
await now.page.getByText('chỉ xem').waitFor();
await look('read-only');
await now.page.locator('nav .row', { hasText: 'Nhà ở' }).click();
await look('read-only-housing');

step('settings, dark, English');
await now.page.goto(`${network.url}/phone#/settings`);
await now.page.getByLabel('Tối').check();
await look('settings-dark');
await now.page.goto(`${network.url}/phone#/`);
await look('home-dark');
await now.page.goto(`${network.url}/phone#/settings`);
await now.page.getByLabel('Sáng').check();
await now.page.getByLabel('English').check();
await now.page.getByRole('heading', { name: 'Settings' }).waitFor();
await now.page.goto(`${network.url}/phone#/`);
await now.page.getByRole('heading', { name: 'My work' }).waitFor();
await look('home-english');

step('shut out: names and what was sent go');
await now.page.evaluate(async () => (await import('/web/app/store.js')).put('blob', new Blob(['abc']), 'f'.repeat(64)));
const [{ id: collector }] = (await call('/collectors')).items;
await fetch(`${server}/api/v1/collectors/${collector}/revoke`, { method: 'POST', headers: { authorization: `Bearer ${admin}` } });
await now.page.evaluate(async () => (await import('/web/app/sync.js')).sync());
await until(async () => {
  const store = await import('/web/app/store.js');
  const kept = await Promise.all(['record', 'blob', 'file'].map((name) => store.keys(name)));
  // A photo that no form names goes after an hour, without a token too.
  if (kept[1].length === 1) await (await import('/web/app/records.js')).tidy(Date.now() + 2 * 3600e3);
  await (await import('/web/app/sync.js')).sync();
  return !(await store.get('setting', 'token')) && !(await store.get('setting', 'pull')) && kept.flat().length === 0;
});
await now.page.goto(`${network.url}/phone`);
await now.page.locator('h1').waitFor();
check(!(await now.page.textContent('body')).includes('Giàng'), 'a name is left on the screen');
await look('shut-out');

result.faults.push(...now.faults);
await now.kill();
await network.close();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify(result));
process.exit(0);
