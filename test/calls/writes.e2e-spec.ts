import { idOf } from '../../src/calls/call-sid.js';
import { Call } from '../../src/calls/call.entity.js';
import { Database } from '../../src/database/database.js';
import { ScriptedLine } from '../doubles/scripted-line.js';
import { makeCall, openDesk } from '../support/calls.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

let service: TestApp;
const line = new ScriptedLine((call) => call.listener.answered());
beforeAll(async () => (service = await startApp({ CALL_POLL_MS: '20' }, line)));
afterAll(() => service.close());

describe('A transcript, while the database is unavailable,', () => {
  it('waits for up to 200 turns; later turns are dropped and logged, and the outcome is written', async () => {
    const ada = await join(service);
    const { sid } = await makeCall(service, ada, await openDesk(service, ada));
    const callData = async () => (await service.api.as(ada).post('/call', { sid })).body;
    await until(async () => (await callData()).status === 'in-progress');
    const call = line.call();

    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let locked = () => {};
    const isLocked = new Promise<void>((resolve) => (locked = resolve));
    const holding = service.app.get(Database).write(async (tx) => {
      await tx.lock(Call, { id: idOf(sid) ?? '' });
      locked();
      await held;
    });
    await isLocked;
    for (let i = 0; i < 250; i += 1) call.listener.typed(`Word ${i}.`);
    call.end('hung-up-there');
    letGo();
    await holding;

    const ended = await until(async () => {
      const data = await callData();
      return data.endTime !== null && data;
    });
    expect(ended).toMatchObject({ status: 'completed', endedReason: 'person-hung-up' });
    const words = ended.transcript.filter(({ role }: any) => role === 'person').map(({ text }: any) => text);
    expect(words).toEqual(Array.from({ length: 200 }, (_, i) => `Word ${i}.`));
    expect(service.logs.filter((entry) => entry.includes('200 writes wait'))).toHaveLength(1);
    expect(service.logs.filter((entry) => /50 turns and notes of call .+ were dropped/.test(entry))).toHaveLength(1);
    expect(service.logs.join('')).not.toContain('Word 2');
  });
});
