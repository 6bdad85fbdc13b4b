import { v7 as uuid } from 'uuid';
import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { Database } from '../../src/database/database.js';
import { MAX_EXPORTED_ROWS } from '../../src/kept-data/exported-data.js';
import { ApiDriver } from '../openapi/api-driver.js';
import { createAgent, INSTRUCTION } from '../support/agents.js';
import { makeCall } from '../support/calls.js';
import { allLettersTried, everyRow } from '../support/codes.js';
import { atOnce, makeApiKey, refresh } from '../support/credentials.js';
import { decode } from '../support/jwt.js';
import { addNumber } from '../support/numbers.js';
import { join, newAddress, PASSWORD, Person, signUp } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { logIn, openSession } from '../support/sessions.js';
import { TIME } from '../support/shapes.js';
import { startApp, TestApp } from '../support/start-app.js';
import { setWebhook } from '../support/webhooks.js';
import { tablesWith } from '../support/tables.js';

/** Where the export tells what a table keeps. */
const KINDS: Record<string, string> = {
  calls: 'calls',
  users: 'user',
  sessions: 'sessions',
  reset_tokens: 'resetLinks',
  api_keys: 'apiKeys',
  letters: 'letters',
  audit_events: 'securityEvents',
  projects: 'projects',
  agents: 'agents',
  phone_numbers: 'phoneNumbers',
  webhook_deliveries: 'webhookDeliveries',
  suppressed_numbers: 'suppressedNumbers',
};
/** Columns with what nobody is told, not even whom it is about. */
const SECRET_COLUMN = /hash|secret|nonce|private|name_key/;

let service: TestApp;
beforeAll(async () => (service = await startApp()));
afterAll(() => service.close());

const exportOf = ({ token }: { token: string }, on = service) => on.api.as({ token }).get('/user/export');
const idOf = ({ token }: { token: string }) => String(decode(token).payload.sub);

/** Somebody who has one of everything that the service keeps, and the secrets that it took. */
async function liveALife(name: string) {
  const email = newAddress(name.toLowerCase());
  const { body } = await signUp(service, email, PASSWORD, name);
  const code = await service.mailbox.nextCode(email);
  await service.api.post('/auth/verify-email', { email, code });
  const person: Person = { email, name, password: PASSWORD, token: body.token, refreshToken: body.refreshToken };
  await logIn(service, { email, password: 'a wrong password' });
  const phone = await openSession(service, person);
  const next = (await refresh(service, phone.refreshToken)).body;
  const apiKey = await makeApiKey(service, person);
  await service.api.as(person).post('/user/suppressed-numbers', { number: '+15550103999' });
  // Letters are waited for at the mailbox: another instance may be the one that sends them.
  await service.mailbox.next(email);
  await service.api.post('/auth/forgot-password', { email });
  const { text: letter } = await service.mailbox.next(email);
  const [, resetToken] = /#token=([\w-]+)/.exec(letter) ?? [];
  const hiding = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
  const decoy = (await signUp(hiding, email, 'the password of a stranger', 'Stranger')).body;
  const [active, gone] = [await createProject(service, person, `${name}’s`), await createProject(service, person)];
  await service.api.as(person).post('/user/set-active-project', { projectId: active.id });
  await service.api.as(person).delete(`/project/${gone.id}`);
  const { id: agentId } = await createAgent(service, person, active.id);
  const webhookSecret = await setWebhook(service, person, active.id, 'https://hooks.example.test/calls');
  await service.api.as(person).post(`/project/${active.id}/webhook-deliveries/test`, {});
  // So that nothing more is told of the call while the export is looked at.
  await setWebhook(service, person, active.id, null);
  const number = await addNumber(service, person, { projectId: active.id, agentId });
  await makeCall(service, person, { projectId: active.id, agentId });
  await allLettersTried(service);
  const secrets = [PASSWORD, 'the password of a stranger', code, apiKey, resetToken, letter, webhookSecret];
  for (const tokens of [person, phone, next, decoy]) secrets.push(tokens.token, tokens.refreshToken);
  return { ...person, id: idOf(person), apiKey, secrets, active, gone, number };
}

describe('The export of what is kept about a user', () => {
  let ada: Awaited<ReturnType<typeof liveALife>>;
  let bob: Awaited<ReturnType<typeof liveALife>>;
  let data: any;
  let text: string;
  beforeAll(async () => {
    [ada, bob] = [await liveALife('Ada'), await liveALife('Bob')];
    const answer = await exportOf(ada);
    expect(answer).toMatchObject({ status: 200, body: { message: expect.any(String), status: 'success' } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    data = answer.body.data;
    text = JSON.stringify(answer.body);
  });

  it('has what happened to the account', () => {
    expect(data.user).toMatchObject({ id: ada.id, email: ada.email, active_project: ada.active.id });
    const session = { id: expect.any(String), user_agent: 'node', network: '127.0.0.0/24', expires_at: TIME };
    const times = { created_at: TIME, last_used_at: TIME };
    expect(data.sessions).toEqual([
      { ...session, ...times },
      { ...session, ...times },
    ]);
    expect(data.apiKeys).toEqual([
      { prefix: ada.apiKey.slice(0, 8), created_at: TIME, last_used_at: null, expires_at: null },
    ]);
    expect(data.projects).toEqual([
      { ...ada.gone, is_deleted: true, updated_at: TIME },
      { ...ada.active, updated_at: TIME },
    ]);
    expect(data.phoneNumbers).toEqual([ada.number]);
    expect(data.agents).toMatchObject([
      { id: ada.number.agentId, projectId: ada.active.id, systemInstruction: INSTRUCTION },
    ]);
    expect(data.resetLinks).toEqual([{ created_at: TIME, expires_at: TIME }]);
    // What is left of a stranger's signup names nobody.
    expect(data.pendingSignups).toEqual([]);
    expect(data.letters.map(({ kind, state }: any) => [kind, state])).toEqual([
      ['account-exists', 'void'],
      ['password-reset', 'sent'],
      ['api-key-created', 'sent'],
      ['verification-code', 'sent'],
    ]);
    expect(data.securityEvents.map(({ type }: any) => type)).toEqual(
      expect.arrayContaining(['data-exported', 'api-key-created', 'logged-in', 'login-failed', 'email-verified']),
    );
    expect(data.securityEvents[0]).toEqual({ at: TIME, type: 'data-exported', network: '127.0.0.0/24' });
    expect(data.incomplete).toEqual([]);
  });

  it('has every row of every table in which the user, the address or a project of theirs is named', async () => {
    const named = [ada.id, ada.email, ada.active.id, ada.gone.id];
    const told = [];
    // They count calls, which are told themselves, and are secrets.
    const tables = Object.entries(await everyRow(service)).filter(
      ([table]) => !['call_totals', 'webhook_secrets'].includes(table),
    );
    for (const [table, rows] of tables) {
      const found = rows.filter((row) => named.some((one) => JSON.stringify(row).includes(one)));
      if (found.length > 0) told.push([KINDS[table] ?? table, found.length]);
    }
    const counted = told.map(([kind]) => [kind, kind === 'user' ? 1 : data[kind]?.length]);
    expect(counted).toEqual(told);
    expect(told.map(([kind]) => kind).sort()).toEqual(Object.values(KINDS).sort());
  });

  it('matches the OpenAPI document, which has all its lists', async () => {
    const api = await ApiDriver.on(service);
    const { body } = await api.expect('success', 'exportData', { as: ada });
    const { properties } = api.document.json.components.schemas.ExportedData;
    expect(Object.keys(properties).sort()).toEqual(Object.keys(body.data).sort());
    const empty = Object.keys(properties).filter((name) => body.data[name].length === 0);
    expect(empty).toEqual(['incomplete', 'pendingSignups']);
  });

  it('has no secret, and no hash of one', async () => {
    const rows = Object.values(await everyRow(service)).flat() as Record<string, unknown>[];
    const kept = rows.flatMap((row) => Object.entries(row)).filter(([column]) => SECRET_COLUMN.test(column));
    const hashes = kept.map(([, value]) => value).filter((value) => typeof value === 'string' && value !== '');
    expect(hashes.length).toBeGreaterThan(15);
    expect(ada.secrets).toHaveLength(15);
    for (const secret of [...ada.secrets, ...bob.secrets, ...hashes]) {
      expect(typeof secret).toBe('string');
      expect(text).not.toContain(secret);
    }
  });

  it('has nothing of anybody else', () => {
    for (const theirs of [bob.id, bob.email, 'Bob', bob.apiKey.slice(0, 8), bob.active.id, bob.gone.id]) {
      expect(text).not.toContain(theirs);
    }
  });

  it('is refused once the account is deleted', async () => {
    const carol = await join(service);
    expect((await exportOf(carol)).status).toBe(200);
    await service.api.as(carol).delete('/user', { password: carol.password });
    expect(await exportOf(carol)).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
  });

  it('leaves nothing behind of an account that is deleted meanwhile', async () => {
    const carol = await join(service);
    const exportToTheEnd = async () => {
      let status = 200;
      while (status === 200) ({ status } = await exportOf(carol));
      return status;
    };
    const [deleted, ...ends] = await Promise.all([
      service.api
        .as(carol)
        .delete('/user', { password: carol.password })
        .then(({ status }) => status),
      ...Array.from({ length: 8 }, exportToTheEnd),
    ]);
    expect(deleted).toBe(200);
    expect(ends).toEqual(ends.map(() => 401));
    expect(await tablesWith(service, carol.email)).toEqual([]);
    expect(await tablesWith(service, idOf(carol))).toEqual(['audit_events']);
  });

  it('is a snapshot of one moment, whatever is written meanwhile', async () => {
    const carol = await join(service);
    const change = async () => {
      const { id } = await createProject(service, carol);
      await service.api.as(carol).post('/user/set-active-project', { projectId: id });
      await service.api.as(carol).delete(`/project/${id}`);
    };
    const changing = atOnce(40, change);
    const answers = await atOnce(60, () => exportOf(carol));
    await changing;
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      const { user, projects } = body.data;
      if (user.active_project === null) continue;
      const active = projects.find(({ id }: any) => id === user.active_project);
      expect(active).toMatchObject({ is_deleted: false });
    }
  });

  it('ends at the newest ten thousand of a kind, and says so', async () => {
    const carol = await join(service);
    const at = service.clock.now();
    const event = { at, type: 'logged-in', userId: idOf(carol), email: null, network: null, requestId: null };
    for (let rows = 0; rows < MAX_EXPORTED_ROWS; rows += 1000) {
      const batch = Array.from({ length: 1000 }, () => ({ ...event, id: uuid() }));
      await service.app.get(Database).write(({ manager }) => manager.insert(AuditEvent, batch));
    }
    const { data: cut } = (await exportOf(carol)).body;
    expect(cut.incomplete).toEqual(['securityEvents']);
    expect(cut.securityEvents).toHaveLength(MAX_EXPORTED_ROWS);
    expect(cut.securityEvents[0].type).toBe('data-exported');
    expect(cut.sessions).toHaveLength(1);
  });
});
