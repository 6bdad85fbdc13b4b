import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(`${process.cwd()}/package.json`).resolve('axe-core/axe.min.js'), 'utf8');
/** Frames are left out: the one of the mailbox lets no script run, axe's neither. */
const RUN = 'axe.run(document, { iframes: false }).then(({ violations }) => violations)';

/** What axe-core finds wrong with a page as it is now: the rule, and the elements that break it. */
export async function faultsOfAccessibility(page: Page): Promise<string[]> {
  await page.evaluate(SOURCE);
  const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(RUN);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`);
}

/** Whether a page needs no horizontal scrolling. */
export function fitsIntoWidth(page: Page): Promise<boolean> {
  return page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');
}
