import { existsSync } from 'node:fs';
import { Browser, BrowserContextOptions, chromium, Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
/** No sandbox, for tests run as root in containers; the others keep Chromium from talking to anybody by itself. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A story told in Chromium. Where there is none it is skipped, loudly; in CI that is a failure. */
export function describeInBrowser(name: string, tell: () => void): void {
  if (existsSync(CHROMIUM)) return void describe(name, tell);
  const missing = `There is no Chromium at ${CHROMIUM}`;
  if (process.env.CI === 'true') throw new Error(`${missing}, and CI must not skip its tests.`);
  process.stderr.write(`\n!!! ${missing}: "${name}" IS SKIPPED. Install it, or name another in CHROMIUM_PATH.\n\n`);
  describe.skip(name, tell);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
}

/** A page, and what went wrong in it. */
export interface WatchedPage {
  page: Page;
  /** Errors and warnings of the console (violations of the content security policy are among them), and uncaught exceptions. */
  problems: string[];
  /** Origins that the page sent requests to. */
  origins: Set<string>;
}

/** The console's own line about an answer with an error status, which is no fault of the page. */
const ERROR_STATUS = /^Failed to load resource: the server responded with a status of 4\d\d/;

/** Writes down what goes wrong in a page. */
export function watch(page: Page): WatchedPage {
  const problems: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type()) || ERROR_STATUS.test(message.text())) return;
    problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  return { page, problems, origins };
}

/** A page in a fresh profile. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  return watch(await context.newPage());
}
