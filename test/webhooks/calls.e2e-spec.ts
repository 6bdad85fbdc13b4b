import { gunzipSync } from 'node:zlib';
import { DAY_MS } from '../../src/common/clock.js';
import { ScriptedLine } from '../doubles/scripted-line.js';
import { signatureOf, verified, WebhookReceiver } from '../doubles/webhook-receiver.js';
import { ApiClient } from '../support/api-client.js';
import { Desk, makeCall, openDesk } from '../support/calls.js';
import { makeApiKey } from '../support/credentials.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { tablesWith } from '../support/tables.js';
import { until } from '../support/until.js';
import { deliveriesOf, setWebhook, WEBHOOK_SETTINGS } from '../support/webhooks.js';

const TYPES = ['call.queued', 'call.initiated', 'call.ringing', 'call.answered', 'call.ended'];
const SPOKEN = 'My plum tree is called Hortensia.';

let line: ScriptedLine;
let receiver: WebhookReceiver;
let service: TestApp;
let ada: { apiKey: string };
let api: ApiClient;
let desk: Desk;
let secret: string;
let count = 0;
beforeAll(async () => {
  line = new ScriptedLine();
  receiver = new WebhookReceiver();
  await receiver.open();
  service = await startApp(
    { ...WEBHOOK_SETTINGS, CALL_POLL_MS: '20', CALLS_PER_SECOND: '1000', SHUTDOWN_CALLS_SECONDS: '0' },
    line,
  );
  // The clock moves further than a token lasts.
  ada = { apiKey: await makeApiKey(service, await join(service)) };
  api = service.api.as(ada);
  desk = await openDesk(service, ada);
  secret = await setWebhook(service, ada, desk.projectId, receiver.url());
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

/** Makes a call, and waits until the line has it. */
async function dialled() {
  count += 1;
  const number = `+1555019${String(count).padStart(4, '0')}`;
  const { sid } = await makeCall(service, ada, desk, { number });
  return { sid, call: await until(() => line.calls.find(({ request }) => request.to === number)) };
}

describe('The webhooks of a call', () => {
  it('tell each change of its status once, in order, with the call as it was then, signed', async () => {
    const { sid, call } = await dialled();
    call.listener.ringing();
    call.listener.answered();
    await receiver.untilSome(sid, 4);
    call.listener.typed?.(SPOKEN);
    await until(async () => (await api.post('/call', { sid })).body.transcript.length > 0);
    call.end('hung-up-there');
    const hooks = await receiver.untilSome(sid, 5);
    expect(hooks.map(({ body }) => body.type)).toEqual(TYPES);
    const statuses = ['queued', 'initiated', 'ringing', 'in-progress', 'completed'];
    expect(hooks.map(({ body }) => body.data.status)).toEqual(statuses);
    const kept = (await api.post('/call', { sid })).body;
    expect(hooks[4].body.data).toEqual(kept);
    expect(hooks[4].text).toContain(SPOKEN);
    expect(hooks[3].body.data).toMatchObject({ endedReason: null, transcript: [], answeredAt: kept.answeredAt });
    for (const hook of hooks) {
      const { type, timestamp, data } = verified(hook, secret);
      expect(hook.body).toEqual({ ...data, type, timestamp, data });
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      expect(hook.headers).toMatchObject({ 'content-type': 'application/json' });
    }
    expect(new Set(hooks.map(({ headers }) => headers['webhook-id'])).size).toBe(5);
    expect(() => verified({ ...hooks[0], text: `${hooks[0].text} ` }, secret)).toThrow();
  });

  it('tell the end of a call that never connects exactly once', async () => {
    const { sid, call } = await dialled();
    call.end('busy', 486);
    await receiver.untilSome(sid, 3);
    await api.post('/call/end-call', { sid });
    const { sid: next } = await dialled();
    await receiver.untilSome(next, 2);
    const types = receiver.of(sid).map(({ body }) => body.type);
    expect(types).toEqual(['call.queued', 'call.initiated', 'call.ended']);
    expect(receiver.of(sid)[2].body).toMatchObject({ status: 'busy', endedReason: 'busy', carrierCode: 486 });
  });

  it('are sealed at rest, and nothing of them is in the log', async () => {
    // The transcript itself is there, and nowhere else.
    expect(await tablesWith(service, SPOKEN)).toEqual(['call_turns']);
    const contents = await service.query('SELECT sealed FROM webhook_contents');
    expect(contents.length).toBeGreaterThan(5);
    for (const { sealed } of contents) expect(() => gunzipSync(Buffer.from(sealed, 'base64'))).toThrow();
    expect(service.logs.join('')).not.toContain('Hortensia');
  });

  it('are signed with the secret before too, for 24 hours', async () => {
    const next = (await api.post(`/project/${desk.projectId}/webhook-secret`, {})).body.secret;
    const [both] = await receiver.untilSome((await dialled()).sid, 1);
    expect(both.headers['webhook-signature'].split(' ')).toEqual([next, secret].map((one) => signatureOf(both, one)));
    for (const one of [next, secret]) expect(verified(both, one)).toEqual(both.body);
    service.clock.advance(DAY_MS);
    const [one] = await receiver.untilSome((await dialled()).sid, 1);
    expect(one.headers['webhook-signature']).toBe(signatureOf(one, next));
  });

  it('end when the webhook is removed', async () => {
    await setWebhook(service, ada, desk.projectId, null);
    const { sid, call } = await dialled();
    call.end('busy');
    await until(async () => (await api.post('/call', { sid })).body.status === 'busy');
    expect(receiver.of(sid)).toEqual([]);
    expect(await deliveriesOf(service, sid)).toEqual([]);
  });
});
