// A helper team's day, on one screen size: set up by the code, see the communes, go offline, log a visit with a
// photo, a difficulty and support, send it, see what became of it. A collector of no team sees and fetches nothing
// of that. Prints what it measured as JSON on the last line.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { asked, choose, next, saved, shoot, type, violations } from './hands.js';
import { proxy } from './proxy.js';

const { server, link, other, out, width, height, photo, now: time } = JSON.parse(process.argv[2]);
const size = { width, height };
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
const network = await proxy(server, 7);
const result = { screens: [], axe: [], measured: {} };
const now = await phone(profile, size);
const { page, context } = now;
process.on('uncaughtException', async (fault) => {
  console.error(fault, now.faults);
  await look('fault').catch(() => {});
  await now.kill();
  process.exit(1);
});
const step = (words) => console.error(`${width}x${height} ${words}`);
// The phone's clock is as far as the server's.
const shift = (at) => {
  const off = at - Date.now();
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...said) {
      if (said.length) super(...said);
      else super(Real.now() + off);
    }
    static now() { return Real.now() + off; }
  };
};
await context.addInitScript(shift, Date.parse(time));

async function look(name) {
  const file = path.join(out, `${width}-team-${String(result.screens.length + 1).padStart(2, '0')}-${name}.png`);
  await page.screenshot({ path: file, fullPage: true });
  result.screens.push(file);
  for (const one of await violations(page)) result.axe.push(`${name}: ${one}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) result.axe.push(`${name}: ${wide} px wider than the screen`);
}
const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
async function until(holds, patience = 60_000) {
  for (const end = Date.now() + patience; Date.now() < end; await page.waitForTimeout(300)) {
    if (await page.evaluate(holds)) return;
  }
  throw new Error(`never: ${holds}`);
}
const sync = () => page.evaluate(async () => (await import('/web/app/sync.js')).sync());

step('set up');
const asks = [];
page.on('request', (request) => asks.push(new URL(request.url()).pathname));
await page.goto(`${network.url}/phone#${new URL(link).hash.slice(1)}`);
await page.getByRole('button', { name: 'Cài đặt máy này' }).click();
await page.getByRole('heading', { name: 'Xã của tổ' }).waitFor();
check(asks.includes('/api/v1/phone/communes'), 'the communes came from somewhere else');
await page.evaluate(() => navigator.serviceWorker.ready);
await until(async () => {
  for (const name of await caches.keys()) if ((await (await caches.open(name)).keys()).length > 30) return true;
  return false;
});
// A team asks no household: no form about one, no names on its phone.
check(!asks.some((path) => /forms\/household|households\.csv/.test(path)), `asked for households: ${asks}`);
check(!(await page.locator('#search').isVisible()), 'households can be searched where there are none');
await look('home');
await page.getByRole('link', { name: /Xã Nậm Chảy/ }).click();
await page.getByRole('heading', { name: 'Xã Nậm Chảy' }).waitFor();
await look('commune');

step('offline: the communes are there, and a visit is logged');
network.set('gone');
await context.setOffline(true);
await page.goto(`${network.url}/phone#/`);
await page.reload();
await page.getByRole('link', { name: /Xã Nậm Chảy/ }).click();
await page.getByText('Số liệu tải lúc').waitFor();
await page.getByRole('button', { name: 'Ghi chuyến làm việc' }).click();
await page.getByText('Các phần của phiếu').waitFor();
await look('form');
await page.locator('nav .row').first().click();
await page.locator('.questions').waitFor();
check((await asked(page, 'Xã đến làm việc').textContent()).includes('Xã Nậm Chảy'), 'the commune is not filled in');
await asked(page, 'Ngày làm việc').locator('input').fill('2024-10-15');
await asked(page, 'Ngày làm việc').locator('input').blur();
await type(page, 'Xã báo đã đạt', '12');
await saved(page);
await look('questions');
await walk();

/** Through the sections, whatever they are, answering what this visit is about. */
async function walk() {
  for (let i = 0; i < 12 && !page.url().endsWith('/end'); i += 1) {
    if (await asked(page, 'Xã có nêu khó khăn').count()) await choose(page, 'Xã có nêu khó khăn', 'Có');
    if (await asked(page, 'Tổ có hỗ trợ gì').count()) await choose(page, 'Tổ có hỗ trợ gì', 'Có');
    if (await asked(page, 'Việc thống nhất').count()) await type(page, 'Việc thống nhất', 'Xã rà nhà tạm');
    if (await asked(page, 'Ảnh 1').count()) await shoot(page, 'Ảnh 1', photo);
    for (const [row, fill] of [['Khó khăn 1', difficulty], ['Hỗ trợ 1', support]]) {
      const instance = page.locator('.row', { hasText: row });
      if (!(await instance.count())) continue;
      await instance.click();
      await fill();
      await saved(page);
      await look(row === 'Khó khăn 1' ? 'difficulty' : 'support');
      await page.locator('.bottom').getByText('Xong').click();
    }
    await saved(page);
    await next(page);
  }
}
async function difficulty() {
  await choose(page, 'Thuộc lĩnh vực nào', 'Vốn đầu tư');
  await type(page, 'Nội dung', 'Thiếu vốn làm đường');
  await asked(page, 'Hạn giải quyết').locator('input').fill('2024-11-30');
  await asked(page, 'Hạn giải quyết').locator('input').blur();
}
async function support() {
  await choose(page, 'Hỗ trợ bằng gì', 'Sách');
  await choose(page, 'Hỗ trợ cho ai', 'Trường học');
  await type(page, 'Bao nhiêu hộ', '1');
}

await page.getByRole('button', { name: 'Hoàn thành và gửi' }).click();
await page.getByRole('heading', { name: 'Phiếu trong máy này' }).waitFor();
await page.locator('.row', { hasText: 'Xã Nậm Chảy · 15/10/2024' }).getByText('Chờ gửi').waitFor();
await look('waiting');

step('a second visit, begun by mistake: it is deleted where it is listed, and only after asking');
const drop = page.getByRole('button', { name: 'Xóa phiếu đang làm' });
check((await drop.count()) === 0, 'what waits to be sent can be deleted');
await page.getByRole('button', { name: 'Ghi chuyến làm việc' }).click();
await page.getByText('Các phần của phiếu').waitFor();
const kept = async () => page.evaluate(async () => (await (await import('/web/app/records.js')).all()).map((record) => record.state).sort().join());
check((await kept()) === 'draft,waiting', `kept: ${await kept()}`);
// On the list of what belongs to no household, then on the commune's page.
await page.goto(`${network.url}/phone#/`);
await drop.waitFor();
await look('draft-home');
await page.goto(`${network.url}/phone#/c/u0066`);
await drop.click();
await look('drop');
await page.getByRole('dialog').getByRole('button', { name: 'Giữ lại' }).click();
check((await kept()) === 'draft,waiting', 'kept, and gone all the same');
await drop.click();
await page.getByRole('dialog').getByRole('button', { name: 'Xóa phiếu', exact: true }).click();
await drop.waitFor({ state: 'detached' });
check((await kept()) === 'waiting', `left: ${await kept()}`);

step('online: all of it is sent, and comes back as the team\'s last visit');
network.set('open');
await context.setOffline(false);
await until(async () => {
  const sync = await import('/web/app/sync.js');
  if (!sync.status.busy) sync.sync();
  const all = await (await import('/web/app/records.js')).all();
  return all.length === 1 && all[0].state === 'all';
});
for (const end = Date.now() + 30_000; Date.now() < end; await page.waitForTimeout(500)) {
  await sync();
  if (await page.getByText('Thiếu vốn làm đường').count()) break;
}
await page.getByText('ngày 15/10/2024').first().waitFor();
await page.getByText('Hạn 30/11/2024').waitFor();
await look('sent');
const before = network.state.down;
await sync();
result.measured.nothing_new_bytes = network.state.down - before;

step('dark, English');
await page.evaluate(async () => (await import('/web/app/store.js')).put('setting', 'dark', 'look'));
await page.goto(`${network.url}/phone#/c/u0066`);
await page.reload();
await page.getByRole('heading', { name: 'Xã Nậm Chảy' }).waitFor();
await look('commune-dark');
await page.goto(`${network.url}/phone#/`);
await page.getByRole('heading', { name: 'Xã của tổ' }).waitFor();
await look('home-dark');
await page.goto(`${network.url}/phone#/settings`);
await page.getByLabel('English').check();
await page.getByRole('heading', { name: 'Settings' }).waitFor();
await sync();
await page.goto(`${network.url}/phone#/c/u0066`);
await page.getByRole('button', { name: 'Log a visit' }).waitFor();
await page.getByText('Housing').waitFor();
await look('commune-english');

step('a collector of no team');
asks.length = 0;
await page.goto(`${network.url}/phone#${new URL(other).hash.slice(1)}`);
await page.getByRole('button', { name: /this phone|máy này/ }).first().click();
await page.getByRole('heading', { name: /My work|Việc của tôi/ }).waitFor();
await page.locator('.village').first().waitFor();
check(!asks.includes('/api/v1/phone/communes'), 'somebody of no team asks for communes');
check((await page.getByRole('heading', { name: /team|tổ/ }).count()) === 0, 'the communes of a team are left');
check(!(await page.evaluate(async () => (await import('/web/app/store.js')).get('setting', 'communes'))), 'what the team saw is left on the phone');

result.faults = now.faults;
await now.kill();
await network.close();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify(result));
process.exit(0);
