import { HOUR_MS, SECOND_MS } from '../../src/common/clock.js';
import type { LineEndReason } from '../../src/telephony/phone-line.js';
import { ScriptedLine } from '../doubles/scripted-line.js';
import { ApiClient } from '../support/api-client.js';
import { Desk, makeCall, openDesk } from '../support/calls.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const QUICK = { CALL_POLL_MS: '20', CALLS_PER_SECOND: '1000' };

let line: ScriptedLine;
let service: TestApp;
let ada: Person;
let api: ApiClient;
let desk: Desk;
let count = 0;
beforeAll(async () => {
  line = new ScriptedLine();
  service = await startApp({ ...QUICK, CALL_PRICE_PER_MINUTE: '0.05' }, line);
  ada = await join(service);
  api = service.api.as(ada);
});
beforeEach(async () => {
  desk = await openDesk(service, ada);
});
afterAll(() => service.close());

const callData = async (sid: string) => (await api.post('/call', { sid })).body;
const untilStatus = (sid: string, status: string) =>
  until(async () => {
    const call = await callData(sid);
    return call.status === status ? call : null;
  });

/** Makes a call, and waits until the line has it. */
async function dialled() {
  count += 1;
  const number = `+1555019${String(count).padStart(4, '0')}`;
  const { sid } = await makeCall(service, ada, desk, { number });
  return { sid, call: await until(() => line.calls.find(({ request }) => request.to === number)) };
}

describe('A call', () => {
  it('goes from the queue over the line to its outcome, with seconds and cost', async () => {
    const { sid, call } = await dialled();
    expect(await untilStatus(sid, 'initiated')).toMatchObject({ startTime: expect.any(String), answeredAt: null });
    call.listener.ringing();
    await untilStatus(sid, 'ringing');
    call.listener.answered();
    await untilStatus(sid, 'in-progress');
    service.clock.advance(61 * SECOND_MS);
    call.end('hung-up-there');
    const ended = await untilStatus(sid, 'completed');
    expect(ended).toMatchObject({ endedReason: 'person-hung-up', cost: 0.1, endTime: expect.any(String) });
    expect(ended.seconds).toBeGreaterThanOrEqual(61);
  });

  it.each<[LineEndReason, string, string]>([
    ['busy', 'busy', 'busy'],
    ['no-answer', 'no-answer', 'no-answer'],
    ['declined', 'busy', 'declined'],
    ['invalid-number', 'failed', 'invalid-number'],
    ['carrier-refused', 'failed', 'carrier-refused'],
    ['carrier-unavailable', 'failed', 'carrier-unavailable'],
  ])(
    'that the line ends with %s before an answer becomes %s, with the reason %s',
    async (reason, status, endedReason) => {
      const { sid, call } = await dialled();
      call.end(reason, 486);
      expect(await untilStatus(sid, status)).toMatchObject({ endedReason, carrierCode: 486, seconds: 0, cost: 0 });
    },
  );

  it('that nobody answers is canceled after CALL_RING_SECONDS and becomes no-answer', async () => {
    const { sid, call } = await dialled();
    call.listener.ringing();
    service.clock.advance(46 * SECOND_MS);
    expect(await untilStatus(sid, 'no-answer')).toMatchObject({ endedReason: 'no-answer' });
    expect(call.isOver).toBe(true);
  });

  it('ends after CALL_MAX_SECONDS', async () => {
    const { sid, call } = await dialled();
    call.listener.answered();
    await untilStatus(sid, 'in-progress');
    service.clock.advance(601 * SECOND_MS);
    expect(await untilStatus(sid, 'completed')).toMatchObject({ endedReason: 'max-duration' });
  });

  it('is hung up by end-call, whichever instance gets the request', async () => {
    // It looks for no calls, or it could be the one that makes this one.
    const other = await service.another({ CALL_POLL_MS: '60000' }, undefined, new ScriptedLine());
    const { sid, call } = await dialled();
    call.listener.answered();
    await untilStatus(sid, 'in-progress');
    expect((await other.api.as(ada).post('/call/end-call', { sid })).status).toBe(200);
    expect(await untilStatus(sid, 'completed')).toMatchObject({ endedReason: 'ended-by-request' });
    await other.app.close();
  });

  it('whose agent was deleted while it was queued is canceled, and nobody is called', async () => {
    const waiting = await startApp({ ...QUICK, CALLS_PER_PROJECT: '1' }, line);
    const bob = await join(waiting);
    const his = await openDesk(waiting, bob);
    await makeCall(waiting, bob, his, { number: '+15550180001' });
    const blocking = await until(() => line.calls.find(({ request }) => request.to === '+15550180001'));
    const { sid } = await makeCall(waiting, bob, his, { number: '+15550180002' });
    await waiting.api.as(bob).delete('/agent', { projectId: his.projectId, agentId: his.agentId });
    blocking.end('busy');
    const call = await until(async () => {
      const { body } = await waiting.api.as(bob).post('/call', { sid });
      return body.endTime !== null && body;
    });
    expect(call).toMatchObject({ status: 'canceled', endedReason: 'canceled', answeredAt: null });
    expect(line.calls.some(({ request }) => request.to === '+15550180002')).toBe(false);
    await waiting.close();
  });

  it('is hung up when its project is deleted, and its row is deleted', async () => {
    const { sid, call } = await dialled();
    call.listener.answered();
    await untilStatus(sid, 'in-progress');
    await api.delete(`/project/${desk.projectId}`, { cascade: true });
    await until(() => call.isOver);
    expect((await api.post('/call', { sid })).status).toBe(404);
  });
});

describe('The queue of calls', () => {
  it('makes at most CALLS_PER_PROJECT calls of a project at once, first come first served', async () => {
    const sids = [];
    for (let i = 0; i < 13; i += 1) sids.push((await makeCall(service, ada, desk)).sid);
    const ours = () => line.calls.filter(({ request }) => request.from === desk.from);
    await until(() => ours().length === 10);
    await untilStatus(sids[9], 'initiated');
    expect((await callData(sids[10])).status).toBe('queued');
    ours()[4].end('busy');
    await until(() => ours().length === 11);
    await untilStatus(sids[10], 'initiated');
    expect((await callData(sids[11])).status).toBe('queued');
    for (let i = 0; i < 13; i += 1) (await until(() => ours()[i])).end('busy');
    await untilStatus(sids[12], 'busy');
    expect(line.most.get(desk.from)).toBe(10);
  });

  it('starts at most CALLS_PER_SECOND calls of a project a second', async () => {
    const slowLine = new ScriptedLine((call) => call.end('busy'));
    const slow = await startApp({ ...QUICK, CALLS_PER_SECOND: '2' }, slowLine);
    const bob = await join(slow);
    const his = await openDesk(slow, bob);
    for (let i = 0; i < 5; i += 1) await makeCall(slow, bob, his);
    await until(() => slowLine.calls.length === 5);
    const rows = await slow.query('SELECT dial_started_at AS at FROM calls ORDER BY id');
    const starts = rows.map(({ at }) => Date.parse(typeof at === 'string' ? `${at.replace(' ', 'T')}Z` : at));
    for (let i = 2; i < 5; i += 1) expect(starts[i] - starts[i - 2]).toBeGreaterThanOrEqual(SECOND_MS);
    await slow.close();
  });

  it('starts calls of several projects in turn', async () => {
    const fairLine = new ScriptedLine((call) => call.end('busy'));
    const fair = await startApp({ ...QUICK, CALLS_PER_INSTANCE: '1' }, fairLine);
    const bob = await join(fair);
    const [first, second] = [await openDesk(fair, bob), await openDesk(fair, bob)];
    const idle = await fair.another({ CALL_POLL_MS: '60000', CALLS_PER_INSTANCE: '1' }, undefined, new ScriptedLine());
    await idle.app.close();
    await Promise.all([first, second].flatMap((one) => Array.from({ length: 6 }, () => makeCall(fair, bob, one))));
    await until(() => fairLine.calls.length === 12);
    const origins = fairLine.calls.slice(2).map(({ request }) => request.from);
    const inRow = origins.filter((from, i) => i > 1 && from === origins[i - 1] && from === origins[i - 2]);
    expect(inRow.length).toBeLessThanOrEqual(2);
    await fair.close();
  });

  it('fails a call that waited for CALL_QUEUE_HOURS', async () => {
    const blocked = await startApp({ ...QUICK, CALLS_PER_PROJECT: '1' }, new ScriptedLine());
    const bob = await join(blocked);
    const his = await openDesk(blocked, bob);
    const { apiKey } = (await blocked.api.as(bob).get('/user/generate-apikey')).body;
    await makeCall(blocked, bob, his);
    const { sid } = await makeCall(blocked, bob, his);
    blocked.clock.advance(25 * HOUR_MS);
    const call = await until(async () => {
      const { body } = await blocked.api.as({ apiKey }).post('/call', { sid });
      return body.status !== 'queued' && body;
    });
    expect(call).toMatchObject({ status: 'failed', endedReason: 'expired', startTime: null });
    await blocked.close();
  });
});

describe('A stop of the service', () => {
  it('lets current calls go on, then ends them with an outcome, and starts no new ones', async () => {
    const stopLine = new ScriptedLine((call) => call.listener.answered());
    const first = await startApp({ ...QUICK, CALLS_PER_PROJECT: '1', SHUTDOWN_CALLS_SECONDS: '1' }, stopLine);
    const bob = await join(first);
    const his = await openDesk(first, bob);
    const second = await first.another({ CALL_POLL_MS: '60000' }, undefined, new ScriptedLine());
    const { sid } = await makeCall(first, bob, his);
    const { sid: waiting } = await makeCall(first, bob, his);
    await until(() => stopLine.calls.length === 1);
    await first.app.close();
    const { body } = await second.api.as(bob).post('/call', { sid });
    expect(body).toMatchObject({ status: 'completed', endedReason: 'instance-lost' });
    expect((await second.api.as(bob).post('/call', { sid: waiting })).body.status).toBe('queued');
    expect(stopLine.calls).toHaveLength(1);
    await first.close();
  });
});
