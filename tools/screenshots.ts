// Photographs every screen of the console in three languages, two themes and two widths, into docs/screenshots.
// With `--url URL --cookie NAME=VALUE` it takes a running instance; without, it starts one of its own and claims it.
// `--only home,receipt` takes some screens alone.
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium, type Browser } from 'playwright-core';

import { browserOptions, contextOf, openStop, showTheme } from '../console/src/console-browser.ts';
import { consoleTour, firstStops, type Stop } from '../console/src/console-tour.ts';
import { startInstance } from '../server/test/instance.ts';

const languages = ['en', 'fr', 'sv'];
const themes = ['light', 'dark'] as const;
const widths = [1280, 360];
/** JPEG keeps a screen of text under 120 kB where a PNG of it takes three times as much. */
const picture = { type: 'jpeg', quality: 60, fullPage: true } as const;

const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs', 'screenshots');
const { values } = parseArgs({
  options: { url: { type: 'string' }, cookie: { type: 'string' }, only: { type: 'string' } },
});
const only = values.only?.split(',');

/** Where this checkout lies is nobody's business: its folder is shown as `/srv/kulning`. */
function hideFolders(checkout: string): void {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    node.textContent =
      node.textContent
        ?.replaceAll(checkout, '/srv/kulning')
        .replaceAll(/\/tmp\/kulning-\w+/g, '/srv/kulning') ?? '';
  }
}

async function photograph(
  browser: Browser,
  consoleUrl: string,
  cookie: string | undefined,
  stops: readonly Stop[],
): Promise<void> {
  const wanted = stops.filter(({ name }) => only === undefined || only.includes(name));
  for (const language of languages) {
    for (const width of widths) {
      const context = await contextOf(browser, { consoleUrl, cookie, language, width });
      for (const stop of wanted) {
        const page = await context.newPage();
        await openStop(page, consoleUrl, stop);
        await page.evaluate(hideFolders, root);
        for (const theme of themes) {
          await showTheme(page, theme);
          await page.screenshot({
            ...picture,
            path: join(folder, `${stop.name}-${language}-${theme}-${width}.jpg`),
          });
        }
        await page.close();
      }
      await context.close();
    }
  }
}

async function photographInstance(browser: Browser): Promise<void> {
  if (values.url !== undefined && values.cookie !== undefined) {
    return photograph(browser, values.url, values.cookie, await consoleTour(values.url, values.cookie));
  }
  const instance = await startInstance();
  try {
    await photograph(browser, instance.consoleUrl, undefined, firstStops);
    const { cookie } = await instance.claim();
    await photograph(browser, instance.consoleUrl, cookie, await consoleTour(instance.consoleUrl, cookie));
  } finally {
    await instance.stop();
    instance.remove();
  }
}

if (only === undefined) await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const browser = await chromium.launch(browserOptions);
try {
  await photographInstance(browser);
} finally {
  await browser.close();
}

const files = await readdir(folder);
const sizes = await Promise.all(
  files.map(async (name) => ({ name, bytes: (await stat(join(folder, name))).size })),
);
const largest = sizes.toSorted((left, right) => right.bytes - left.bytes)[0];
const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
console.log(
  `${files.length} pictures, ${(total / 1e6).toFixed(1)} MB; the largest is ${largest?.name} with ${((largest?.bytes ?? 0) / 1e3).toFixed(0)} kB.`,
);
