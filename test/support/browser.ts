import { existsSync } from 'node:fs';
import { Browser, BrowserContext, BrowserContextOptions, chromium } from 'playwright-core';

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

/** For one step; browsers are slow on a machine that does other work beside. */
const STEP_TIMEOUT_MS = 60_000;

/** A story told in Chromium. Where there is none it is skipped, loudly; in CI that is a failure. */
export function describeInBrowser(name: string, tell: () => void): void {
  jest.setTimeout(3 * STEP_TIMEOUT_MS);
  if (existsSync(CHROMIUM)) return void describe(name, tell);
  const missing = `There is no Chromium at ${CHROMIUM}`;
  if (process.env.CI === 'true') throw new Error(`${missing}, and CI must not skip its tests.`);
  process.stderr.write(`\n!!! ${missing}: "${name}" IS SKIPPED. Install it, or name another in CHROMIUM_PATH.\n\n`);
  describe.skip(name, tell);
}

/** `more` are switches of Chromium beside those of every test. */
export function openBrowser(more: string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...more] });
}

/** A fresh profile of the browser, and what happened in its tabs. */
export interface Profile {
  context: BrowserContext;
  /** Errors and warnings of the consoles (violations of the content security policy are among them), and uncaught exceptions. */
  problems: string[];
  /** Origins that were sent requests. */
  origins: Set<string>;
}

/** The console's own line about an answer with an error status, which is no fault of the page. */
const ERROR_STATUS = /^Failed to load resource: the server responded with a status of [45]\d\d/;

/** Opens a profile, and writes down what happens in it. */
export async function openProfile(browser: Browser, options: BrowserContextOptions = {}): Promise<Profile> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  const problems: string[] = [];
  const origins = new Set<string>();
  context.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type()) || ERROR_STATUS.test(message.text())) return;
    problems.push(message.text());
  });
  context.on('weberror', (error) => problems.push(String(error.error().stack)));
  context.on('request', (request) => origins.add(new URL(request.url()).origin));
  return { context, problems, origins };
}
