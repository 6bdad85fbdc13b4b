import { SECOND_MS } from '../../src/common/clock.js';
import { ApiAnswer } from '../support/api-client.js';
import { Cluster, startCluster } from '../support/cluster.js';
import { askResetToken, atOnce, refresh } from '../support/credentials.js';
import { join, newAddress, PASSWORD, signUp } from '../support/people.js';
import { logIn, openSession, statusFor } from '../support/sessions.js';
import { startApp, TestApp } from '../support/start-app.js';
import { killProcesses } from '../support/start-process.js';

// Processes start slowly where much else runs.
jest.setTimeout(240_000);

const NEW_PASSWORD = 'another battery of horses';

const statuses = (answers: ApiAnswer[]) => answers.map(({ status }) => status).sort();
const succeeded = (answers: ApiAnswer[]) => answers.filter(({ status }) => status === 200);

describe('Three instances behind a load balancer', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(3);
  });
  afterAll(async () => {
    await cluster?.close();
    killProcesses();
  });

  const verify = (email: string, code: string) => cluster.api.post('/auth/verify-email', { email, code });

  it('keep three attempts of 50 concurrent signups of one address, the first among them', async () => {
    const email = newAddress();
    const signups = await atOnce(50, (i) => signUp(cluster, email, `${PASSWORD} ${i}`));
    expect(new Set(statuses(signups))).toEqual(new Set([200]));
    expect(signups.filter(({ body }) => body.signupStatus === 3)).toHaveLength(1);
    const logins = await atOnce(50, (i) => logIn(cluster, { email, password: `${PASSWORD} ${i}` }));
    expect(logins.filter(({ body }) => body.code === 'ACCOUNT_NOT_VERIFIED')).toHaveLength(3);
  });

  it('accept a verification code once when it is entered 20 times at once', async () => {
    const email = newAddress();
    await signUp(cluster, email);
    const code = await cluster.mailbox.nextCode(email);
    const answers = await atOnce(20, () => verify(email, code));
    expect(succeeded(answers)).toHaveLength(1);
    expect((await logIn(cluster, { email, password: PASSWORD })).status).toBe(200);
  });

  it('answer 20 concurrent refreshes of one token with the same successor, which works', async () => {
    const { refreshToken } = await join(cluster);
    const answers = await atOnce(20, () => refresh(cluster, refreshToken));
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
    const successors = new Set(answers.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    expect((await refresh(cluster, [...successors][0])).status).toBe(200);
  });

  it('accept one of 20 concurrent uses of a reset link, and its password works on all of them', async () => {
    const { email } = await join(cluster);
    const token = await askResetToken(cluster, email);
    const reset = (i: number) =>
      cluster.api.post('/auth/reset-password', { token, newPassword: `${NEW_PASSWORD} ${i}` });
    const answers = await atOnce(20, reset);
    expect(succeeded(answers)).toHaveLength(1);
    const winner = answers.findIndex(({ status }) => status === 200);
    const logins = await Promise.all(
      cluster.processes.map((one) => logIn(one, { email, password: `${NEW_PASSWORD} ${winner}` })),
    );
    expect(statuses(logins)).toEqual([200, 200, 200]);
  });

  it('keep one working API key of 20 that were made at once', async () => {
    const ada = await join(cluster);
    const answers = await atOnce(20, () => cluster.api.as(ada).get('/user/generate-apikey'));
    expect(new Set(statuses(answers))).toEqual(new Set([200]));
    const works = await Promise.all(answers.map(({ body }) => statusFor(cluster, { apiKey: body.apiKey })));
    expect(works.sort()).toEqual([200, ...Array<number>(19).fill(401)]);
  });

  it('send each e-mail once', async () => {
    const emails = Array.from({ length: 60 }, () => newAddress('letters'));
    await Promise.all(emails.map((email) => signUp(cluster, email)));
    for (const email of emails) await cluster.mailbox.next(email);
    expect(emails.map((email) => cluster.mailbox.to(email).length)).toEqual(emails.map(() => 1));
  });
});

describe('A stolen refresh token that is used again', () => {
  let first: TestApp;
  let all: TestApp[];
  beforeAll(async () => {
    first = await startApp();
    all = [first, await first.another(), await first.another()];
  });
  afterAll(() => first.close());

  it('ends the session at once on the instance that gets it, and on all others within ten seconds', async () => {
    const ada = await join(first);
    const other = await openSession(first, ada);
    const { body } = await refresh(first, ada.refreshToken);
    await refresh(all[1], body.refreshToken);
    const seen = () => Promise.all(all.map((service) => statusFor(service, body)));
    expect(await seen()).toEqual([200, 200, 200]);
    expect((await refresh(all[2], ada.refreshToken)).status).toBe(401);
    expect(await statusFor(all[2], body)).toBe(401);
    first.clock.advance(10 * SECOND_MS);
    expect(await seen()).toEqual([401, 401, 401]);
    expect(await Promise.all(all.map((service) => statusFor(service, other)))).toEqual([200, 200, 200]);
  });
});
