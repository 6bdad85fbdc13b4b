import { MINUTE_MS } from '../../src/common/clock.js';
import { createAgent, insertAgent } from '../support/agents.js';
import { makeApiKey } from '../support/credentials.js';
import { newNumber } from '../support/numbers.js';
import { join, newAddress, PASSWORD, Person, signUp } from '../support/people.js';
import { openSession } from '../support/sessions.js';
import { createProject } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';
import { TestTwilio } from '../support/test-twilio.js';
import { codesOf, exampleOf, Operation } from './api-document.js';
import { ApiDriver } from './api-driver.js';
import { withoutTables } from './broken-database.js';
import { sendFaultyFields, sendTooMany, sendUnreadable, sendWrongCredentials } from './common-faults.js';
import { MANY_REQUESTS, ONE_REQUEST } from './settings.js';

const NEW_PASSWORD = 'a new and much better password';
/** Provoked where it can be; the other operations would answer it from the same place. */
const PROVOKED_ELSEWHERE = ['OVERLOADED', 'DATABASE_UNAVAILABLE', 'STOPPING'];
/** They do without the database, or say themselves that it is gone. */
const NEVER_FAILING = ['live', 'ready', 'jwks', 'playPreview'];

describe('Every answer is as the OpenAPI document says', () => {
  let service: TestApp;
  let api: ApiDriver;
  let ada: Person;

  beforeAll(async () => {
    service = await startApp(MANY_REQUESTS);
    api = await ApiDriver.on(service);
    ada = await join(service);
  });
  afterAll(() => service.close());

  it('to bodies that cannot be read', () => sendUnreadable(api));

  it('to missing and malformed fields', () => sendFaultyFields(api, ada));

  it('to credentials that do not do', async () => {
    const other = await join(service);
    const { body } = await signUp(service);
    await sendWrongCredentials(api, {
      token: ada.token,
      apiKey: await makeApiKey(service, ada),
      otherApiKey: await makeApiKey(service, other),
      inertToken: body.token,
    });
  });

  it('to whoever operates the service', async () => {
    await api.expect('success', 'live');
    await api.expect('success', 'ready');
    await api.expect('success', 'jwks');
    await withoutTables(service, () => api.expect('DATABASE_UNAVAILABLE', 'ready').then(() => undefined), 'migrations');
  });

  it('to signups', async () => {
    const person = { email: newAddress(), password: PASSWORD, name: 'Ada' };
    const first = await api.expect('success', 'signUp', { body: person });
    const second = await api.expect('success', 'signUp', { body: person });
    expect([first.body.signupStatus, second.body.signupStatus]).toEqual([3, 2]);
    await api.expect('PASSWORD_TOO_SHORT', 'signUp', { body: { ...person, password: 'short' } });
    await api.expect('PASSWORD_TOO_LONG', 'signUp', { body: { ...person, password: 'long'.repeat(65) } });
    await api.expect('PASSWORD_COMMON', 'signUp', { body: { ...person, password: 'password' } });
    await api.expect('NAME_INVALID', 'signUp', { body: { ...person, name: 'A\u0000' } });
    await api.expect('ACCOUNT_ALREADY_EXISTS', 'signUp', { body: { ...person, email: ada.email } });
  });

  it('to codes, right and wrong and too many, and to requests for new ones', async () => {
    const email = newAddress();
    await api.expect('ACCOUNT_NOT_FOUND', 'verifyEmail', { body: { email, code: '000000' } });
    await api.expect('ACCOUNT_NOT_FOUND', 'resendCode', { body: { email } });
    const { body: inert } = await signUp(service, email);
    await api.expect('EMAIL_NOT_VERIFIED', 'refreshToken', { body: { refreshToken: inert.refreshToken } });
    await api.expect('TOO_MANY_LETTERS', 'resendCode', { body: { email } });
    for (let round = 0; round < 2; round += 1) {
      const wrong = { email, code: 'wrong' };
      for (let tries = 0; tries < 5; tries += 1) await api.expect('INVALID_CODE', 'verifyEmail', { body: wrong });
      if (round === 0) await api.expect('RESEND_INVITE', 'verifyEmail', { body: wrong });
      service.clock.advance(MINUTE_MS + 1000);
      await api.expect('success', 'resendCode', { body: { email } });
    }
    await api.expect('TOO_MANY_TRIES', 'verifyEmail', { body: { email, code: 'wrong' } });

    const { body: luckier } = await signUp(service, newAddress());
    const code = await service.mailbox.nextCode(luckier.user.email);
    await api.expect('success', 'verifyEmail', { body: { email: luckier.user.email, code } });
    await api.expect('ACCOUNT_EXISTS', 'verifyEmail', { body: { email: luckier.user.email, code } });
    await api.expect('ACCOUNT_EXISTS', 'resendCode', { body: { email: luckier.user.email } });
  });

  it('to logins', async () => {
    const { body: pending } = await signUp(service);
    const logIn = (outcome: string, email: string, password = PASSWORD) =>
      api.expect(outcome, 'logIn', { body: { email, password } });
    await logIn('success', ada.email);
    await logIn('INVALID_PASSWORD', ada.email, 'not hers');
    await logIn('USER_NOT_FOUND', newAddress());
    await logIn('ACCOUNT_NOT_VERIFIED', pending.user.email);
    await logIn('INVALID_PASSWORD', pending.user.email, 'not hers');
  });

  it('to refreshes, of a deleted user too', async () => {
    const { email, refreshToken, token } = await join(service);
    const { body } = await api.expect('success', 'refreshToken', { body: { refreshToken } });
    await api.expect('REFRESH_TOKEN_INVALID', 'refreshToken', { body: { refreshToken: 'made up' } });
    await api.expect('INVALID_PASSWORD', 'deleteAccount', { body: { password: 'not hers' }, as: { token } });
    await api.expect('success', 'deleteAccount', { body: { password: PASSWORD }, as: { token } });
    await api.expect('USER_NOT_FOUND', 'refreshToken', { body: { refreshToken: body.refreshToken } });
    await api.expect('USER_NOT_FOUND', 'logIn', { body: { email, password: PASSWORD } });
  });

  it('to changes of the password', async () => {
    const person = await join(service);
    const change = (outcome: string, newPassword: string, oldPassword = PASSWORD) =>
      api.expect(outcome, 'changePassword', { body: { oldPassword, newPassword }, as: person });
    await change('INVALID_PASSWORD', NEW_PASSWORD, 'not hers');
    await change('PASSWORD_TOO_SHORT', 'short');
    await change('PASSWORD_TOO_LONG', 'long'.repeat(65));
    await change('PASSWORD_COMMON', 'password');
    await change('success', NEW_PASSWORD);
  });

  it('to whoever forgot the password', async () => {
    const { email } = await join(service);
    await api.expect('success', 'forgotPassword', { body: { email } });
    const token = await service.mailbox.nextResetToken(email);
    const reset = (outcome: string, newPassword: string, more: object = {}) =>
      api.expect(outcome, 'resetPassword', { body: { token, newPassword, ...more } });
    await reset('PASSWORD_TOO_SHORT', 'short');
    await reset('PASSWORD_TOO_LONG', 'long'.repeat(65));
    await reset('PASSWORD_COMMON', 'password');
    await reset('RESET_TOKEN_INVALID', NEW_PASSWORD, { email: ada.email });
    await reset('success', NEW_PASSWORD);
    await reset('RESET_TOKEN_INVALID', NEW_PASSWORD);
  });

  it('to users who look after their keys and sessions', async () => {
    const person = await join(service);
    const { body } = await api.expect('success', 'generateApiKey', { as: person });
    await api.expect('success', 'me', { as: person });
    await api.expect('success', 'me', { as: { apiKey: body.apiKey } });
    await api.expect('success', 'currentSession', { as: person });
    await api.expect('success', 'exportData', { as: person });
    await api.expect('success', 'deleteApiKey', { as: person });
    const listed = await api.expect('success', 'listSessions', { as: person });
    const other = await openSession(service, person);
    await api.expect('SESSION_NOT_FOUND', 'endSession', { as: person, params: { sessionId: 'none' } });
    await api.expect('success', 'endSession', { as: other, params: { sessionId: listed.body.sessions[0].id } });
    await api.expect('success', 'logOut', { as: other });
    await api.expect('success', 'logOutEverywhere', { as: await openSession(service, person) });
  });

  it('to users who look after their projects', async () => {
    const as = await join(service);
    const project = { name: 'Clinic', description: '' };
    const { id: projectId } = (await api.expect('success', 'createProject', { body: project, as })).body.data;
    await api.expect('PROJECT_NAME_TAKEN', 'createProject', { body: project, as });
    for (const list of ['listProjects', 'listProjectsAlso']) {
      await api.expect('success', list, { as });
      await api.expect('VALIDATION_FAILED', list, { as, query: 'page=0' });
    }
    const other = (await api.expect('success', 'createProject', { body: { ...project, name: 'Other' }, as })).body.data;
    const params = { projectId };
    await api.expect('success', 'getProject', { as, params });
    await api.expect('PROJECT_UNKNOWN', 'getProject', { as });
    await api.expect('success', 'updateProject', { as, params, body: { name: 'Practice' } });
    await api.expect('PROJECT_NAME_TAKEN', 'updateProject', { as, params, body: { name: other.name } });
    await api.expect('WEBHOOK_URL_INVALID', 'updateProject', { as, params, body: { webhookUrl: 'http://localhost' } });
    await api.expect('PROJECT_NOT_FOUND', 'updateProject', { as, body: { name: 'Practice' } });
    const webhookURL = 'https://hooks.example.test/calls';
    await api.expect('success', 'addWebhook', { as, body: { projectId, webhookURL } });
    await api.expect('WEBHOOK_URL_INVALID', 'addWebhook', { as, body: { projectId, webhookURL: 'none' } });
    await api.expect('PROJECT_NOT_FOUND', 'addWebhook', { as, body: { projectId: 'none', webhookURL } });
    await api.expect('NO_ACTIVE_PROJECT', 'getActiveProject', { as });
    await api.expect('success', 'setActiveProject', { as, body: { projectId } });
    await api.expect('PROJECT_UNKNOWN', 'setActiveProject', { as, body: { projectId: 'none' } });
    await api.expect('success', 'getActiveProject', { as });
    await createAgent(service, as, projectId);
    await api.expect('PROJECT_NOT_EMPTY', 'deleteProject', { as, params });
    await api.expect('success', 'deleteProject', { as, params, body: { cascade: true } });
    await api.expect('PROJECT_NOT_FOUND', 'deleteProject', { as, params });
  });

  it('to users who look after their agents', async () => {
    const as = await join(service);
    const { id: projectId } = await createProject(service, as);
    const agent = { name: 'Jo', systemInstruction: 'Greet {{name}}.', projectId };
    await api.expect('NO_AGENTS', 'listAgents', { as, params: { projectId } });
    const { id: agentId } = (await api.expect('success', 'createAgent', { as, body: agent })).body;
    await api.expect('PROJECT_UNKNOWN', 'createAgent', { as, body: { ...agent, projectId: 'none' } });
    await api.expect('VOICE_UNKNOWN', 'createAgent', { as, body: { ...agent, voice_id: 'none' } });
    const [body, unknown] = [
      { projectId, agentId },
      { projectId, agentId: 'none' },
    ];
    await api.expect('success', 'getAgent', { as, body });
    await api.expect('AGENT_NOT_FOUND', 'getAgent', { as, body: unknown });
    await api.expect('success', 'updateAgent', { as, body: { ...body, name: 'Ann' } });
    await api.expect('AGENT_NOT_FOUND', 'updateAgent', { as, body: { ...unknown, name: 'Ann' } });
    await api.expect('VOICE_UNKNOWN', 'updateAgent', { as, body: { ...body, voice_id: 'none' } });
    await api.expect('success', 'listAgents', { as, params: { projectId } });
    await api.expect('PROJECT_NOT_FOUND', 'listAgents', { as });
    const activation = { projectId, active_agent: agentId };
    await api.expect('NO_ACTIVE_AGENT', 'getActiveAgent', { as, body: { projectId } });
    await api.expect('PROJECT_NOT_FOUND', 'getActiveAgent', { as, body: { projectId: 'none' } });
    await api.expect('success', 'setActiveAgent', { as, body: activation });
    await api.expect('PROJECT_NOT_FOUND', 'setActiveAgent', { as, body: { ...activation, projectId: 'none' } });
    await api.expect('AGENT_NOT_FOUND', 'setActiveAgent', { as, body: { ...activation, active_agent: 'none' } });
    await api.expect('success', 'getActiveAgent', { as, body: { projectId } });
    await api.expect('success', 'removeActiveAgent', { as, params: { agentId } });
    await api.expect('AGENT_NOT_FOUND', 'removeActiveAgent', { as });
    await api.expect('success', 'deleteAgent', { as, body });
    await api.expect('AGENT_NOT_FOUND', 'deleteAgent', { as, body });
  });

  it('to whoever looks for a voice', async () => {
    const { body } = await api.expect('success', 'listVoices', { as: ada });
    const params = { voice_id: body.voices[0].voice_id };
    await api.expect('success', 'getVoice', { as: ada, params });
    await api.expect('VOICE_NOT_FOUND', 'getVoice', { as: ada });
    await api.expect('success', 'playPreview', { params });
    await api.expect('VOICE_NOT_FOUND', 'playPreview');
    // Nothing listens at that port.
    const nowhere = { ELEVENLABS_API_KEY: 'a-key', ELEVENLABS_URL: 'http://127.0.0.1:1' };
    const cut = api.at(await service.another(nowhere));
    await cut.expect('VOICES_UNAVAILABLE', 'listVoices', { as: ada });
    await cut.expect('VOICES_UNAVAILABLE', 'getVoice', { as: ada, params });
    const ids = { projectId: 'none', agentId: 'none', ...params };
    await cut.expect('VOICES_UNAVAILABLE', 'createAgent', {
      as: ada,
      body: { ...ids, name: 'Jo', systemInstruction: 'Hello.' },
    });
    await cut.expect('VOICES_UNAVAILABLE', 'updateAgent', { as: ada, body: ids });
  });

  it('to users who look after their phone numbers', async () => {
    const as = await join(service);
    const [project, other] = [await createProject(service, as), await createProject(service, as)];
    const body = { e164: newNumber(), projectId: project.id, agentId: await insertAgent(service, project) };
    const elsewhere = { projectId: other.id, agentId: await insertAgent(service, other) };
    const { data } = (await api.expect('success', 'addNumber', { as, body })).body;
    await api.expect('NUMBER_INVALID', 'addNumber', { as, body: { ...body, e164: '+1555' } });
    await api.expect('NUMBER_TAKEN', 'addNumber', { as, body: { ...body, ...elsewhere } });
    await api.expect('PROJECT_NOT_FOUND', 'addNumber', { as, body: { ...body, projectId: 'none' } });
    await api.expect('AGENT_NOT_FOUND', 'addNumber', { as, body: { ...body, agentId: 'none' } });
    const agent = { name: 'Jo', systemInstruction: 'Hello.', projectId: other.id, phoneNumber: body.e164 };
    await api.expect('NUMBER_TAKEN', 'createAgent', { as, body: agent });
    await api.expect('NUMBER_INVALID', 'createAgent', { as, body: { ...agent, phoneNumber: '+1555' } });
    await api.expect('success', 'findNumber', { as, body: { phoneNumberId: data.id } });
    await api.expect('success', 'findNumber', { as, body: { projectId: project.id } });
    await api.expect('NUMBER_NOT_FOUND', 'findNumber', { as, body: { agentId: 'none' } });
    await api.expect('success', 'removeNumber', { as, body: { phoneNumberId: data.id } });
    await api.expect('success', 'removeNumber', { as, body: { e164: body.e164, release: true } });
    await api.expect('NUMBER_INVALID', 'removeNumber', { as, body: { e164: '+1555' } });
    await api.expect('NUMBER_NOT_FOUND', 'removeNumber', { as, body: { e164: body.e164 } });

    const twilio = new TestTwilio();
    await twilio.open();
    const careful = api.at(await service.another(twilio.settings));
    await careful.expect('NUMBER_NOT_YOURS', 'addNumber', { as, body });
    await careful.expect('NUMBER_NOT_YOURS', 'createAgent', { as, body: agent });
    await twilio.close();
    await careful.expect('CARRIER_UNAVAILABLE', 'addNumber', { as, body });
    await careful.expect('CARRIER_UNAVAILABLE', 'createAgent', { as, body: agent });
  });

  it('to more requests than are allowed', async () => {
    await sendTooMany(api.at(await service.another(ONE_REQUEST)));
  });

  it('when more passwords are to be hashed than may wait', async () => {
    const slowHashes = { ARGON2_MEMORY_KIB: '19456', ARGON2_PASSES: '4' };
    const small = api.at(await service.another({ HASH_QUEUE_LENGTH: '1', ...slowHashes }));
    const signups = Array.from({ length: 20 }, () =>
      small.call('signUp', { body: { email: newAddress(), password: PASSWORD, name: 'Ada' } }),
    );
    const answers = await Promise.all(signups);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(answers.map(({ body }) => body.code)).toContain('OVERLOADED');
  });

  it('when the database is broken', async () => {
    const cold = api.at(await service.another());
    const [as, person] = [ada, { refreshToken: (await openSession(service, ada)).refreshToken, email: newAddress() }];
    await withoutTables(service, async () => {
      for (const operation of api.document.operations) {
        const { id, request } = operation;
        if (NEVER_FAILING.includes(id)) continue;
        const example = request && exampleOf(operation);
        await cold.expect('INTERNAL_ERROR', id, { as, body: example && { ...example, ...person } });
      }
    });
  });

  it('and no success and no error of the document was left out', () => {
    const documented = api.document.operations.flatMap((operation) => outcomesOf(operation));
    const unseen = documented.filter((outcome) => !api.checker.seen.has(outcome));
    const excused = unseen.filter((outcome) => PROVOKED_ELSEWHERE.some((code) => outcome.endsWith(code)));
    const neverFailing = NEVER_FAILING.map((id) => `${id} 500 INTERNAL_ERROR`);
    expect(unseen.filter((outcome) => !excused.includes(outcome) && !neverFailing.includes(outcome))).toEqual([]);
  });
});

function outcomesOf(operation: Operation): string[] {
  return Object.keys(operation.responses).flatMap((status) => {
    const codes = status === '200' ? ['success'] : codesOf(operation, status);
    return codes.map((code) => `${operation.id} ${status} ${code}`);
  });
}
