// What a phone keeps when things go wrong elsewhere: the answer to its set-up is lost; a photo is taken
// while the app tidies up; somebody asks for a position and walks on, or leaves half a month; the server was restored from a backup that does not know the phone. Prints what
// it saw as JSON on the last line.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { answerRequired, asked, begin, choose, next, people, restOf, saved, visited } from './hands.js';

const { server, links, photo } = JSON.parse(process.argv[2]);
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
const now = await phone(profile, { width: 360, height: 640 });
const { page } = now;
process.on('uncaughtException', async (fault) => {
  console.error(fault, now.faults, await page.locator('body').innerText().catch(() => ''));
  await now.kill();
  process.exit(1);
});
const step = (words) => console.error(words);
const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
const until = async (holds, patience = 60_000) => {
  for (const end = Date.now() + patience; Date.now() < end; await page.waitForTimeout(200)) if (await page.evaluate(holds)) return;
  throw new Error(`never: ${holds}`);
};
const open = async (link) => {
  await page.goto('about:blank');
  await page.goto(`${server}/phone#${new URL(link).hash.slice(1)}`);
  await page.getByRole('button', { name: 'Cài đặt máy này' }).click();
};
const sync = () => page.evaluate(async () => (await import('/web/app/sync.js')).sync());
const records = () => page.evaluate(async () => (await (await import('/web/app/records.js')).all()).map(({ id, state }) => ({ id, state })));
const blobs = () => page.evaluate(async () => (await (await import('/web/app/store.js')).keys('blob')).length);

step('the answer to set-up is lost');
await page.route('**/api/v1/enrolments', async (route) => {
  await route.fetch();
  await route.abort();
}, { times: 1 });
await open(links[0]);
await page.getByText('Không kết nối được máy chủ').waitFor();
// The page may be gone by then, too.
await open(links[0]);
await page.getByRole('heading', { name: 'Việc của tôi' }).waitFor();
await page.locator('.village').first().waitFor();

step('a form is filled in and sent');
await begin(page, server, 'u0066.01.001');
await visited(page);
await next(page);
await people(page, ['Lù Seo Dế']);
await next(page);
await restOf(page, [['Ảnh toàn cảnh nhà', photo]]);
await page.getByRole('button', { name: 'Hoàn thành và gửi' }).click();
await until(async () => (await (await import('/web/app/records.js')).all()).some((record) => record.state !== 'draft'));
await until(async () => (await (await import('/web/app/records.js')).all()).every((record) => record.state === 'all'));

step('somebody goes from the list while a photo of another is made smaller; what was refused is no answer');
const told = await page.evaluate(async () => {
  const records = await import('/web/app/records.js');
  const { edit } = await import('/web/app/fill/session.js');
  const session = await edit((await records.all())[0]);
  const { filling } = session;
  const members = '/household/members/member';
  const { ref } = filling.addRepeat(members);
  const photo = session.keep(filling.get(`${ref}/full_name`).key, new Blob(['a photo']), 'jpg');
  filling.removeRepeat(`${members}[1]`);
  await photo;
  const name = filling.value(`${members}[1]/full_name`);
  const gone = await session.keep(-1, new Blob(['of nobody']), 'jpg');
  const count = '/household/members/resident_count';
  session.set(count, '3');
  session.set(count, '50');
  const refused = session.check().find((one) => one.ref === count);
  const shown = filling.get(count).error?.value;
  await records.drop([session.record]);
  // What was taken of nobody waits for its hour.
  const store = await import('/web/app/store.js');
  const left = new Set((await records.all()).flatMap((record) => record.files.map((file) => file.sha256)));
  for (const key of await store.keys('blob')) if (!left.has(key)) await store.remove('blob', key);
  return { name, gone, refused: refused?.label && refused.message, left: filling.value(count), shown };
});
check(/jpg$/.test(told.name), `the photo is not with whom it was taken: ${told.name}`);
check(!told.gone, 'a photo of nobody');
check(/từ 1 đến 40/.test(told.refused) && told.shown === '50', `an answer is replaced by the one before: ${JSON.stringify(told)}`);

step('a photo is taken while the app tidies up');
const left = await page.evaluate(async () => {
  const records = await import('/web/app/records.js');
  const store = await import('/web/app/store.js');
  const [sent] = await records.all();
  const draft = { ...sent, id: crypto.randomUUID(), state: 'draft', files: [] };
  await records.save(draft);
  const hour = 3_600_000;
  const tidied = async (later) => {
    await records.tidy(Date.now() + later);
    return (await store.keys('blob')).length;
  };
  const seen = [];
  await records.keepFile(draft, 'b.jpg', new Blob(['a photo']));
  seen.push(await tidied(0), await tidied(0), await tidied(hour / 2));
  await records.save(draft);
  seen.push(await tidied(3 * hour));
  // One that nobody names any more goes, after a while.
  await records.save({ ...draft, files: [] });
  seen.push(await tidied(3 * hour), await tidied(5 * hour));
  await records.drop([draft]);
  return seen;
});
check(left.join() === '2,2,2,2,2,1', `photos there: ${left}`);

step('a position asked for, and the collector walks on');
await page.evaluate(() => {
  Object.getPrototypeOf(navigator.geolocation).watchPosition = (found) => {
    globalThis.found = (longitude, accuracy) => found({ coords: { latitude: 22, longitude, altitude: 500, accuracy } });
    setTimeout(() => globalThis.found(104.111, 60), 100);
    return 7;
  };
  Object.getPrototypeOf(navigator.geolocation).clearWatch = (id) => { globalThis.stopped = id; };
});
const draft = () => page.evaluate(async () => JSON.stringify((await (await import('/web/app/records.js')).all()).find((one) => one.state === 'draft').snapshot));
// By its parts, not anew: what was put in place of the receiver has to stay.
await page.evaluate(() => { location.hash = '#/h/u0066.01.002'; });
await page.getByRole('button', { name: 'Bắt đầu phiếu' }).click();
await page.getByText('Các phần của phiếu').waitFor();
const form = new URL(page.url()).hash;
await page.locator('nav .row').first().click();
await choose(page, 'Kết quả tiếp cận hộ', 'Gặp được');
await choose(page, 'Người trả lời là ai', 'Chủ hộ');
await choose(page, 'Phỏng vấn bằng tiếng gì', 'Tiếng Mông');
await answerRequired(page);
await asked(page, 'Vị trí nhà').getByRole('button', { name: 'Lấy vị trí' }).click();
await page.getByText('Sai số 60 m').waitFor();
await page.evaluate(() => { location.hash = '#/'; });
await page.getByRole('heading', { name: 'Việc của tôi' }).waitFor();
check(await page.evaluate(() => globalThis.stopped === 7), 'the receiver goes on');
await page.evaluate(() => globalThis.found(104.999, 5));
await saved(page);
check(!(await draft()).includes('104.'), 'a position from elsewhere is kept');

step('half a month');
await page.evaluate((hash) => { location.hash = hash; }, form);
await page.locator('nav .row', { hasText: 'Thu nhập' }).click();
const month = asked(page, 'Kỳ 12 tháng');
const year = async (typed) => {
  await month.locator('input').fill(typed);
  await month.locator('input').blur();
  await saved(page);
};
await month.locator('select').selectOption('09');
await year('26');
await month.getByText('Chọn tháng và nhập năm đủ 4 chữ số').waitFor();
check(!(await draft()).includes('-09-01'), 'half a month is kept');
await year('2024');
check((await draft()).includes('"2024-09-01"') && (await month.locator('.error:visible').count()) === 0, 'a month is not kept');
await year('20');
// It has to be answered: what was kept is, and is shown.
check((await draft()).includes('"2024-09-01"') && (await month.locator('input').inputValue()) === '2024', 'the screen shows another month than is sent');
await month.getByText('Chọn tháng và nhập năm đủ 4 chữ số').waitFor();
await page.evaluate(async () => {
  location.hash = '#/';
  const records = await import('/web/app/records.js');
  await records.drop((await records.all()).filter((one) => one.state === 'draft'));
});
await page.getByRole('heading', { name: 'Việc của tôi' }).waitFor();

step('restored: the server does not know the phone, and has another history');
await page.evaluate(async () => {
  const store = await import('/web/app/store.js');
  const pull = await store.get('setting', 'pull');
  await store.change([['setting', 'token', '0123456789abcdeffedcba9876543210'.repeat(2)], ['setting', 'pull', { ...pull, epoch: 'before', etag: null }]]);
});
await sync();
await page.locator('#net').getByText('Máy chủ không biết mã thiết bị này').waitFor();
check((await records()).map((one) => one.state).join() === 'all' && (await blobs()) === 1, 'what was sent is gone from the phone');
check(await page.evaluate(async () => Boolean((await (await import('/web/app/store.js')).get('setting', 'pull'))?.rounds)), 'the list is gone');

step('a new code: everything is offered again');
let offered = 0;
page.on('request', (request) => { offered += Number(request.url().endsWith('/phone/offer')); });
await open(links[1]);
await page.getByRole('heading', { name: 'Việc của tôi' }).waitFor();
for (const end = Date.now() + 60_000; offered === 0 && Date.now() < end; ) await page.waitForTimeout(200);
check(offered > 0, 'nothing is offered');
await until(async () => (await (await import('/web/app/records.js')).all()).every((record) => record.state === 'all'));
const again = offered;
await sync();
check(offered === again, 'offered again and again');
check((await records()).length === 1 && (await blobs()) === 1, 'something is lost');

await now.kill();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify({ faults: now.faults }));
process.exit(0);
