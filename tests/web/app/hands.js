// The hands of a collector: finding a question by its words and answering it.
import { axe } from './browser.js';

/** The block of the question whose label has these words. */
export function asked(page, words) {
  return page.locator('.question').filter({ has: page.locator('.label', { hasText: words }) }).first();
}

/** Taps a choice. */
export async function choose(page, words, choice) {
  await asked(page, words).locator('.choice').filter({ hasText: choice }).first().click();
}

/** Types an answer. */
export async function type(page, words, value) {
  const input = asked(page, words).locator('input:not([type=search]), textarea').first();
  await input.fill(value);
  await input.blur();
}

/** Gives a photo as if it had been taken, and does not wait until it is made smaller. */
export async function give(page, words, file) {
  const again = asked(page, words).getByRole('button', { name: /Chụp/ });
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), again.click()]);
  await chooser.setFiles(file);
}

/** Gives a photo as if it had been taken, and sees it. */
export async function shoot(page, words, file) {
  const before = await asked(page, words).locator('img').getAttribute('src', { timeout: 100 }).catch(() => '');
  await give(page, words, file);
  await asked(page, words).locator(`img:not([src="${before}"])`).waitFor();
}

/** Waits until the draft is on the disk. */
export async function saved(page) {
  await page.waitForTimeout(500);
  await page.evaluate(async () => (await import('/web/app/store.js')).keys('record'));
}

/** What axe finds wrong with the screen. */
export async function violations(page) {
  await page.evaluate((source) => {
    // The policy of the page forbids script from elsewhere; the tests' own comes through the debugger.
    if (!globalThis.axe) (0, eval)(source);
  }, axe).catch(() => page.addScriptTag({ content: axe }));
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`).join('; ')})`);
}

const NUMBERS = [[/Năm sinh/, '1980'], [/Số tháng/, '10'], [/một tháng/, '4500'], [/thường trú/, '2']];

/** Answers every required question on the screen: the first choice, a fitting number. */
export async function answerRequired(page) {
  for (let round = 0; round < 60; round += 1) {
    const block = page.locator('.question').filter({ has: page.locator('.label + small', { hasText: 'bắt buộc' }) }).first();
    if ((await block.count()) === 0) return;
    const words = await block.locator('.label').textContent();
    if (await block.locator('.choice').count()) await block.locator('.choice').first().click();
    else if (await block.locator('select').count()) {
      await block.locator('select').selectOption('09');
      await block.locator('input').fill('2026');
      await block.locator('input').blur();
    } else if (await block.locator('input[type=date]').count()) await block.locator('input').fill(/hạn/.test(words) ? '2030-05-05' : '1985-05-05');
    else {
      const number = (await block.locator('input').getAttribute('inputmode')) === 'numeric';
      const value = number ? (NUMBERS.find(([label]) => label.test(words))?.[1] ?? '100') : 'Vàng Thị Mỷ';
      await block.locator('input').fill(value);
      await block.locator('input').blur();
    }
    await page.waitForTimeout(30);
  }
  throw new Error(`still required: ${await page.locator('.question').allTextContents()}`);
}

/** Goes on to the next section. */
export async function next(page) {
  const before = page.url();
  await page.locator('.bottom').getByText('Tiếp', { exact: true }).click();
  await page.waitForFunction((url) => location.href !== url && document.getElementById('main').dataset.shown === location.hash, before);
}

/** Begins a household's form and stops at its sections. */
export async function begin(page, url, household) {
  await page.goto(`${url}/phone#/h/${household}`);
  await page.getByRole('button', { name: 'Bắt đầu phiếu' }).click();
  await page.getByText('Các phần của phiếu').waitFor();
}

/** The first section: somebody was met. */
export async function visited(page) {
  await page.locator('nav .row').first().click();
  await choose(page, 'Kết quả tiếp cận hộ', 'Gặp được');
  await choose(page, 'Người trả lời là ai', 'Chủ hộ');
  await choose(page, 'Phỏng vấn bằng tiếng gì', 'Tiếng Mông');
  await answerRequired(page);
  await asked(page, 'Vị trí nhà').getByRole('button', { name: 'Lấy vị trí' }).click();
  await asked(page, 'Vị trí nhà').locator('.value').waitFor();
}

/** Somebody of the household. */
export async function member(page, name) {
  // The form begins with one member who is nobody yet.
  const blank = page.locator('.row', { hasText: 'Thành viên 1' });
  await ((await blank.count()) ? blank : page.getByRole('button', { name: 'Thêm: thành viên' })).click();
  await type(page, 'Họ và tên', name);
  await choose(page, 'Biết ngày sinh', 'Chỉ biết năm');
  await answerRequired(page);
  await saved(page);
}

/** All of the household. */
export async function people(page, names) {
  await type(page, 'Số người thực tế thường trú', String(names.length));
  for (const name of names) {
    await member(page, name);
    await page.locator('.bottom').getByText('Xong').click();
    await page.locator('.row', { hasText: name }).waitFor();
  }
}

/** The other sections, with photos where they are asked for. */
export async function restOf(page, pictures, look = () => {}) {
  for (let i = 0; i < 12; i += 1) {
    await answerRequired(page);
    for (const [words, file] of pictures) {
      if (await asked(page, words).count()) await shoot(page, words, file);
    }
    if (i === 0 && pictures.length) await look();
    await next(page);
    if (page.url().endsWith('/end')) return;
  }
}

/** Hands the form in. */
export async function handIn(page) {
  const left = page.locator('.findings');
  if (await left.count()) throw new Error(`left over: ${await left.allTextContents()}`);
  await page.getByRole('button', { name: 'Hoàn thành và gửi' }).click();
  await page.getByText('chờ gửi').first().waitFor();
}

/** A whole household. */
export async function survey(page, url, household, names, pictures) {
  await begin(page, url, household);
  await visited(page);
  await next(page);
  await people(page, names);
  await next(page);
  await restOf(page, pictures);
  await handIn(page);
}
