import { setImmediate as nextTurn } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import { AuditEvent } from '../src/audit/audit-event.entity.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/common/clock.js';
import { Database } from '../src/database/database.js';
import { HousekeepingService } from '../src/housekeeping/housekeeping.service.js';
import { KeptData } from '../src/kept-data/kept-data.js';
import { atOnce, makeApiKey, refresh } from './support/credentials.js';
import { drain, letterRow, queue, UNHURRIED } from './support/outbox.js';
import { join, newAddress, signUp } from './support/people.js';
import { createProject } from './support/projects.js';
import { countRows } from './support/rows.js';
import { logIn, statusFor } from './support/sessions.js';
import { startApp, TestApp } from './support/start-app.js';

const SETTINGS = { ...UNHURRIED, API_KEY_OVERLAP_SECONDS: '3600', AUDIT_RETENTION_DAYS: '100' };
let service: TestApp;
beforeEach(async () => (service = await startApp(SETTINGS)));
afterEach(() => {
  jest.restoreAllMocks();
  return service.close();
});

const keepHouse = ({ app }: TestApp) => app.get(HousekeepingService).run();

/** How many rows are left of a table when the time is over, and what is outdated then is deleted. */
async function leftOf(table: string, milliseconds: number): Promise<number> {
  service.clock.advance(milliseconds);
  await keepHouse(service);
  return countRows(service, table);
}

/** Writes events of the past. */
async function remember(count: number, daysAgo: number): Promise<void> {
  const event = { type: 'login-failed', userId: null, email: null, network: null, requestId: null };
  const at = service.clock.in(-daysAgo * DAY_MS);
  const events = Array.from({ length: count }, () => ({ ...event, at, id: uuid() }));
  await service.app.get(Database).write(({ manager }) => manager.insert(AuditEvent, events));
}

describe('Housekeeping deletes', () => {
  it('sessions that were not used for 30 days, and used ones after 90', async () => {
    const [ada] = [await join(service), await join(service)];
    let { refreshToken } = ada;
    const use = async () => {
      const { status, body } = await refresh(service, refreshToken);
      expect(status).toBe(200);
      refreshToken = body.refreshToken;
    };
    expect(await leftOf('sessions', 20 * DAY_MS)).toBe(2);
    await use();
    expect(await leftOf('sessions', 10 * DAY_MS - MINUTE_MS)).toBe(2);
    expect(await leftOf('sessions', 2 * MINUTE_MS)).toBe(1);
    for (let i = 0; i < 2; i += 1) {
      await use();
      expect(await leftOf('sessions', 25 * DAY_MS)).toBe(1);
    }
    await use();
    expect(await leftOf('sessions', 10 * DAY_MS - 2 * MINUTE_MS)).toBe(1);
    expect(await leftOf('sessions', 2 * MINUTE_MS)).toBe(0);
  });

  it('signups that nobody confirmed for 30 days, with their sessions', async () => {
    const email = newAddress();
    await signUp(service, email);
    expect(await leftOf('signup_attempts', 30 * DAY_MS - MINUTE_MS)).toBe(1);
    expect((await service.api.post('/auth/resend-code', { email })).status).toBe(200);
    expect(await leftOf('signup_attempts', 2 * MINUTE_MS)).toBe(0);
    expect(await countRows(service, 'sessions')).toBe(0);
    expect((await service.api.post('/auth/resend-code', { email })).status).toBe(404);
  });

  it('reset tokens after an hour, those of strangers too', async () => {
    const { email } = await join(service);
    await service.api.post('/auth/forgot-password', { email });
    await service.api.post('/auth/forgot-password', { email: newAddress('stranger') });
    expect(await leftOf('reset_tokens', 59 * MINUTE_MS)).toBe(2);
    expect(await leftOf('reset_tokens', 2 * MINUTE_MS)).toBe(0);
  });

  it('replaced API keys when their overlap ends, and never the present one', async () => {
    const ada = await join(service);
    const [old, present] = [await makeApiKey(service, ada), await makeApiKey(service, ada)];
    expect(await leftOf('api_keys', 59 * MINUTE_MS)).toBe(2);
    expect(await statusFor(service, { apiKey: old })).toBe(200);
    expect(await leftOf('api_keys', 2 * MINUTE_MS)).toBe(1);
    expect(await leftOf('api_keys', 400 * DAY_MS)).toBe(1);
    expect(await statusFor(service, { apiKey: present })).toBe(200);
  });

  it('networks that an owner has not logged in from for 90 days', async () => {
    await logIn(service, await join(service));
    expect(await leftOf('counters', 90 * DAY_MS - HOUR_MS)).toBe(1);
    expect(await leftOf('counters', 2 * HOUR_MS)).toBe(0);
  });

  it('what is counted for an address two days after the last time', async () => {
    const [once, again] = [newAddress(), newAddress()];
    await signUp(service, once);
    await signUp(service, again);
    // Each has a row of its own, and one for the network.
    expect(await leftOf('address_limits', 47 * HOUR_MS)).toBe(4);
    await signUp(service, again);
    expect(await leftOf('address_limits', 2 * HOUR_MS)).toBe(2);
    expect(await leftOf('address_limits', 47 * HOUR_MS)).toBe(0);
  });

  it('messages 30 days after they were sent or given up, and no queued one, however old', async () => {
    const [refused, waiting] = [newAddress('refused'), newAddress('waiting')];
    service.mailbox.refuseRecipient = (to) => (to === refused ? { code: 550, text: 'nobody of that name' } : null);
    await signUp(service);
    await signUp(service, refused);
    await queue(service, newAddress('stranger'), { isVoid: true });
    await drain(service);
    await service.mailbox.close();
    await signUp(service, waiting);
    await drain(service);
    expect(await leftOf('letters', 30 * DAY_MS - HOUR_MS)).toBe(4);
    expect(await leftOf('letters', 2 * HOUR_MS)).toBe(1);
    expect(await leftOf('letters', 400 * DAY_MS)).toBe(1);
    expect(await letterRow(service, waiting)).toMatchObject({ state: 'queued', secret: expect.any(String) });
  });

  it('projects 90 days after they were deleted, and no others', async () => {
    const ada = await join(service);
    const { id } = await createProject(service, ada, 'Deleted');
    await createProject(service, ada, 'Kept');
    expect((await service.api.as(ada).delete(`/project/${id}`)).status).toBe(200);
    expect(await leftOf('projects', 90 * DAY_MS - HOUR_MS)).toBe(2);
    expect(await leftOf('projects', 2 * HOUR_MS)).toBe(1);
    expect(await leftOf('projects', 400 * DAY_MS)).toBe(1);
  });

  it('security events after AUDIT_RETENTION_DAYS', async () => {
    await join(service);
    const told = await countRows(service, 'audit_events');
    expect(await leftOf('audit_events', 100 * DAY_MS - HOUR_MS)).toBe(told);
    expect(await leftOf('audit_events', 2 * HOUR_MS)).toBe(0);
  });

  it('in the end everything but accounts: no table grows without end', async () => {
    const { kinds } = service.app.get(KeptData);
    const { reader } = service.app.get(Database);
    const growing = kinds.filter(({ outdated }) => typeof outdated !== 'string');
    expect(growing.length).toBeGreaterThan(10);
    const ada = await join(service);
    await drain(service);
    service.clock.advance(400 * DAY_MS);
    await keepHouse(service);
    for (const { entity } of growing) {
      const { tableName } = reader.getMetadata(entity);
      expect([tableName, await countRows(service, tableName)]).toEqual([tableName, 0]);
    }
    expect((await logIn(service, ada)).status).toBe(200);
  });
});

describe('Housekeeping', () => {
  it('of two instances at once deletes every row once, however many there are', async () => {
    const other = await service.another();
    await remember(1201, 101);
    await remember(3, 99);
    const deleted = await Promise.all([keepHouse(service), keepHouse(other)]);
    expect(deleted[0] + deleted[1]).toBe(1201);
    expect(await countRows(service, 'audit_events')).toBe(3);
  });

  it('spares a row that comes back to life at the same moment', async () => {
    const forget = (i: number) => service.api.post('/auth/forgot-password', { email: `stranger${i}@example.com` });
    await atOnce(60, forget);
    service.clock.advance(3 * DAY_MS);
    let isOver = false;
    const returning = atOnce(60, forget).then(() => (isOver = true));
    for (; !isOver; await nextTurn()) await keepHouse(service);
    await returning;
    expect(await countRows(service, 'address_limits')).toBe(60);
  });

  it('is done within ten minutes of the start, and every hour from then on', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    await service.another();
    for (const [shortest, longest] of [
      [MINUTE_MS, 10 * MINUTE_MS],
      [HOUR_MS, HOUR_MS],
    ]) {
      await remember(1, 101);
      const due = () => timers.mock.calls.filter(([, delay = 0]) => delay >= shortest && delay <= longest);
      while (due().length === 0) await nextTurn();
      for (const [ring] of due()) ring();
      while ((await countRows(service, 'audit_events')) > 0) await nextTurn();
    }
  });
});
