// What becomes of a form under a collector's hands: Back after it was handed in, a second tap, two tabs on
// one draft, a full phone, a server that does not know it, a round that is closed meanwhile. Prints what went
// wrong in the page as JSON on the last line.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { asked, begin, choose, type } from './hands.js';
import { office } from './office.js';

const { server, link, admin, round, later } = JSON.parse(process.argv[2]);
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
const size = { width: 360, height: 640 };
const now = await phone(profile, size);
const { page, context } = now;
page.setDefaultTimeout(20_000);
process.on('uncaughtException', async (fault) => {
  console.error(fault, now.faults);
  console.error(await page.locator('main').innerText().catch(() => ''));
  await now.kill();
  process.exit(1);
});
const step = (words) => console.error(words);
const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
const call = office(server, admin);
const sync = () => page.evaluate(async () => {
  const { sync, status } = await import('/web/app/sync.js');
  while (status.busy) await new Promise((done) => setTimeout(done, 50));
  await sync();
});
/** The records of a household, the oldest first. */
const records = (household) => page.evaluate(async (household) => {
  const all = await (await import('/web/app/records.js')).all();
  return all.filter((one) => one.household === household).sort((a, b) => a.created - b.created)
    .map((one) => ({ ...one, said: JSON.stringify(one.snapshot ?? one.xml) }));
}, household);
const one = async (household) => {
  const all = await records(household);
  check(all.length === 1, `${household}: ${all.length} records`);
  return all[0];
};
const settled = () => page.waitForTimeout(600);
/** Goes to an address of the app without loading it anew. */
const to = (hash, tab = page) => tab.evaluate((hash) => { location.hash = hash; }, hash);
const CONTACT = 'Kết quả tiếp cận hộ';
const contact = async (choice, tab = page) => {
  await choose(tab, CONTACT, choice);
  await settled();
};
/** A form whose household did not want to, up to its end; its address. */
async function filled(household) {
  await begin(page, server, household);
  const form = new URL(page.url()).hash;
  await page.locator('nav .row').first().click();
  await contact('từ chối');
  await to(`${form}/end`);
  await page.getByRole('button', { name: 'Hoàn thành và gửi' }).waitFor();
  return form;
}
const finish = () => page.getByRole('button', { name: 'Hoàn thành và gửi' }).click();
const roundOf = (record) => /<round>([^<]*)/.exec(record.xml)?.[1];

await page.goto(`${server}/phone#${new URL(link).hash.slice(1)}`);
await page.getByRole('button', { name: 'Cài đặt máy này' }).click();
await page.locator('.village').first().waitFor();
// Nothing is sent before this says so.
await page.evaluate(() => navigator.serviceWorker.ready);
await sync();
let offers = 0;
const hold = (tab) => tab.route('**/api/v1/phone/offer', (route) => { offers += 1; return route.abort(); });
await hold(page);

step('Back after it was handed in');
const first = await filled('u0066.01.001');
await finish();
await page.getByText('chờ gửi').first().waitFor();
const handed = await one('u0066.01.001');
await page.goBack();
await settled();
check((await page.getByRole('button', { name: 'Hoàn thành và gửi' }).count()) === 0, 'it can be handed in again');
await to(`${first}/end`);
await page.getByText('chờ gửi').first().waitFor();
const still = await one('u0066.01.001');
check(still.xml === handed.xml && still.instanceID === handed.instanceID && still.state === 'waiting', 'it is another one now');

step('two taps');
await filled('u0066.01.002');
await page.evaluate(() => {
  // A slow memory card: that something is kept is heard later.
  const complete = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, 'oncomplete');
  const slow = (act) => (event) => setTimeout(() => act(event), 400);
  Object.defineProperty(IDBTransaction.prototype, 'oncomplete', { ...complete, set(act) { complete.set.call(this, this.durability === 'strict' ? slow(act) : act); } });
  const button = [...document.querySelectorAll('button')].find((one) => one.textContent === 'Hoàn thành và gửi');
  button.click();
  button.dispatchEvent(new Event('click'));
  setTimeout(() => button.dispatchEvent(new Event('click')), 150);
});
await page.getByText('chờ gửi').first().waitFor();
await page.waitForTimeout(1500);
check((await one('u0066.01.002')).nth.number === 2, 'the office misses a form that never was');
check((await page.evaluate(async () => (await (await import('/web/app/store.js')).get('setting', 'run')).last)) === 2, 'a number is lost');
await page.reload();

step('two tabs');
await begin(page, server, 'u0066.01.003');
const draft = new URL(page.url()).hash;
await page.locator('nav .row').first().click();
await contact('từ chối');
await to('#/');
const other = await context.newPage();
await hold(other);
await other.setViewportSize(size);
await other.goto(`${server}/phone${draft}`);
await other.locator('nav .row').first().click();
await contact('Vắng nhà', other);
await to(draft);
await page.locator('nav .row').first().click();
check(await asked(page, CONTACT).getByLabel('Vắng nhà').isChecked(), 'an old copy is shown');
await contact('từ chối', other);
await contact('Đã chuyển đi');
await page.getByText('vừa được sửa ở cửa sổ khác').waitFor();
check(await asked(page, CONTACT).getByLabel('từ chối').isChecked(), 'what the other tab answered is not shown');
check((await one('u0066.01.003')).said.includes('refused'), 'what the other tab answered is lost');
await to(`${draft}/end`, other);
await other.getByRole('button', { name: 'Hoàn thành và gửi' }).click();
await other.getByText('chờ gửi').first().waitFor();
await contact('Đã chuyển đi');
check((await one('u0066.01.003')).state === 'waiting', 'a tap made a draft of what was handed in');
await other.close();

step('a full phone');
const full = () => page.evaluate(() => {
  const put = IDBObjectStore.prototype.put;
  const error = Object.getOwnPropertyDescriptor(IDBTransaction.prototype, 'error');
  globalThis.room = () => {
    IDBObjectStore.prototype.put = put;
    Object.defineProperty(IDBTransaction.prototype, 'error', error);
  };
  IDBObjectStore.prototype.put = function (...all) {
    if (this.name === 'record') {
      const { transaction } = this;
      queueMicrotask(() => transaction.abort());
      Object.defineProperty(IDBTransaction.prototype, 'error', { configurable: true, get: () => new DOMException('full', 'QuotaExceededError') });
    }
    return put.apply(this, all);
  };
});
await full();
await to('#/h/u0066.01.004');
await page.getByRole('button', { name: 'Bắt đầu phiếu' }).click();
await page.locator('#trouble').getByText('bộ nhớ máy đầy').waitFor();
await page.evaluate(() => globalThis.room());
const open = await filled('u0066.01.004');
await full();
await finish();
await page.locator('main').getByText('bộ nhớ máy đầy').waitFor();
await page.evaluate(() => globalThis.room());

step('a round that is closed while a form is open, and another');
check(offers > 0, 'nothing was tried');
await page.unroute('**/api/v1/phone/offer');
await call('/rounds', later);
await sync();
await to('#/');
await page.getByRole('button', { name: 'Chưa làm 10' }).waitFor();
await call(`/rounds/${round}/close`, {});
await sync();
await page.reload();
await to(open);
await page.locator('nav .row').first().click();
await asked(page, 'Chọn hộ').locator('input:checked').waitFor();
await to(`${open}/end`);
await finish();
await page.getByText('Đã gửi hết').first().waitFor();
check(roundOf(await one('u0066.01.004')) === round, `begun in ${round}: ${roundOf(await one('u0066.01.004'))}`);
await to('#/h/u0066.01.001');
await page.getByText('thuộc đợt điều tra khác').waitFor();
await page.getByRole('button', { name: 'Bắt đầu phiếu' }).waitFor();
await page.getByRole('button', { name: 'Sửa phiếu' }).click();
await page.getByText('Các phần của phiếu').waitFor();
await to(`${new URL(page.url()).hash}/end`);
await finish();
await page.getByText('Đã gửi hết').first().waitFor();
const [, edit] = await records('u0066.01.001');
check(roundOf(edit) === round, `an edit of what counted in ${round}: ${roundOf(edit)}`);

step('about a household on no list: named, returned, mended');
await to('#/');
await page.getByRole('button', { name: 'Hộ ngoài danh sách' }).click();
await page.getByText('Các phần của phiếu').waitFor();
const loose = new URL(page.url()).hash;
await to('#/');
await page.locator(`a[href="${loose}"]`).getByText(/\p{L}/u).first().waitFor();
check(/\p{L}/u.test(await page.locator(`a[href="${loose}"] > span`).first().innerText()), 'a form without a name');
await to(loose);
await page.locator('nav .row').first().click();
await contact('từ chối');
await choose(page, 'Xã', 'Nậm Chảy');
await choose(page, 'Thôn, bản', 'Thôn 1');
await choose(page, 'Hộ có trong danh sách', 'Không');
await type(page, 'Số thứ tự tạm', '77');
await settled();
await to(`${loose}/end`);
await finish();
await page.locator(`a[href="${loose}"] .sent`).waitFor();
const row = (await call('/submissions')).items.find((one) => !one.household);
await call('/reviews', { id: crypto.randomUUID(), submissions: [row.seq], decision: 'returned', reason: 'Thiếu họ tên chủ hộ', fields: [] });
await sync();
await page.locator('.note', { hasText: 'Thiếu họ tên chủ hộ' }).locator('b').getByText('77').waitFor();
await page.locator(`a[href="${loose}"] .returned`).waitFor();
await to(loose);
await page.locator('.note', { hasText: 'Thiếu họ tên chủ hộ' }).waitFor();
await page.getByRole('button', { name: 'Sửa và gửi lại' }).click();
await page.getByText('Người duyệt yêu cầu').waitFor();
check(new URL(page.url()).hash !== loose, 'it is not mended');

step('erased: no line of it in any list');
const lists = () => page.evaluate(async () => {
  const store = await import('/web/app/store.js');
  return Promise.all((await store.keys('file')).map((key) => store.get('file', key)));
});
check((await lists()).filter((list) => list.includes('u0066.01.005')).length === 2, 'the lists of both rounds');
await call('/erasures', { id: crypto.randomUUID(), household: 'u0066.01.005', reason: 'Hộ yêu cầu xóa dữ liệu' });
await sync();
check(!(await lists()).some((list) => list.includes('u0066.01.005')), 'an old list names who was erased');
check((await lists()).filter((list) => list.includes('u0066.01.004')).length === 3, 'a list went that a form was begun with');

step('a server that took it, and does not know it');
let pushes = 0;
const id = (await one('u0066.01.002')).id;
await page.route('**/api/v1/phone/offer', (route) => route.fulfill({ json: { items: [{ id, state: 'answers', want: [{ name: 'a.jpg', sha256: 'a'.repeat(64), offset: 0 }] }], missing: [] } }));
await page.route('**/api/v1/phone/push', (route) => {
  pushes += 1;
  return route.fulfill({ json: { items: [{ id, state: 'refused', want: [], code: 'not_found', message: 'Không có.' }] } });
});
await page.evaluate(async (id) => {
  const [records, store] = [await import('/web/app/records.js'), await import('/web/app/store.js')];
  await store.put('blob', new Blob(['abc']), 'a'.repeat(64));
  await records.save({ ...(await records.get(id)), state: 'waiting', files: [{ name: 'a.jpg', sha256: 'a'.repeat(64), bytes: 3 }] });
}, id);
await Promise.race([sync(), page.waitForTimeout(5000)]);
check(pushes === 2, `${pushes} pushes of one photo`);
check((await one('u0066.01.002')).state === 'refused', 'it is offered for ever');

step('without its lists a form keeps what was answered');
const bare = await page.evaluate(async () => {
  const [records, store] = [await import('/web/app/records.js'), await import('/web/app/store.js')];
  const old = (await records.all()).find((record) => record.household === 'u0066.01.003');
  const { edit } = await import('/web/app/fill/session.js');
  const { record } = await edit(old);
  // As when the phone was shut out.
  await store.change([...(await store.keys('file')).map((md5) => ['file', md5]), ['setting', 'pull'], ['setting', 'token']]);
  return record.id;
});
await page.reload();
const answers = await page.evaluate(async (id) => {
  const { resume } = await import('/web/app/fill/session.js');
  const session = await resume(await (await import('/web/app/records.js')).get(id));
  session.check();
  return ['commune', 'village', 'household'].map((name) => session.filling.value(`/household/${name}`)).join();
}, bare);
check(answers === 'u0066,u0066.01,u0066.01.003', `what was answered is gone: ${answers}`);

await now.kill();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify({ faults: now.faults }));
process.exit(0);
