import { Child } from './child.js';
import { measure, Measurement, send } from './load.js';

/** Projects of the account whose list is asked for. */
export const LISTED_PROJECTS = 10_000;
export const PASSWORD = 'correct horse battery staple';

export interface Account {
  email: string;
  token: string;
  refreshToken: string;
  apiKey: string;
  userId: string;
  agent: { projectId: string; agentId: string };
}

const INSTRUCTION = 'You answer the phone of a clinic. Greet {{name}}, and find a date for {{reason}}.';
let count = 0;

function post(url: string, path: string, body: unknown) {
  return send(url, { method: 'POST', path, body });
}

export const bearer = ({ token }: Pick<Account, 'token'>) => ({ authorization: `Bearer ${token}` });

/** Signs up, verifies with the code from the development mailbox, logs in, makes a key. */
export async function makeAccount(url: string): Promise<Account> {
  const email = `bench.${(count += 1)}@example.com`;
  await post(url, '/auth/signup', { email, password: PASSWORD, name: 'Bench' });
  const code = await codeFor(url, email);
  await post(url, '/auth/verify-email', { email, code });
  const { body } = await post(url, '/auth/login', { email, password: PASSWORD });
  const [token, refreshToken] = [String(body.token), String(body.refreshToken)];
  const headers = bearer({ token });
  const made = await send(url, { method: 'GET', path: '/user/generate-apikey', headers });
  const project = { name: 'Bench', description: '' };
  const { data } = (await send(url, { method: 'POST', path: '/project/create-project', headers, body: project })).body;
  const { id: projectId, user_id: userId } = data as { id: string; user_id: string };
  const agent = { name: 'Jo', systemInstruction: INSTRUCTION, projectId };
  const { id: agentId } = (await send(url, { method: 'POST', path: '/agent/create-agent', headers, body: agent })).body;
  const apiKey = String(made.body.apiKey);
  return { email, token, refreshToken, apiKey, userId, agent: { projectId, agentId: String(agentId) } };
}

async function codeFor(url: string, email: string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${url}/dev/mail/latest?to=${encodeURIComponent(email)}`);
    const [code] = /\b\d{6}\b/.exec(await answer.text()) ?? [];
    if (answer.ok && code) return code;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Measures every operation; `seconds` each, a line of progress each. */
export async function measureOperations(
  server: Child,
  accounts: Account[],
  seconds: number,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const { url } = server;
  const light = { workers: 32, seconds, expected: 200 };
  const heavy = { workers: 8, seconds, expected: 200 };
  const refreshTokens = accounts.map((account) => account.refreshToken);
  const pick = (worker: number) => accounts[worker % accounts.length];
  const done: Measurement[] = [];
  const run = async (
    name: string,
    options: { workers: number; seconds: number; expected: number },
    step: (worker: number) => Promise<number>,
  ): Promise<void> => {
    const measurement = await measure(name, server, options, step);
    say(`${name}: ${measurement.perSecond.toFixed(0)}/s`);
    done.push(measurement);
  };
  const status = async (path: string, body: unknown) => (await post(url, path, body)).status;

  await run('signup', heavy, () =>
    status('/auth/signup', { email: `signup.${(count += 1)}@example.com`, password: PASSWORD, name: 'Bench' }),
  );
  await run('login', heavy, (worker) => status('/auth/login', { email: pick(worker).email, password: PASSWORD }));
  await run('wrong password', { ...heavy, expected: 401 }, (worker) =>
    status('/auth/login', { email: pick(worker).email, password: 'not the password' }),
  );
  await run('guarded GET', light, async (worker) => {
    const path = '/user/sessions/current';
    return (await send(url, { method: 'GET', path, headers: bearer(pick(worker)) })).status;
  });
  await run('GET by API key', light, async (worker) => {
    const headers = { 'x-api-key': pick(worker).apiKey };
    return (await send(url, { method: 'GET', path: '/user/me', headers })).status;
  });
  await run('create project', light, async (worker) => {
    const body = { name: `Bench ${(count += 1)}`, description: '' };
    // Not the account whose projects are listed: their number must stay as it is.
    const headers = bearer(accounts[1 + (worker % (accounts.length - 1))]);
    return (await send(url, { method: 'POST', path: '/project/create-project', headers, body })).status;
  });
  await run('list projects', light, async () => {
    return (await send(url, { method: 'GET', path: '/project?pageSize=20', headers: bearer(accounts[0]) })).status;
  });
  await run('agent by API key', light, async (worker) => {
    const { apiKey, agent: body } = pick(worker);
    return (await send(url, { method: 'POST', path: '/agent', headers: { 'x-api-key': apiKey }, body })).status;
  });
  await run('refresh', { ...light, workers: Math.min(10, accounts.length) }, async (worker) => {
    const answer = await post(url, '/auth/refresh-token', { refreshToken: refreshTokens[worker] });
    if (answer.status === 200) refreshTokens[worker] = String(answer.body.refreshToken);
    return answer.status;
  });
  await run('new API key', { ...light, workers: Math.min(10, accounts.length) }, async (worker) => {
    const headers = bearer(accounts[worker]);
    return (await send(url, { method: 'GET', path: '/user/generate-apikey', headers })).status;
  });
  await run('forgot', heavy, () => status('/auth/forgot-password', { email: `nobody.${(count += 1)}@example.com` }));
  return done;
}
