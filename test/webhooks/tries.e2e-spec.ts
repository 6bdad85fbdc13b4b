import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/common/clock.js';
import { accept, Hook, signatureOf, WebhookReceiver } from '../doubles/webhook-receiver.js';
import { makeApiKey } from '../support/credentials.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { deliveriesOf, deliver, happen, HookedProject, hookedProject, WEBHOOK_SETTINGS } from '../support/webhooks.js';

let service: TestApp;
let receiver: WebhookReceiver;
let ada: { apiKey: string };
let project: HookedProject;
beforeAll(async () => {
  receiver = new WebhookReceiver();
  await receiver.open();
  service = await startApp({ ...WEBHOOK_SETTINGS, WEBHOOK_TIMEOUT_MS: '300' });
  // The clock moves further than a token lasts.
  ada = { apiKey: await makeApiKey(service, await join(service)) };
  project = await hookedProject(service, ada, receiver.url());
});
beforeEach(async () => {
  receiver.answer = accept;
  await receiver.open().catch(() => undefined);
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

const refuse = (status: number, headers = {}) => {
  receiver.answer = (response) => void response.writeHead(status, headers).end();
};
const typesOf = (hooks: Hook[]) => hooks.map(({ body }) => body.type);
const only = async (callId: string) => (await deliveriesOf(service, callId))[0];

/** Milliseconds from now until the next try. */
async function pauseOf(callId: string): Promise<number> {
  return (await only(callId)).nextTryAt.getTime() - service.clock.now().getTime();
}

/** Moves the clock to the next try, and lets it happen. */
async function goOn(callId: string): Promise<void> {
  service.clock.advance((await pauseOf(callId)) + 1);
  await deliver(service);
}

describe('A webhook that is not taken', () => {
  it('is tried eight times in some 24 hours, each time signed anew, and then given up', async () => {
    refuse(500);
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    const hours = [];
    for (let tries = 1; tries < 8; tries += 1) {
      expect(await only(callId)).toMatchObject({ state: 'queued', tries, status: 500, settledAt: null });
      hours.push((await pauseOf(callId)) / HOUR_MS);
      await goOn(callId);
    }
    expect(await only(callId)).toMatchObject({ state: 'failed', tries: 8, lastError: 'the receiver answered 500' });
    const all = hours.reduce((sum, one) => sum + one);
    expect([all > 21, all < 26]).toEqual([true, true]);
    expect(hours).toEqual([...hours].sort((a, b) => a - b));
    const hooks = receiver.of(callId);
    expect(hooks).toHaveLength(8);
    expect(new Set(hooks.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(hooks.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(8);
    for (const hook of hooks) expect(hook.headers['webhook-signature']).toBe(signatureOf(hook, project.secret));
    expect(new Set(hooks.map(({ text }) => text)).size).toBe(1);
  });

  it('holds back the others of its call, and no other call', async () => {
    receiver.answer = (response, { body }) => void response.writeHead(body.isRefused ? 503 : 204).end();
    const first = await happen(service, project, ['call.queued', 'call.initiated'], { isRefused: true });
    const second = await happen(service, project, ['call.queued', 'call.initiated', 'call.ended']);
    await deliver(service);
    await happen(service, project, ['call.ended'], { callId: first, isRefused: true });
    await deliver(service);
    expect(typesOf(receiver.of(first))).toEqual(['call.queued']);
    expect(typesOf(receiver.of(second))).toEqual(['call.queued', 'call.initiated', 'call.ended']);
    receiver.answer = accept;
    await goOn(first);
    expect(typesOf(receiver.of(first))).toEqual(['call.queued', 'call.queued', 'call.initiated', 'call.ended']);
  });

  it('comes when the receiver is back after an hour, with all that happened meanwhile, in order', async () => {
    await receiver.close();
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    await happen(service, project, ['call.initiated', 'call.ringing'], { callId });
    for (let past = 0; past < HOUR_MS; past += 10 * MINUTE_MS) {
      service.clock.advance(10 * MINUTE_MS);
      await deliver(service);
    }
    await happen(service, project, ['call.answered', 'call.ended'], { callId });
    expect(await only(callId)).toMatchObject({
      state: 'queued',
      status: null,
      lastError: 'the connection was refused',
    });
    await receiver.open();
    await goOn(callId);
    const types = ['call.queued', 'call.initiated', 'call.ringing', 'call.answered', 'call.ended'];
    expect(typesOf(receiver.of(callId))).toEqual(types);
  });

  it('lets those that waited behind it be tried once each when it is given up', async () => {
    refuse(500);
    const callId = await happen(service, project, ['call.queued', 'call.ended']);
    await deliver(service);
    for (let tries = 1; tries < 8; tries += 1) await goOn(callId);
    service.clock.advance(4 * HOUR_MS);
    await deliver(service);
    const [first, second] = await deliveriesOf(service, callId);
    expect([first.state, first.tries]).toEqual(['failed', 8]);
    expect([second.state, second.tries < 8]).toEqual(['failed', true]);
  });

  it.each([
    ['seconds', () => '7200', 2 * HOUR_MS],
    ['a date', () => new Date(service.clock.now().getTime() + 3 * HOUR_MS).toUTCString(), 3 * HOUR_MS],
    ['a year', () => '31536000', 12 * HOUR_MS],
    ['less than the pause', () => '1', 5 * SECOND_MS],
    ['nonsense', () => 'soon', 5 * SECOND_MS],
  ])('waits as Retry-After says in %s', async (_, value, expected) => {
    refuse(429, { 'retry-after': value() });
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    const pause = await pauseOf(callId);
    expect([pause > 0.85 * expected, pause < 1.11 * expected]).toEqual([true, true]);
  });

  it('is not tried again after 410, nor are the others of its call', async () => {
    refuse(410);
    const callId = await happen(service, project, ['call.queued', 'call.initiated']);
    await deliver(service);
    const states = (await deliveriesOf(service, callId)).map(({ state }) => state);
    expect(states).toEqual(['failed', 'canceled']);
    expect(receiver.of(callId)).toHaveLength(1);
  });

  it('is not sent where a redirect points', async () => {
    refuse(308, { location: receiver.url('/elsewhere') });
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    expect(await only(callId)).toMatchObject({ state: 'queued', status: 308 });
    expect(receiver.of(callId).map(({ path }) => path)).toEqual(['/calls']);
  });
});

describe('A receiver', () => {
  let patient: TestApp;
  beforeAll(async () => (patient = await service.another({ WEBHOOK_TIMEOUT_MS: '60000' })));

  it('that never answers is left after WEBHOOK_TIMEOUT_MS', async () => {
    receiver.answer = () => undefined;
    const callId = await happen(service, project, ['call.queued']);
    await deliver(service);
    expect(await only(callId)).toMatchObject({ status: null, lastError: 'no answer within 0.3 s' });
  });

  it('that says yes and then talks for ever, or less than it announced, has said yes', async () => {
    receiver.answer = (response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    };
    // It is the length of the answer that ends it here.
    const endless = await happen(patient, project, ['call.queued']);
    await deliver(patient);
    expect(await only(endless)).toMatchObject({ state: 'delivered', status: 200, lastError: null });
    receiver.answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('short');
      setImmediate(() => response.destroy());
    };
    const short = await happen(patient, project, ['call.queued']);
    await deliver(patient);
    expect(await only(short)).toMatchObject({ state: 'delivered', status: 200 });
  });

  it('that speaks no HTTP, or hangs up, has not taken it', async () => {
    receiver.answer = (response) => void response.socket?.end('220 mail.example ESMTP\r\n');
    const nonsense = await happen(service, project, ['call.queued']);
    await deliver(service);
    expect((await only(nonsense)).lastError).toMatch(/^the answer is not HTTP \(HPE_/);
    receiver.answer = (response) => void response.socket?.destroy();
    const silent = await happen(service, project, ['call.queued']);
    await deliver(service);
    expect((await only(silent)).lastError).toBe('the connection was closed without an answer');
  });

  it('that is slow delays its own webhooks only', async () => {
    const slow = new WebhookReceiver();
    await slow.open();
    const waiting: (() => void)[] = [];
    slow.answer = (response) => void waiting.push(() => accept(response));
    const theirs = await hookedProject(service, ada, slow.url());
    const calls = [];
    for (let i = 0; i < 20; i += 1) calls.push(await happen(patient, theirs, ['call.queued']));
    const callId = await happen(patient, project, ['call.queued']);
    await receiver.untilSome(callId, 1);
    // Not all of them at once either.
    expect(slow.hooks.length).toBeLessThanOrEqual(5);
    slow.answer = accept;
    for (const answer of waiting) answer();
    for (const one of calls) await slow.untilSome(one, 1);
    await slow.close();
  });

  it('keeps its connection for the next webhook', async () => {
    await happen(service, project, ['call.queued']);
    await deliver(service);
    const before = receiver.connections;
    for (let i = 0; i < 5; i += 1) {
      await happen(service, project, ['call.queued']);
      await deliver(service);
    }
    expect(receiver.connections - before).toBeLessThanOrEqual(1);
  });
});
