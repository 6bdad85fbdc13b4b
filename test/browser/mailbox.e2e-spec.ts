import { describeInBrowser, openProfile, Profile } from '../support/browser.js';
import { drain, queue } from '../support/outbox.js';
import { faultsOfAccessibility, fitsIntoWidth } from '../support/page-checks.js';
import { Site } from '../support/site.js';
import { BrowserContextOptions, Page } from 'playwright-core';
import { until } from '../support/until.js';

const EMAIL = 'ada@example.com';
const SUBJECT = (code: string) => `${code} is your Talkstack code`;

describeInBrowser('The development mailbox, below a path of a proxy,', () => {
  const site = new Site('/talkstack');
  const { door } = site;
  const opened: Profile[] = [];

  // The proxy of these tests comes from this machine, but not every one does.
  beforeAll(() => site.open({ NODE_ENV: 'development', SMTP_URL: '', DEV_PAGES: 'open' }));
  afterAll(() => site.close());
  afterEach(async () => {
    const profiles = opened.splice(0);
    await Promise.all(profiles.map(({ context }) => context.close()));
    for (const { problems, origins } of profiles) {
      expect(problems).toEqual([]);
      expect([...origins]).toEqual([new URL(door.url).origin]);
    }
  });

  const open = async (path: string, options?: BrowserContextOptions): Promise<Page> => {
    const profile = await openProfile(site.browser, options);
    opened.push(profile);
    const page = await profile.context.newPage();
    await page.goto(door.url + path);
    return page;
  };
  const send = async (code: string): Promise<void> => {
    await queue(site.service, EMAIL, { secret: code });
    await drain(site.service);
  };
  /** Sends a message, and opens it from the list. */
  const openMessage = async (code: string, options?: BrowserContextOptions): Promise<Page> => {
    await send(code);
    const page = await open('/dev/mail', options);
    await page.getByRole('link', { name: code }).first().click();
    await page.getByRole('heading', { level: 1, name: code }).waitFor();
    return page;
  };
  /** Waits until the frame has the height of its message and two borders. */
  const untilFrameFits = (page: Page) =>
    until(() =>
      page.evaluate<boolean>(`(() => {
        const frame = document.querySelector('iframe');
        const { height } = frame.contentDocument.body.getBoundingClientRect();
        return height > 100 && frame.getBoundingClientRect().height === Math.ceil(height) + 2;
      })()`),
    );

  it('lists a new message without a reload, and announces it in a live region', async () => {
    await send('100001');
    const page = await open('/dev/mail');
    await page.getByRole('link', { name: '100001' }).focus();
    await send('100002');
    await page.getByRole('link', { name: '100002' }).waitFor();
    expect(await page.getByRole('status').innerText()).toBe(`New message: ${SUBJECT('100002')}`);
    expect(await page.locator(':focus').innerText()).toBe(SUBJECT('100001'));
    expect(await page.locator('#messages').getByRole('listitem').first().innerText()).toContain('100002');
  });

  it('links to a new message while another one is open', async () => {
    const page = await openMessage('200001');
    await send('200002');
    await page.getByRole('status').getByRole('link', { name: '200002' }).click();
    await page.getByRole('heading', { level: 1, name: '200002' }).waitFor();
    await page.frameLocator('iframe').getByText('200002', { exact: true }).waitFor();
  });

  it('shows a message in a frame as high as the message, at every width', async () => {
    const page = await openMessage('300001', { viewport: { width: 1200, height: 900 } });
    for (const width of [1200, 320]) {
      await page.setViewportSize({ width, height: 700 });
      await untilFrameFits(page);
    }
  });

  it('links to the other development pages, and marks the one that is open', async () => {
    const page = await openMessage('400001');
    const links = page.getByRole('navigation').getByRole('link');
    expect(await links.allInnerTexts()).toEqual(['Mailbox', 'Phone', 'API']);
    expect(await links.first().getAttribute('aria-current')).toBe('true');
    await links.first().click();
    await page.getByRole('heading', { level: 1, name: 'Development mailbox' }).waitFor();
    expect(await links.first().getAttribute('aria-current')).toBe('page');
    await links.last().click();
    await page.getByRole('heading', { name: 'Talkstack API' }).waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await send('500001');
    const page = await open('/dev/mail');
    const { keyboard } = page;
    for (const name of ['Mailbox', 'Phone', 'API', SUBJECT('500001')]) {
      await keyboard.press('Tab');
      expect(await page.locator(':focus').innerText()).toBe(name);
    }
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: '500001' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('fits into 320 pixels and passes axe-core in %s mode', async (colorScheme) => {
    const narrow = { colorScheme, viewport: { width: 320, height: 480 } };
    const message = await openMessage('600001', narrow);
    const list = await open('/dev/mail', narrow);
    for (const page of [message, list]) {
      expect(await fitsIntoWidth(page)).toBe(true);
      expect(await faultsOfAccessibility(page)).toEqual([]);
    }
  });

  it('answers a page that waits for new messages when the service stops', async () => {
    const another = await site.service.another();
    const waiting = another.api.get('/dev/mail/changes');
    await new Promise((resolve) => another.app.getHttpServer().once('request', resolve));
    await another.app.close();
    expect((await waiting).body).toEqual({ newest: '' });
  });
});
