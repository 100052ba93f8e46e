import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startInstance } from '../../server/test/instance.ts';
import { browserOptions, contextOf, openStop, showTheme } from './console-browser.ts';
import { consoleTour, firstStops, holdPerson, type Stop } from './console-tour.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/** Words change lengths and colours change contrast, each without the other: both themes in one language are enough. */
const themesOf = { en: ['light', 'dark'], fr: ['dark'], sv: ['light'] } as const;
type Language = keyof typeof themesOf;

let instance: Awaited<ReturnType<typeof startInstance>>;
let browser: Browser;
let cookie: string | undefined;
let stops: readonly Stop[];
/** What was found before anyone had claimed the instance. */
let foundFirst: readonly string[];

beforeAll(async () => {
  instance = await startInstance();
  browser = await chromium.launch(browserOptions);
  foundFirst = await faultsOf('fr', firstStops);
  ({ cookie } = await instance.claim());
  stops = await consoleTour(instance.consoleUrl, cookie);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await instance?.stop();
  instance?.remove();
});

/** What axe finds, as lines that say where; run by the protocol, so that the page's security policy stays in force. */
async function violationsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate<readonly Violation[]>(
    `axe.run({ runOnly: ${JSON.stringify(standards)} }).then((result) => result.violations)`,
  );
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(' ')} (${failureSummary})`).join('; ')}`,
  );
}

/** Visits each stop, and once as narrow as a phone. */
async function faultsOf(language: Language, wanted: readonly Stop[]): Promise<readonly string[]> {
  const context = await contextOf(browser, {
    consoleUrl: instance.consoleUrl,
    cookie,
    language,
    width: 1280,
  });
  const faults: string[] = [];
  for (const stop of wanted) {
    const page = await context.newPage();
    const blame = (fault: string) => faults.push(`${stop.name}: ${fault}`);
    page.on('pageerror', ({ message }) => blame(message));
    page.on('console', (message) => /Content Security Policy/.test(message.text()) && blame(message.text()));
    await openStop(page, instance.consoleUrl, stop);
    for (const theme of themesOf[language]) {
      await showTheme(page, theme);
      for (const violation of await violationsOf(page)) blame(`${theme}: ${violation}`);
    }
    const headings = await page.locator('h1').count();
    if (headings !== 1) blame(`${headings} h1`);
    await page.setViewportSize({ width: 360, height: 780 });
    const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overflowPx > 0) blame(`${overflowPx} px wider than a phone`);
    await page.close();
  }
  await context.close();
  return faults;
}

function openContext(): Promise<BrowserContext> {
  return contextOf(browser, { consoleUrl: instance.consoleUrl, cookie, language: 'en', width: 1280 });
}

describe('the console in a real browser', () => {
  it.each(Object.keys(themesOf) as Language[])(
    'has nothing that axe reports, fits a phone, keeps to its policy, on every screen: %s',
    async (language) => {
      expect(await faultsOf(language, stops)).toEqual([]);
    },
  );

  it('is as good before it is claimed', () => expect(foundFirst).toEqual([]));

  it('answers in the playground with a receipt that verifies in the page', async () => {
    const context = await openContext();
    const page = await context.newPage();
    await page.goto(`${instance.consoleUrl}/models/playground`);
    await page.getByLabel('Prompt').fill('Invoice 2231 is wrong: we ordered for 400, not 500.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('done', { exact: true }).waitFor();
    await page.getByText('in the log', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'Here', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Open and check it' }).click();
    await page.getByRole('button', { name: 'Check', exact: true }).click();
    await page.getByText('verified', { exact: true }).waitFor();
    await context.close();
  });

  it('refuses unclassified work in words, and the refusal has a receipt', async () => {
    const context = await openContext();
    const page = await context.newPage();
    await page.goto(`${instance.consoleUrl}/models/playground?class=none`);
    await page.getByLabel('Prompt').fill('Where may this go?');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').getByText('policy.denied').waitFor();
    await page.getByText('in the log', { exact: true }).waitFor();
    await context.close();
  });

  it('erases a person: a namesake kept, others left in, read back, certified, and found no more', async () => {
    await holdPerson(instance.consoleUrl, cookie ?? '');
    const context = await openContext();
    const page = await context.newPage();
    await page.goto(`${instance.consoleUrl}/proof/person`);
    await page.getByRole('button', { name: 'Use the sample contact, Anna Lind' }).click();
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByText('Also in these records: b•••@e•••.net').waitFor();
    await page.getByText('1 possible namesake waits for your decision above.').waitFor();
    expect(await page.getByRole('button', { name: 'Erase (Art. 17)' }).isDisabled()).toBe(true);
    await page.getByLabel('Someone else: keep').check();
    await page.getByRole('button', { name: 'Erase (Art. 17)' }).click();
    await page.getByLabel('Type “erase” to go on').fill('erase');
    await page.getByRole('dialog').getByRole('button', { name: 'Erase (Art. 17)' }).click();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    await page.getByText('Nothing of this person can be read there any more.').waitFor({ timeout: 90_000 });
    expect(await violationsOf(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the certificate' }).click();
    const certificate = readFileSync(await (await download).path(), 'utf8');
    expect(certificate).toContain('"receipt"');
    expect(certificate).not.toMatch(/anna.lind/i);
    await page.getByRole('button', { name: 'Another person' }).click();
    await page.getByLabel('What you know of the person').fill('anna.lind@example.org');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByText('Nothing is held under these identifiers.').waitFor();
    await context.close();
  });

  it('works by keyboard alone: search finds a screen and goes there', async () => {
    const context = await openContext();
    const page = await context.newPage();
    await page.goto(instance.consoleUrl);
    await page.locator('h1').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('A screen, a site').waitFor();
    await page.keyboard.type('Ledger');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/proof/ledger');
    await context.close();
  });

  it('sends a stranger to sign in, and then to where they wanted to be', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${instance.consoleUrl}/proof/ledger`);
    await page.waitForURL('**/login?next=*');
    await context.close();
  });
});
