import { setImmediate as nextTurn } from 'node:timers/promises';
import { MailOutbox } from '../../src/mail/mail-outbox.js';
import { drain, forgetLetters, letterRow, UNHURRIED } from '../support/outbox.js';
import { newAddress, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const SECOND_MS = 1000;
const SUCCESS = 3;
const EMAIL_NOT_SENT = 6;
/** Letters that go out side by side. */
const PLACES = 5;
const ALL_TIMERS_BUT_INTERVALS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setTimeout', 'clearTimeout'] as const),
];

describe('A mail server that says nothing after a letter is all there', () => {
  let service: TestApp;
  let speak: () => void;
  let inHand: number;

  beforeAll(async () => (service = await startApp(UNHURRIED)));
  beforeEach(() => {
    inHand = 0;
    const spoken = new Promise<void>((resolve) => (speak = resolve));
    // It stalls with the first letters, and takes those that come later.
    service.mailbox.beforeAcknowledging = () => ((inHand += 1) <= PLACES ? spoken : undefined);
  });
  afterEach(() => {
    jest.useRealTimers();
    speak();
    return forgetLetters(service);
  });
  afterAll(() => service.close());

  async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isTrue())) await nextTurn();
  }

  function passTime(seconds: number): void {
    service.clock.advance(seconds * SECOND_MS);
    jest.advanceTimersByTime(seconds * SECOND_MS);
  }

  const isSent = async (email: string) => (await letterRow(service, email)).state === 'sent';

  it('does not hold up other messages after 15 seconds, and counts as failing after 60, until it replies', async () => {
    jest.useFakeTimers({ doNotFake: ALL_TIMERS_BUT_INTERVALS });
    const stalled = Array.from({ length: PLACES }, () => newAddress());
    for (const email of stalled) expect((await signUp(service, email)).body.signupStatus).toBe(SUCCESS);
    await until(() => inHand === PLACES);
    const passing = newAddress();
    await signUp(service, passing);
    expect(await letterRow(service, passing)).toMatchObject({ state: 'queued', leaseOwner: null });

    passTime(15);
    await until(() => isSent(passing));
    passTime(45);
    await until(async () => (await letterRow(service, stalled[0])).serverFailed);
    // In one step with the row, in the log only after it.
    await until(() => service.logs.some((line) => line.includes('The mail server fails, letters wait: no answer')));
    service.mailbox.beforeAcknowledging = () => new Promise<void>((resolve) => setImmediate(resolve));
    expect((await signUp(service)).body.signupStatus).toBe(EMAIL_NOT_SENT);

    jest.useRealTimers();
    speak();
    await drain(service);
    expect(await Promise.all(stalled.map(isSent))).toEqual(stalled.map(() => true));
    expect(stalled.map((email) => service.mailbox.to(email).length)).toEqual(stalled.map(() => 1));
    expect((await signUp(service)).body.signupStatus).toBe(SUCCESS);
  });

  it('does not hold an instance that stops: the letter waits for its lease to end, and another instance sends it', async () => {
    const email = newAddress();
    const stopping = await service.another();
    const outbox = stopping.app.get(MailOutbox);
    expect(outbox.bounds.graceMs).toBe(10_000);
    outbox.bounds.graceMs = 1;
    await signUp(stopping, email);
    await until(() => inHand === 1);
    await stopping.close();
    expect(await letterRow(service, email)).toMatchObject({ state: 'queued', leaseOwner: expect.any(String) });
    service.mailbox.beforeAcknowledging = () => undefined;
    service.clock.advance(91 * SECOND_MS);
    await drain(service);
    expect(await letterRow(service, email)).toMatchObject({ state: 'sent' });
  });
});
