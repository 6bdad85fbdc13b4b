import type { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { BrowserLine } from '../../src/telephony/browser/browser-line.js';
import type { LineCall } from '../../src/telephony/phone-line.js';
import { describeInBrowser, openBrowser, openProfile, Profile } from '../support/browser.js';
import { LineEvents } from '../support/line-events.js';
import { faultsOfAccessibility, fitsIntoWidth } from '../support/page-checks.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const SAMPLE_RATE = 16_000;
const [FROM, TO] = ['+12025550100', '+12025550101'];
const TONE = Int16Array.from(
  { length: SAMPLE_RATE / 2 },
  (_, i) => 8000 * Math.sin((2 * Math.PI * 440 * i) / SAMPLE_RATE),
);

/** The messages that a page sends, without its sound. */
class SentMessages {
  private readonly all: Record<string, unknown>[] = [];
  private look = (): void => undefined;

  constructor(page: Page) {
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (typeof payload === 'string') this.all.push(JSON.parse(payload));
        this.look();
      }),
    );
  }

  /** Resolves to the first message that fits. */
  first(fits: (message: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      this.look = () => {
        const found = this.all.find(fits);
        if (found) resolve(found);
      };
      this.look();
    });
  }
}

describeInBrowser('The page of the browser phone', () => {
  let service: TestApp;
  let browser: Browser;
  let line: BrowserLine;
  const sockets = new Set<Socket>();
  const opened: Profile[] = [];
  const calls: LineCall[] = [];

  beforeAll(async () => {
    service = await startApp();
    line = service.app.get(BrowserLine, { strict: false });
    service.app.getHttpServer().on('connection', (socket: Socket) => sockets.add(socket));
    browser = await openBrowser(['--use-fake-device-for-media-stream']);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.close();
  });
  afterEach(async () => {
    for (const call of calls.splice(0)) call.hangUp();
    const profiles = opened.splice(0);
    await Promise.all(profiles.map(({ context }) => context.close()));
    for (const { problems, origins } of profiles) {
      expect(problems).toEqual([]);
      expect([...origins]).toEqual([service.api.url]);
    }
  });

  const openWatched = async (options: BrowserContextOptions = {}) => {
    const profile = await openProfile(browser, options);
    opened.push(profile);
    const page = await profile.context.newPage();
    const sent = new SentMessages(page);
    await page.goto(`${service.api.url}/dev/phone`);
    await page.getByText('Connected: waiting for calls.').waitFor();
    return { page, sent };
  };
  const open = async () => (await openWatched()).page;
  const dial = () => {
    const events = new LineEvents();
    const call = line.dial({ callId: 'CA1', from: FROM, to: TO }, events);
    calls.push(call);
    return { events, call };
  };
  const cardOf = (page: Page): Locator => page.getByRole('region', { name: `from ${FROM} to ${TO}` });
  /** A call that was accepted on a page; without a permission the page has no microphone. */
  const talk = async (options?: BrowserContextOptions) => {
    const { page, sent } = await openWatched(options);
    const { events, call } = dial();
    const card = cardOf(page);
    await card.getByRole('button', { name: 'Accept' }).click();
    await events.event('answered');
    await card.getByText('Connected', { exact: true }).waitFor();
    return { page, sent, events, call, card };
  };

  const expectNoFaults = async (page: Page) => {
    expect(await fitsIntoWidth(page)).toBe(true);
    expect(await faultsOfAccessibility(page)).toEqual([]);
  };

  it('shows a ringing call, also in the page title, until the call is declined', async () => {
    const page = await open();
    const { events } = dial();
    await cardOf(page).getByText('Ringing', { exact: true }).waitFor();
    await page.getByText('Sound is off until you click').waitFor();
    expect(await page.title()).toContain(`Ringing: ${FROM}`);
    await cardOf(page).getByRole('button', { name: 'Decline' }).click();
    await events.event('ended declined');
    await cardOf(page).getByText('Ended. It was declined.').waitFor();
    expect(await cardOf(page).getByRole('button').count()).toBe(0);
    expect(await page.title()).not.toContain('Ringing');
  });

  it('works without a microphone: sends typed words and keys, and says that there is no microphone', async () => {
    const { page, events, card } = await talk();
    await page.getByText('The browser was not allowed to use the microphone. Calls go on').waitFor();
    await page.keyboard.type('Good morning');
    await page.keyboard.press('Enter');
    await events.event('typed Good morning');
    await card.getByText('You said by typing: Good morning').waitFor();
    await card.getByRole('button', { name: '#', exact: true }).click();
    await events.event('digit #');
    await page.keyboard.press('7');
    await events.event('digit 7');
    await card.getByRole('textbox').fill('   ');
    await page.keyboard.press('Enter');
    await card.getByRole('button', { name: 'Hang up' }).click();
    await events.event('ended hung-up-there');
    await card.getByText('Ended. You hung up.').waitFor();
    expect(await page.locator(':focus').innerText()).toContain('Call 1 from');
    expect(events.all.filter((event) => event.startsWith('typed'))).toEqual(['typed Good morning']);
  });

  it("plays a call's sound and reports how much was played, also after the service cleared the rest", async () => {
    const { page, sent, call } = await talk();
    await page.getByText('Sound is on.').waitFor();
    const { call: number } = await sent.first(({ type }) => type === 'accept');
    const report = (epoch: number, samples: number) =>
      sent.first((message) => isDeepStrictEqual(message, { type: 'played', call: number, epoch, samples }));
    call.play(TONE);
    await report(0, TONE.length);
    // The page's clock may be a little ahead of ours, and no sound counts as heard before it can have been.
    await until(() => call.playedSamples === TONE.length);
    for (let i = 0; i < 20; i += 1) call.play(TONE);
    call.clear();
    call.play(TONE.subarray(0, 4000));
    await report(1, 4000);
  });

  it('shows what both sides say as a log, in which a later line replaces an earlier one with the same id', async () => {
    const { call, card } = await talk();
    const log = card.getByRole('log');
    call.show?.({ id: '1', role: 'agent', text: 'Hello, how can I help <b>you</b>?' });
    call.show?.({ id: '2', role: 'person', text: 'I would' });
    call.show?.({ id: '2', role: 'person', text: 'I would like a table.' });
    await log.getByText('I would like a table.').waitFor();
    expect(await log.locator('p').allInnerTexts()).toEqual([
      'Agent: Hello, how can I help <b>you</b>?',
      'You: I would like a table.',
    ]);
    expect(await log.getAttribute('aria-live')).toBe('polite');
  });

  it("sends the microphone's sound in frames of 20 ms to the accepted call, and sends none while muted", async () => {
    const { page, events, call, card } = await talk({ permissions: ['microphone'] });
    await page.getByText('The microphone is on.').waitFor();
    await events.until(() => events.frames.some((frame) => frame.some((sample) => Math.abs(sample) > 500)));
    expect(events.frames[0].length).toBe(SAMPLE_RATE / 50);
    await card.getByRole('button', { name: 'Microphone', pressed: true }).click();
    await card.getByRole('button', { name: 'Microphone', pressed: false }).waitFor();
    expect(await page.getByText('The microphone is on.').count()).toBe(0);
    call.hangUp();
    await card.getByText('Ended. The agent hung up.').waitFor();
  });

  it('ends its call and reconnects when the connection is lost', async () => {
    const { page, events, card } = await talk();
    for (const socket of sockets) socket.destroy();
    await events.event('ended media-lost');
    await card.getByText('Ended. The connection was lost.').waitFor();
    await page.getByText('Connected: waiting for calls.').waitFor();
    const again = dial();
    await cardOf(page).getByRole('button', { name: 'Accept' }).click();
    await again.events.event('answered');
  });

  it.each(['light', 'dark'] as const)('fits into 320 pixels and passes axe-core in %s mode', async (colorScheme) => {
    const narrow = { colorScheme, viewport: { width: 320, height: 480 } };
    const { page, call, card } = await talk(narrow);
    call.show?.({ id: '1', role: 'agent', text: 'A'.repeat(100) });
    await card.getByText('AAA').waitFor();
    dial();
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    await expectNoFaults(page);
    call.hangUp();
    await page.getByText('Ended. The agent hung up.').waitFor();
    await expectNoFaults(page);
  });

  it('is linked from the navigation of the development pages', async () => {
    const page = await open();
    const links = page.getByRole('navigation').getByRole('link');
    expect(await links.allInnerTexts()).toEqual(['Phone', 'API']);
    expect(await links.first().getAttribute('aria-current')).toBe('page');
  });
});
