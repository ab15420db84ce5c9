// A phone: Debian's Chromium without a window, with a profile that survives being killed.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.NTM_TEST_PEERS, 'web/package.json'));
export const { chromium } = require('playwright-core');
export const axe = require('axe-core').source;

const CHROMIUM = process.env.CHROMIUM ?? 'chromium';

/** Starts Chromium on a profile folder; `page` is its one tab, `kill` ends it as a dead battery would. */
export async function phone(profile, { width, height, more = [] }) {
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--no-first-run', '--disable-extensions',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--lang=vi', '--remote-debugging-port=0',
    `--window-size=${width},${height}`, ...more, `--user-data-dir=${profile}`, 'about:blank'];
  const process_ = spawn(CHROMIUM, flags, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise((resolve, reject) => {
    let said = '';
    process_.stderr.on('data', (bytes) => {
      said += bytes;
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
    process_.on('exit', () => reject(new Error(`Chromium ended: ${said}`)));
  });
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ latitude: 22.6512345, longitude: 104.1654321, accuracy: 8 });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.setViewportSize({ width, height });
  page.setDefaultTimeout(60_000);
  const faults = [];
  page.on('pageerror', (fault) => faults.push(String(fault)));
  page.on('console', (line) => line.type() === 'error' && !/net::ERR|Failed to load resource/.test(line.text()) && faults.push(line.text()));
  const ended = new Promise((resolve) => process_.on('exit', resolve));
  // However this program ends, its phones end with it.
  process.on('exit', () => {
    if (process_.exitCode !== null || process_.signalCode !== null) return;
    try {
      process.kill(-process_.pid, 'SIGKILL');
    } catch {
      // It was quicker.
    }
  });
  const kill = async () => {
    process.kill(-process_.pid, 'SIGKILL');
    await ended;
    await browser.close().catch(() => {});
  };
  return { page, context, browser, kill, faults };
}
