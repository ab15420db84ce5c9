// What the app weighs, how soon it can be used on a bad network, and how fast it finds one household among
// thousands, without a network. Prints what it measured as JSON on the last line.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { proxy } from './proxy.js';

const { server, links, out } = JSON.parse(process.argv[2]);
const size = { width: 360, height: 640 };
const result = {};

async function until(page, holds, patience = 180_000) {
  for (const end = Date.now() + patience; Date.now() < end; await page.waitForTimeout(100)) {
    if (await page.evaluate(holds)) return;
  }
  throw new Error(`never: ${holds}`);
}
const kept = async () => {
  if (!(await navigator.serviceWorker.getRegistration())?.active) return false;
  for (const name of await caches.keys()) if ((await (await caches.open(name)).keys()).length > 30) return true;
  return false;
};
async function fresh() {
  const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
  const network = await proxy(server);
  const now = await phone(profile, size);
  return { now, network, end: async () => { await now.kill(); await network.close(); await rm(profile, { recursive: true, force: true }); } };
}
const slow = async (page) => (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 6 });

// All of the app, with every header, until it works without a network.
{
  const { now, network, end } = await fresh();
  // The worker, which fetches the rest, waits until the first screen is weighed: which of the two is
  // sooner is the machine's mood.
  const worker = network.hold('GET /web/app/sw.js');
  await now.page.goto(`${network.url}/phone`);
  await now.page.getByRole('heading', { name: 'Cài đặt máy điều tra' }).waitFor();
  await worker.asked;
  result.first_screen_bytes = network.state.down;
  worker.go();
  await until(now.page, kept);
  result.app_bytes = network.state.down;
  await end();
}
// EDGE: 120 kbit/s, 400 ms there and back, a processor a sixth as fast.
{
  const { now, network, end } = await fresh();
  network.set('open', { speed: 15_000, delay: 200 });
  await slow(now.page);
  let begun = Date.now();
  await now.page.goto(`${network.url}/phone#${new URL(links[0]).hash.slice(1)}`, { timeout: 180_000 });
  const button = now.page.getByRole('button', { name: 'Cài đặt máy này' });
  await button.waitFor();
  result.edge_first_screen_ms = Date.now() - begun;
  begun = Date.now();
  await button.click();
  await now.page.locator('.village').first().waitFor({ timeout: 180_000 });
  result.edge_list_ms = Date.now() - begun;
  await until(now.page, kept);
  network.set('gone');
  await now.context.setOffline(true);
  begun = Date.now();
  await now.page.reload();
  await now.page.locator('.village').first().waitFor();
  result.offline_reopen_slow_cpu_ms = Date.now() - begun;
  await end();
}
// Thousands of households.
{
  const { now, network, end } = await fresh();
  await now.page.goto(`${network.url}/phone#${new URL(links[1]).hash.slice(1)}`);
  const before = network.state.down;
  await now.page.getByRole('button', { name: 'Cài đặt máy này' }).click();
  await now.page.locator('.village').first().waitFor({ timeout: 180_000 });
  result.list_bytes = network.state.down - before;
  // Packed on its way, the form is kept as if it had not been.
  const [form, whole] = await now.page.evaluate(async () => {
    const [store, { ask }] = [await import('/web/app/store.js'), await import('/web/app/api.js')];
    const { version } = (await store.get('setting', 'pull')).forms.find((one) => one.id === 'household');
    const whole = await (await ask(`/api/v1/phone/forms/household/${version}?lang=vi`)).json();
    return [await store.get('form', `household/${version}`), whole];
  });
  assert.deepEqual(form, { ...whole, language: 'vi' });
  await until(now.page, kept);
  network.set('gone');
  await now.context.setOffline(true);
  await now.page.reload();
  await now.page.locator('.village').first().waitFor();
  result.households = await now.page.evaluate(async () => (await (await import('/web/app/roster.js')).roster()).households.length);
  await slow(now.page);
  // From the key to the list, drawn; the slowest of ten.
  result.search_ms = await now.page.evaluate(async () => {
    const box = document.getElementById('search');
    let worst = 0;
    for (const typed of ['t', 'ta', 'ta p', 'ta phoi', 'giang', 'giang a pao', '049', 'giang a pao 77-49', 'x', '']) {
      const begun = performance.now();
      box.value = typed;
      box.dispatchEvent(new Event('input'));
      void document.body.offsetHeight;
      worst = Math.max(worst, performance.now() - begun);
      await new Promise((done) => setTimeout(done, 50));
    }
    return Math.round(worst);
  });
  await now.page.locator('#search').fill('ta phoi pao 77-49');
  await now.page.locator('.list .row').first().waitFor();
  result.found = await now.page.locator('.list .row').count();
  await now.page.screenshot({ path: path.join(out, '360-search.png'), fullPage: true });
  await end();
}
console.log(JSON.stringify(result));
process.exit(0);
