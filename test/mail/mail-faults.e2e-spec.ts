import { setImmediate as nextTurn } from 'node:timers/promises';
import { drain, forgetLetters, letterRow, letterRows, UNHURRIED } from '../support/outbox.js';
import { newAddress, signUp } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';

const MINUTE_MS = 60_000;
const ALL_TIMERS_BUT_INTERVALS = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setTimeout', 'clearTimeout'] as const),
];
const SUCCESS = 3;
const EMAIL_NOT_SENT = 6;

let service: TestApp;
beforeAll(async () => {
  service = await startApp(UNHURRIED);
});
afterEach(() => {
  jest.useRealTimers();
  speak();
  return forgetLetters(service);
});
afterAll(() => service.close());

let speak = (): void => undefined;

/** The mail server keeps its last word on letters back until `speak()`. Resolves when it has all of one. */
function holdTheLastWord(): Promise<void> {
  const spoken = new Promise<void>((resolve) => (speak = resolve));
  return new Promise((arrive) => {
    service.mailbox.beforeAcknowledging = () => {
      arrive();
      return spoken;
    };
  });
}

const copies = (addresses: string[]) => addresses.map((address) => service.mailbox.to(address).length);

describe('While the mail server is away', () => {
  it('signups are taken and say so, and every letter arrives once when it is back', async () => {
    const early = newAddress();
    const later = [newAddress(), newAddress(), newAddress()];
    await service.mailbox.close();
    expect(await signUp(service, early)).toMatchObject({ status: 200, body: { signupStatus: SUCCESS } });
    await drain(service);
    for (const email of later) {
      const { status, body } = await signUp(service, email);
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'success', user: { email }, signupStatus: EMAIL_NOT_SENT });
      expect(body.token).toEqual(expect.any(String));
    }
    await service.mailbox.open();
    service.clock.advance(2 * MINUTE_MS);
    await drain(service);
    expect(copies([early, ...later])).toEqual([1, 1, 1, 1]);
    const code = await service.mailbox.nextCode(later[0]);
    expect((await service.api.post('/auth/verify-email', { email: later[0], code })).status).toBe(200);
    expect((await signUp(service)).body.signupStatus).toBe(SUCCESS);
  });

  it('other instances know it too', async () => {
    const other = await service.another();
    await service.mailbox.close();
    await signUp(service);
    await drain(service);
    expect((await signUp(other)).body.signupStatus).toBe(EMAIL_NOT_SENT);
    await drain(other);
    await service.mailbox.open();
    await signUp(service);
    await drain(service);
    expect((await signUp(other)).body.signupStatus).toBe(SUCCESS);
    await other.close();
  });

  it('an expired code is not sent any more, and its secret is gone', async () => {
    const email = newAddress();
    await service.mailbox.close();
    await signUp(service, email);
    await drain(service);
    await service.mailbox.open();
    service.clock.advance(15 * MINUTE_MS);
    await drain(service);
    expect(await letterRow(service, email)).toMatchObject({ state: 'dead', secret: null, lastError: 'expired' });
    expect(copies([email])).toEqual([0]);
    expect((await service.api.post('/auth/resend-code', { email })).status).toBe(200);
    const code = await service.mailbox.nextCode(email);
    expect((await service.api.post('/auth/verify-email', { email, code })).status).toBe(200);
  });
});

describe('A mail server that says “later”', () => {
  it('to an address it does not know yet gets that letter again, and nobody else is told of trouble', async () => {
    const email = newAddress();
    service.mailbox.refuseRecipient = () => ({ code: 450, text: 'greylisted, come again' });
    await signUp(service, email);
    await drain(service);
    expect(await letterRow(service, email)).toMatchObject({ state: 'queued', lastError: '450 greylisted, come again' });
    service.mailbox.refuseRecipient = () => null;
    expect((await signUp(service)).body.signupStatus).toBe(SUCCESS);
    service.clock.advance(2 * MINUTE_MS);
    await drain(service);
    expect(copies([email])).toEqual([1]);
    service.clock.advance(10 * MINUTE_MS);
    await drain(service);
    expect(copies([email])).toEqual([1]);
  });

  it('is offered the same letter under the same Message-ID', async () => {
    const email = newAddress();
    const refused: string[] = [];
    service.mailbox.refuseLetter = ({ messageId }) => {
      refused.push(messageId);
      return { code: 451, text: 'busy' };
    };
    await signUp(service, email);
    await drain(service);
    service.clock.advance(2 * MINUTE_MS);
    await drain(service);
    service.mailbox.refuseLetter = () => null;
    service.clock.advance(2 * MINUTE_MS);
    await drain(service);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(new Set(refused)).toEqual(new Set([service.mailbox.to(email)[0].messageId]));
    expect(copies([email])).toEqual([1]);
  });
});

describe('The secrets of letters', () => {
  it('lie nowhere in clear while they wait, and nowhere at all when they are sent', async () => {
    const email = newAddress();
    let texts = '';
    service.mailbox.refuseLetter = ({ text }) => {
      texts += text;
      return { code: 451, text: 'busy' };
    };
    await signUp(service, email);
    await service.api.post('/auth/forgot-password', { email });
    await drain(service);
    const [code] = /\b\d{6}\b/.exec(texts) ?? [];
    const [, token] = /#token=([\w-]+)/.exec(texts) ?? [];
    expect(await tablesWith(service, email)).toContain('letters');
    expect(await tablesWith(service, String(token))).toEqual([]);
    const waiting = await letterRows(service, email);
    expect(waiting.map(({ secret }) => secret)).toEqual([expect.any(String), expect.any(String)]);
    for (const { params, secret } of waiting) expect(params + secret).not.toContain(code);

    service.mailbox.refuseLetter = () => null;
    service.clock.advance(2 * MINUTE_MS);
    await drain(service);
    const sent = await letterRows(service, email);
    expect(sent.map(({ state, secret }) => [state, secret])).toEqual([
      ['sent', null],
      ['sent', null],
    ]);
  });
});

describe('Several instances', () => {
  it('send every letter of forty signups once, when an outage is over and all are due together', async () => {
    const other = await service.another();
    const addresses = Array.from({ length: 40 }, () => newAddress());
    await service.mailbox.close();
    await Promise.all(addresses.map((email, i) => signUp(i % 2 === 0 ? service : other, email)));
    await drain(service, other);
    await service.mailbox.open();
    service.clock.advance(2 * MINUTE_MS);
    await drain(service, other);
    expect(copies(addresses)).toEqual(addresses.map(() => 1));
    await other.close();
  });

  it('leave a letter alone whose last word is late, for as long as its instance waits', async () => {
    const email = newAddress();
    const other = await service.another();
    const arrived = holdTheLastWord();
    // The lease is renewed by real time, which stands still here: only its own timer is moved.
    jest.useFakeTimers({ doNotFake: ALL_TIMERS_BUT_INTERVALS });
    await signUp(service, email);
    await arrived;
    for (let minutes = 0; minutes < 3; minutes += 0.5) {
      const { leasedUntil } = await letterRow(service, email);
      service.clock.advance(MINUTE_MS / 2);
      jest.advanceTimersByTime(MINUTE_MS / 2);
      while ((await letterRow(service, email)).leasedUntil?.getTime() === leasedUntil?.getTime()) {
        await nextTurn();
      }
      await drain(other);
    }
    jest.useRealTimers();
    speak();
    await drain(service, other);
    expect(await letterRow(service, email)).toMatchObject({ state: 'sent', tries: 1, secret: null });
    expect(copies([email])).toEqual([1]);
    await other.close();
  });

  it('wait for the last word before they stop', async () => {
    const email = newAddress();
    const [stopping, idle] = [await service.another(), await service.another()];
    const arrived = holdTheLastWord();
    await signUp(stopping, email);
    await arrived;
    let isStopped = false;
    const stopped = stopping.close().then(() => (isStopped = true));
    await idle.close();
    await drain(service);
    expect(isStopped).toBe(false);
    speak();
    await stopped;
    expect(await letterRow(service, email)).toMatchObject({ state: 'sent', tries: 1 });
    expect(copies([email])).toEqual([1]);
  });
});
