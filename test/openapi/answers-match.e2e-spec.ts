import { MINUTE_MS } from '../../src/common/clock.js';
import { makeApiKey } from '../support/credentials.js';
import { join, newAddress, PASSWORD, Person, signUp } from '../support/people.js';
import { openSession } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';
import { codesOf, exampleOf, Operation } from './api-document.js';
import { ApiDriver } from './api-driver.js';
import { withoutTables } from './broken-database.js';
import { sendFaultyFields, sendTooMany, sendUnreadable, sendWrongCredentials } from './common-faults.js';
import { FEATURES } from './features.js';
import { MANY_REQUESTS, ONE_REQUEST } from './settings.js';

const NEW_PASSWORD = 'a new and much better password';
/** Provoked where it can be; the other operations would answer it from the same place. */
const PROVOKED_ELSEWHERE = ['OVERLOADED', 'DATABASE_UNAVAILABLE', 'STOPPING'];
/** They do without the database, or say themselves that it is gone. */
const NEVER_FAILING = ['health.live', 'health.ready', 'publicKeys', 'playPreview'];

describe('Every response matches the OpenAPI document', () => {
  let service: TestApp;
  let api: ApiDriver;
  let ada: Person;

  beforeAll(async () => {
    service = await startApp(MANY_REQUESTS);
    api = await ApiDriver.on(service);
    ada = await join(service);
  });
  afterAll(() => service.close());

  it('for bodies that cannot be read', () => sendUnreadable(api));

  it('for missing and malformed fields', () => sendFaultyFields(api, ada));

  it('for credentials that do not do', async () => {
    const other = await join(service);
    const { body } = await signUp(service);
    await sendWrongCredentials(api, {
      token: ada.token,
      apiKey: await makeApiKey(service, ada),
      otherApiKey: await makeApiKey(service, other),
      inertToken: body.token,
    });
  });

  it('for whoever operates the service', async () => {
    await api.expect('success', 'health.live');
    await api.expect('success', 'health.ready');
    await api.expect('success', 'publicKeys');
    await withoutTables(
      service,
      () => api.expect('DATABASE_UNAVAILABLE', 'health.ready').then(() => undefined),
      'migrations',
    );
  });

  it('when people sign up', async () => {
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

  it('for codes, right and wrong and too many, and to requests for new ones', async () => {
    const email = newAddress();
    await api.expect('ACCOUNT_NOT_FOUND', 'verifyEmail', { body: { email, code: '000000' } });
    await api.expect('ACCOUNT_NOT_FOUND', 'resendCode', { body: { email } });
    const { body: inert } = await signUp(service, email);
    await api.expect('EMAIL_NOT_VERIFIED', 'refreshToken', { body: { refreshToken: inert.refreshToken } });
    await api.expect('TOO_MANY_LETTERS', 'resendCode', { body: { email } });
    const wrong = { email, code: 'wrong' };
    for (let tries = 0; tries < 5; tries += 1) await api.expect('INVALID_CODE', 'verifyEmail', { body: wrong });
    await api.expect('RESEND_INVITE', 'verifyEmail', { body: wrong });
    service.clock.advance(MINUTE_MS + 1000);
    await api.expect('success', 'resendCode', { body: { email } });
    await api.expect('TOO_MANY_TRIES', 'verifyEmail', { body: wrong });

    const { body: luckier } = await signUp(service, newAddress());
    const code = await service.mailbox.nextCode(luckier.user.email);
    await api.expect('success', 'verifyEmail', { body: { email: luckier.user.email, code } });
    await api.expect('ACCOUNT_EXISTS', 'verifyEmail', { body: { email: luckier.user.email, code } });
    await api.expect('ACCOUNT_EXISTS', 'resendCode', { body: { email: luckier.user.email } });
  });

  it('when people log in', async () => {
    const { body: pending } = await signUp(service);
    const logIn = (outcome: string, email: string, password = PASSWORD) =>
      api.expect(outcome, 'logIn', { body: { email, password } });
    await logIn('success', ada.email);
    await logIn('INVALID_PASSWORD', ada.email, 'not hers');
    await logIn('USER_NOT_FOUND', newAddress());
    await logIn('ACCOUNT_NOT_VERIFIED', pending.user.email);
    await logIn('INVALID_PASSWORD', pending.user.email, 'not hers');
  });

  it('for refreshes, of a deleted user too', async () => {
    const { email, refreshToken, token } = await join(service);
    const { body } = await api.expect('success', 'refreshToken', { body: { refreshToken } });
    await api.expect('REFRESH_TOKEN_INVALID', 'refreshToken', { body: { refreshToken: 'made up' } });
    await api.expect('INVALID_PASSWORD', 'deleteAccount', { body: { password: 'not hers' }, as: { token } });
    await api.expect('success', 'deleteAccount', { body: { password: PASSWORD }, as: { token } });
    await api.expect('USER_NOT_FOUND', 'refreshToken', { body: { refreshToken: body.refreshToken } });
    await api.expect('USER_NOT_FOUND', 'logIn', { body: { email, password: PASSWORD } });
  });

  it('for changes of the password', async () => {
    const person = await join(service);
    const change = (outcome: string, newPassword: string, oldPassword = PASSWORD) =>
      api.expect(outcome, 'changePassword', { body: { oldPassword, newPassword }, as: person });
    await change('INVALID_PASSWORD', NEW_PASSWORD, 'not hers');
    await change('PASSWORD_TOO_SHORT', 'short');
    await change('PASSWORD_TOO_LONG', 'long'.repeat(65));
    await change('PASSWORD_COMMON', 'password');
    await change('success', NEW_PASSWORD);
  });

  it('for whoever forgot the password', async () => {
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

  it('for users who look after their keys and sessions', async () => {
    const person = await join(service);
    const { body } = await api.expect('success', 'generateApiKey', { as: person });
    await api.expect('success', 'currentUser', { as: person });
    await api.expect('success', 'currentUser', { as: { apiKey: body.apiKey } });
    await api.expect('success', 'currentSession', { as: person });
    await api.expect('success', 'exportData', { as: person });
    await api.expect('success', 'deleteApiKey', { as: person });
    const listed = await api.expect('success', 'listSessions', { as: person });
    await api.expect('VALIDATION_FAILED', 'listSessions', { as: person, query: 'page=0' });
    const other = await openSession(service, person);
    await api.expect('SESSION_NOT_FOUND', 'endSession', { as: person, params: { sessionId: 'none' } });
    await api.expect('success', 'endSession', { as: other, params: { sessionId: listed.body.sessions[0].id } });
    await api.expect('success', 'logOut', { as: other });
    await api.expect('success', 'logOutEverywhere', { as: await openSession(service, person) });
  });

  it.each(Object.entries(FEATURES))('for users who look after their %s', async (_, { responses }) =>
    responses(api, await join(service)),
  );

  it('for more requests than are allowed', async () => {
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
