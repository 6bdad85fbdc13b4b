import { BrowserContextOptions, Page } from 'playwright-core';
import { describeInBrowser, openProfile, Profile } from '../support/browser.js';
import { askResetToken } from '../support/credentials.js';
import { faultsOfAccessibility, fitsIntoWidth } from '../support/page-checks.js';
import { join, PASSWORD } from '../support/people.js';
import { logIn } from '../support/sessions.js';
import { Site } from '../support/site.js';

const NEW_PASSWORD = 'seven quiet lighthouses';
const LINK_LIFETIME_MS = 60 * 60_000;
const TOO_SHORT = 'This password is too short: it needs at least 8 characters.';

describeInBrowser('The page for a new password, below a path of a proxy,', () => {
  const site = new Site('/talkstack');
  const { door } = site;
  const opened: Profile[] = [];

  beforeAll(() => site.open());
  afterAll(() => site.close());
  afterEach(async () => {
    const { origin } = new URL(door.url);
    const profiles = opened.splice(0);
    await Promise.all(profiles.map(({ context }) => context.close()));
    for (const { problems, origins } of profiles) {
      expect(problems).toEqual([]);
      expect([...origins]).toEqual([origin]);
    }
  });

  /** Opens a link in a fresh profile. */
  const open = async (link: string, options?: BrowserContextOptions): Promise<Page> => {
    const profile = await openProfile(site.browser, options);
    opened.push(profile);
    const page = await profile.context.newPage();
    await page.goto(link);
    return page;
  };
  /** Somebody who forgot their password, and the link from their letter. */
  const forgetful = async () => {
    const person = await join(site.service);
    const token = await askResetToken(site.service, person.email);
    return { ...person, token, link: `${door.url}/reset-password#token=${token}` };
  };
  const field = (page: Page) => page.getByRole('textbox', { name: 'New password' });
  const save = async (page: Page, password: string): Promise<void> => {
    await field(page).fill(password);
    await page.getByRole('button', { name: 'Save new password' }).click();
  };
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 });
  /** Words that a screen reader says when the field gets the focus, beside its label. */
  const descriptionOf = (page: Page): Promise<string> =>
    field(page).evaluate(({ ariaDescribedByElements }: any) =>
      ariaDescribedByElements.map(({ innerText }: any) => innerText).join(' '),
    );

  it('has labelled fields, and announces what happens in live regions', async () => {
    const page = await open((await forgetful()).link);
    await heading(page, 'Choose a new password').waitFor();
    const lines = [
      '- main:',
      '  - paragraph: Talkstack',
      '  - heading "Choose a new password" [level=1]',
      '  - text: New password',
      '  - paragraph: At least 8 characters. A few unrelated words are easy to remember and hard to guess.',
      '  - alert',
      '  - textbox "New password"',
      '  - button "Show password": Show',
      '  - button "Save new password"',
      '  - status',
      '  - alert',
    ];
    expect(await page.getByRole('main').ariaSnapshot()).toBe(lines.join('\n'));
    expect(await descriptionOf(page)).toContain('At least 8 characters.');
    expect(await page.title()).toBe('Choose a new password – Talkstack');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('saves the new password, and says so', async () => {
    const { link, ...person } = await forgetful();
    const page = await open(link);
    await save(page, NEW_PASSWORD);
    await heading(page, 'Password changed').waitFor();
    expect(await page.getByRole('status').innerText()).toContain('Your new password is saved.');
    expect(await page.locator(':focus').innerText()).toBe('Password changed');
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect((await logIn(site.service, { ...person, password: NEW_PASSWORD })).status).toBe(200);
    expect((await logIn(site.service, { ...person, password: PASSWORD })).status).toBe(401);
  });

  it('removes the token from the address bar and the history, and requests no URL that holds it', async () => {
    const { link, token } = await forgetful();
    const page = await open(link);
    await heading(page, 'Choose a new password').waitFor();
    expect(page.url()).toBe(`${door.url}/reset-password`);
    await save(page, NEW_PASSWORD);
    await heading(page, 'Password changed').waitFor();
    expect(await page.evaluate<string>('location.href + document.referrer')).toBe(page.url());
    await page.goBack();
    await page.goForward();
    expect(page.url()).toBe(`${door.url}/reset-password`);
    expect(door.askedFor.join()).not.toContain(token);
    expect(site.service.logs.join()).not.toContain(token);
    expect(await page.evaluate<string>('JSON.stringify([localStorage, sessionStorage, document.cookie])')).toBe(
      '[{},{},""]',
    );
  });

  it('says next to the field that a password is too short, and sends nothing', async () => {
    const page = await open((await forgetful()).link);
    const asked = door.askedFor.length;
    await save(page, 'seven77');
    expect(await page.locator('form').getByRole('alert').innerText()).toBe(TOO_SHORT);
    expect(await descriptionOf(page)).toContain(TOO_SHORT);
    expect(await field(page).getAttribute('aria-invalid')).toBe('true');
    expect(await page.locator(':focus').getAttribute('id')).toBe(await field(page).getAttribute('id'));
    // The browser asks for the page's icon when it likes.
    expect(door.askedFor.slice(asked).filter((url) => !url.endsWith('/favicon.svg'))).toEqual([]);
  });

  it('shows next to the field why the service refuses a password, and then accepts a better one', async () => {
    const { link, ...person } = await forgetful();
    const page = await open(link);
    for (const [password, problem] of [
      ['password123', 'The password is too easy to guess'],
      [person.email, 'The password is too easy to guess'],
      ['x'.repeat(257), 'The password must have at most 256 characters.'],
    ]) {
      await save(page, password);
      await page.locator('form').getByText(problem).waitFor();
      expect(await page.locator('form').getByRole('alert').innerText()).toContain(problem);
      expect(await descriptionOf(page)).toContain(problem);
      expect(await field(page).getAttribute('aria-invalid')).toBe('true');
      expect(await field(page).inputValue()).toBe(password);
    }
    await save(page, NEW_PASSWORD);
    await heading(page, 'Password changed').waitFor();
    expect((await logIn(site.service, { ...person, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('says that the link was used already, in a second tab that still has it open', async () => {
    const { link, ...person } = await forgetful();
    const [first, second] = [await open(link), await open(link)];
    await save(first, NEW_PASSWORD);
    await heading(first, 'Password changed').waitFor();
    await save(second, 'a password that comes too late');
    await heading(second, 'This link no longer works').waitFor();
    expect(await second.getByRole('alert').innerText()).toContain('has been used already');
    expect(await second.getByRole('textbox').count()).toBe(0);
    expect((await logIn(site.service, { ...person, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('says that a link has expired, and how to get a new one', async () => {
    const page = await open((await forgetful()).link);
    site.service.clock.advance(LINK_LIFETIME_MS);
    await save(page, NEW_PASSWORD);
    await heading(page, 'This link no longer works').waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch(/The link has expired[^]*choose “Forgot password”/);
  });

  it.each(['', '#', '#token=', '#other=abc'])('says that the link "/reset-password%s" is incomplete', async (rest) => {
    const page = await open(`${door.url}/reset-password${rest}`);
    await heading(page, 'This link is incomplete').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('has no reset code in it');
    expect(await page.getByRole('textbox').count()).toBe(0);
  });

  it('works with the keyboard alone, and shows the password when its button is pressed', async () => {
    const { link, ...person } = await forgetful();
    const page = await open(link);
    const { keyboard } = page;
    await field(page).waitFor();
    await keyboard.press('Tab');
    await keyboard.type(NEW_PASSWORD);
    expect(await field(page).getAttribute('type')).toBe('password');
    await keyboard.press('Tab');
    await keyboard.press('Space');
    expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('true');
    expect(await field(page).getAttribute('type')).toBe('text');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await heading(page, 'Password changed').waitFor();
    expect((await logIn(site.service, { ...person, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('fits into 320 pixels with every message that it shows', async () => {
    const page = await open((await forgetful()).link, { viewport: { width: 320, height: 480 } });
    await heading(page, 'Choose a new password').waitFor();
    expect(await fitsIntoWidth(page)).toBe(true);
    await save(page, 'short');
    await page.getByText(TOO_SHORT).waitFor();
    expect(await fitsIntoWidth(page)).toBe(true);
    await save(page, NEW_PASSWORD);
    await heading(page, 'Password changed').waitFor();
    expect(await fitsIntoWidth(page)).toBe(true);
    const incomplete = await open(`${door.url}/reset-password`, { viewport: { width: 320, height: 480 } });
    await heading(incomplete, 'This link is incomplete').waitFor();
    expect(await fitsIntoWidth(incomplete)).toBe(true);
  });

  it.each(['light', 'dark'] as const)('passes axe-core in %s mode', async (colorScheme) => {
    const page = await open((await forgetful()).link, { colorScheme });
    await heading(page, 'Choose a new password').waitFor();
    expect(await faultsOfAccessibility(page)).toEqual([]);
    await save(page, 'short');
    await page.getByText(TOO_SHORT).waitFor();
    expect(await faultsOfAccessibility(page)).toEqual([]);
    await save(page, NEW_PASSWORD);
    await heading(page, 'Password changed').waitFor();
    expect(await faultsOfAccessibility(page)).toEqual([]);
    await page.goto(`${door.url}/`);
    expect(await faultsOfAccessibility(page)).toEqual([]);
  });

  it('keeps the form while the service is unreachable, and saves when it is back', async () => {
    const { link, ...person } = await forgetful();
    const page = await open(link);
    await field(page).waitFor();
    door.leadTo('http://127.0.0.1:1');
    await save(page, NEW_PASSWORD);
    await page.getByText('Your new password could not be saved.').waitFor();
    expect(await page.getByRole('alert').last().innerText()).toContain('Try again in a few minutes.');
    expect(await field(page).inputValue()).toBe(NEW_PASSWORD);
    door.leadTo(site.service.api.url);
    await page.getByRole('button', { name: 'Save new password' }).click();
    await heading(page, 'Password changed').waitFor();
    expect((await logIn(site.service, { ...person, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('works when a slash was added to the path of the link', async () => {
    const { link, ...person } = await forgetful();
    const page = await open(link.replace('#', '/?utm_source=letter#'));
    await save(page, NEW_PASSWORD);
    await heading(page, 'Password changed').waitFor();
    expect((await logIn(site.service, { ...person, password: NEW_PASSWORD })).status).toBe(200);
  });

  it('tells people without JavaScript that it needs JavaScript', async () => {
    const page = await open((await forgetful()).link, { javaScriptEnabled: false });
    expect(await page.locator('noscript').innerText()).toContain('This page needs JavaScript');
    expect(await page.getByRole('textbox').count()).toBe(0);
  });
});
