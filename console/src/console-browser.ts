import type { Browser, BrowserContext, LaunchOptions, Page } from 'playwright-core';

import type { Stop } from './console-tour.ts';

/** Debian's own Chromium, kept from calling out. */
export const browserOptions: LaunchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** A busy machine takes its time. */
const patienceMs = 90_000;

export interface Look {
  readonly consoleUrl: string;
  /** `name=value` of a session; a stranger has none. */
  readonly cookie?: string | undefined;
  readonly language: string;
  readonly width: number;
}

/** A browser of one reader's language and width. */
export async function contextOf(
  browser: Browser,
  { consoleUrl, cookie, language, width }: Look,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: 860 },
    locale: language,
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  await context.addInitScript(`localStorage.setItem('kulning.language', '${language}')`);
  const [name, ...value] = cookie?.split('=') ?? [];
  if (name !== undefined) await context.addCookies([{ name, value: value.join('='), url: consoleUrl }]);
  return context;
}

/** Goes to a stop and waits until it has said all it has to say. */
export async function openStop(page: Page, consoleUrl: string, stop: Stop): Promise<void> {
  await page.goto(consoleUrl + stop.path);
  await page.locator('h1').waitFor({ timeout: patienceMs });
  if (stop.act === 'send') {
    await page.locator('form button[type=submit]').click();
    await page.locator('[data-state=sequenced]').waitFor({ timeout: patienceMs });
  }
  await page.locator('.skeleton').first().waitFor({ state: 'detached', timeout: patienceMs });
}

/** What the theme button does, without its menu: a screen is not loaded anew to be seen in the dark. */
export async function showTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
}
