// A roster of thousands that changes: what of it comes over the network, with every header, and that what is on
// the phone is what the server has, whatever goes wrong on the way. Prints what it measured as JSON on the last line.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { phone } from './browser.js';
import { proxy } from './proxy.js';

const { server, link, admin, commune } = JSON.parse(process.argv[2]);
const profile = await mkdtemp(path.join(tmpdir(), 'ntm-phone-'));
const network = await proxy(server);
const now = await phone(profile, { width: 360, height: 640 });
const { page } = now;
process.on('uncaughtException', async (fault) => {
  console.error(fault, now.faults);
  await now.kill();
  process.exit(1);
});
const result = {};
const check = (truth, words) => {
  if (!truth) throw new Error(words);
};
const sync = () => page.evaluate(async () => {
  const sync = await import('/web/app/sync.js');
  await sync.sync();
  return sync.status.reached;
});
/** What is on the phone, and what the server would give as a whole. */
const both = () => page.evaluate(async () => {
  const store = await import('/web/app/store.js');
  const { ask } = await import('/web/app/api.js');
  const pull = await store.get('setting', 'pull');
  const form = pull.forms.find((one) => one.id === 'household');
  const md5 = form.files.find((file) => file.name === 'households.csv').md5;
  const here = await store.get('file', md5);
  const there = await (await ask(`/forms/household/${form.version}/media/households.csv`)).text();
  const { roster } = await import('/web/app/roster.js');
  return { here, there, files: (await store.keys('file')).length, households: (await roster()).households.length };
});
const same = async (words) => {
  const { here, there, files } = await both();
  check(here === there, `${words}: not what the server has (${here?.length} of ${there.length})`);
  check(files === 3, `${words}: ${files} files are kept`);
  return here;
};
const rename = async (village, household, head) => {
  const table = `commune_code,village_code,village,household_code,head,members,poverty\n${commune},${village},Thôn ${Number(village)},${household},${head},4,none\n`;
  const headers = { authorization: `Bearer ${admin}`, 'content-type': 'text/csv' };
  const answer = await fetch(`${server}/api/v1/households?at=2024-10-15`, { method: 'POST', headers, body: table });
  check(answer.ok, await answer.text());
};
const cost = async () => {
  const before = network.state.up + network.state.down;
  check(await sync(), 'the server was not reached');
  return network.state.up + network.state.down - before;
};

await page.goto(`${network.url}/phone#${new URL(link).hash.slice(1)}`);
const begun = network.state.down;
await page.getByRole('button', { name: 'Cài đặt máy này' }).click();
await page.locator('.village').first().waitFor({ timeout: 180_000 });
result.whole_bytes = network.state.down - begun;
await page.evaluate(() => navigator.serviceWorker.ready);
await page.waitForTimeout(2_000);
check(await sync(), 'the server was not reached');
await same('at first');
result.nothing_bytes = await cost();
await rename('50', '025', 'Lù Seo Chẩn');
result.first_change_bytes = await cost();
check((await same('one changed')).includes('Lù Seo Chẩn'), 'the change is not there');
// Again, now that the module is there.
await rename('77', '049', 'Thào A Sùng');
result.change_bytes = await cost();
check((await same('another changed')).includes('Thào A Sùng'), 'the change is not there');

// Cut off: what was there stays, all of it.
const CHANGES = '**/api/v1/phone/changes';
const before = (await both()).here;
await rename('10', '001', 'Hoàng Thị Dúa');
await page.route(CHANGES, (route) => route.abort());
check(!(await sync()), 'it should have been cut');
const cut = await both();
check(cut.here === before && cut.households === 5010, 'half of a list is kept');
await page.unroute(CHANGES);
await cost();
check((await same('after the cut')).includes('Hoàng Thị Dúa'), 'the change is not there');

// What does not fit together is not kept: the whole comes instead.
await rename('11', '001', 'Giàng Thị Sông');
await page.route(CHANGES, async (route) => {
  const answer = await route.fetch();
  const said = await answer.json();
  said.parts = said.parts.map((part) => (typeof part === 'string' ? part.replace('Giàng', 'Ma') : part));
  await route.fulfill({ json: said });
});
check(await sync(), 'the server was not reached');
check((await same('spoilt')).includes('Giàng Thị Sông'), 'the change is not there');
await page.unroute(CHANGES);

// Several at once, and back again.
for (const head of ['Ma A Páo', 'Giàng A Páo 20-3']) {
  await rename('20', '003', head);
  await rename('90', '050', head);
  await cost();
  await same(head);
}
result.faults = now.faults;
await now.kill();
await network.close();
await rm(profile, { recursive: true, force: true });
console.log(JSON.stringify(result));
process.exit(0);
