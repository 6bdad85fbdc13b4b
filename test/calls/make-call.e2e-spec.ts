import { DAY_MS } from '../../src/common/clock.js';
import { createAgent } from '../support/agents.js';
import { ApiClient } from '../support/api-client.js';
import { Desk, openDesk, RECIPIENT } from '../support/calls.js';
import { atOnce } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { countRows } from '../support/rows.js';
import { startApp, TestApp } from '../support/start-app.js';

let service: TestApp;
let ada: Person;
let desk: Desk;
let api: ApiClient;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  api = service.api.as(ada);
  desk = await openDesk(service, ada);
});
afterAll(() => service.close());

const make = (more: object = {}, key?: string) => {
  const { projectId, agentId } = desk;
  const body = { number: RECIPIENT, projectId, agentId, dynamicVariables: { name: 'Ada' }, ...more };
  return (key === undefined ? api : api.with({ 'idempotency-key': key })).post('/call/makeCall', body);
};
const codeOf = async (more: object, key?: string) => (await make(more, key)).body.code;

describe('makeCall', () => {
  it("responds at once with the call's id in three fields, and stores every variable that was sent", async () => {
    const dynamicVariables = { name: 'Ada', extra: 'kept', count: 3, isNew: true };
    const { body } = await make({ dynamicVariables });
    const { call_id: sid } = body.call;
    expect(sid).toMatch(/^CA[0-9a-f]{12}7[0-9a-f]{19}$/);
    expect(body.call).toMatchObject({ callSid: sid, sid, to: RECIPIENT, from: desk.from });
    const call = (await api.post('/call', { call_id: sid.toLowerCase() })).body;
    expect(call).toMatchObject({ dynamicVariables, direction: 'outbound', agentId: desk.agentId, transcript: [] });
  });

  it.each([
    '911',
    '112',
    '+1911',
    '+49110',
    '+44999',
    '22395',
    '+19005550100',
    '+449098790000',
    '+8816123456789',
    '+870773111632',
  ])('refuses to call %s: expensive numbers and those that no machine may call', async (number) =>
    expect(await codeOf({ number })).toBe('NUMBER_NOT_ALLOWED'),
  );

  it.each(['15550100001', '+1555', '+123', 'a number', '+1555010000100000'])(
    'refuses %s, which is not an E.164 number',
    async (number) => expect(await codeOf({ number })).toBe('NUMBER_INVALID'),
  );

  it('calls only the countries in CALL_COUNTRIES, if set', async () => {
    const { api: strict } = await service.another({ CALL_COUNTRIES: 'de, fr' });
    const { projectId, agentId } = desk;
    const ask = async (number: string) => {
      const body = { number, projectId, agentId, dynamicVariables: { name: 'Ada' } };
      return (await strict.as(ada).post('/call/makeCall', body)).body.code;
    };
    expect([await ask('+4930123456'), await ask('+442071838750'), await ask(RECIPIENT)]).toEqual([
      undefined,
      'NUMBER_NOT_ALLOWED',
      'NUMBER_NOT_ALLOWED',
    ]);
  });

  it('names every variable that has no value', async () => {
    const systemInstruction = 'Greet {{name}} of {{company}} at {{place}}.';
    const other = await openDesk(service, ada, { systemInstruction });
    const { status, body } = await make({ ...other, dynamicVariables: { company: 'ACME' } });
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'VARIABLES_MISSING' });
    expect(body.errors.map(({ field }: any) => field)).toEqual(['dynamicVariables.name', 'dynamicVariables.place']);
  });

  it.each([
    ['a text', 'name'],
    ['a list', ['name']],
    ['an object as a value', { name: {} }],
    ['null as a value', { name: null }],
    ['101 values', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`name${i}`, 1]))],
    ['more than 64 kB', { name: 'a'.repeat(65_536) }],
    ['half a character', { name: '\ud800' }],
  ])('refuses %s as dynamicVariables', async (_, dynamicVariables) => {
    const { status, body } = await make({ dynamicVariables });
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field: 'dynamicVariables' }] } });
  });

  it('refuses an agent without a number', async () => {
    const { id: agentId } = await createAgent(service, ada, desk.projectId);
    expect(await codeOf({ agentId })).toBe('AGENT_HAS_NO_NUMBER');
  });
});

describe('An Idempotency-Key', () => {
  it('makes one call for 100 concurrent requests', async () => {
    const before = await countRows(service, 'calls');
    const answers = await atOnce(100, () => make({}, 'hundred'));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.call.sid)).size).toBe(1);
    expect(await countRows(service, 'calls')).toBe(before + 1);
    const { body } = await api.post('/call/get-call-history', { projectId: desk.projectId });
    expect(body.total).toBe(body.calls.length);
  });

  it('returns the same call for the same body, whatever the order of its fields', async () => {
    const dynamicVariables = { name: 'Ada', b: 1 };
    const first = await make({ dynamicVariables }, 'order');
    const second = await make({ dynamicVariables: { b: 1, name: 'Ada' } }, 'order');
    expect(second.body.call.sid).toBe(first.body.call.sid);
  });

  it('is refused with another body, and other users can use the same key', async () => {
    const { body } = await make({}, 'reused');
    expect(await codeOf({ number: '+15550100009' }, 'reused')).toBe('IDEMPOTENCY_KEY_REUSED');
    const bob = await join(service);
    const his = await openDesk(service, bob);
    const request = { number: RECIPIENT, ...his, dynamicVariables: { name: 'Bob' } };
    const { body: other } = await service.api
      .as(bob)
      .with({ 'idempotency-key': 'reused' })
      .post('/call/makeCall', request);
    expect(other.call.sid).not.toBe(body.call.sid);
  });

  it('makes a new call after 24 hours', async () => {
    const { apiKey } = (await api.get('/user/generate-apikey')).body;
    api = service.api.as({ apiKey });
    const first = await make({}, 'yesterday');
    service.clock.advance(DAY_MS + 1000);
    const second = await make({}, 'yesterday');
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.call.sid).not.toBe(first.body.call.sid);
  });

  it.each(['', 'a b', 'ä', 'a'.repeat(256)])('must have 1 to 255 visible characters, unlike %j', async (key) => {
    expect(await make({}, key)).toMatchObject({ status: 400, body: { errors: [{ field: 'Idempotency-Key' }] } });
  });
});

describe('end-call', () => {
  it('cancels a queued call, and succeeds again when it is repeated', async () => {
    const { sid } = (await make()).body.call;
    const ended = await api.post('/call/end-call', { sid });
    expect(ended.body).toMatchObject({ status: 'success', call: { sid } });
    expect(await api.post('/call/end-call', { callSid: sid })).toMatchObject({ status: 200 });
  });
});
