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

/** A session on the floor (floor.ts), which has one user, and knows nothing but logins. */
export async function makeFloorAccount(url: string): Promise<Account> {
  const email = 'floor@example.com';
  const { body } = await post(url, '/auth/login', { email, password: PASSWORD });
  const [token, refreshToken] = [String(body.token), String(body.refreshToken)];
  return { email, token, refreshToken, apiKey: '', userId: '', agent: { projectId: '', agentId: '' } };
}

async function codeFor(url: string, email: string): Promise<string> {
  for (;;) {
    const answer = await fetch(`${url}/dev/mail/latest?to=${encodeURIComponent(email)}`);
    const [code] = /\b\d{6}\b/.exec(await answer.text()) ?? [];
    if (answer.ok && code) return code;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Something that clients do, over and over. */
export interface Operation {
  name: string;
  options: { workers: number; expected: number };
  step: (worker: number) => Promise<number>;
}

const LIGHT = { workers: 32, expected: 200 };
const HEAVY = { workers: 8, expected: 200 };

/** The accounts that clients use; worker n is the client of account n, or shares it. */
interface Clients {
  url: string;
  accounts: Account[];
  pick: (worker: number) => Account;
  /** Sends a body without credentials; returns the status. */
  status: (path: string, body: unknown) => Promise<number>;
}

function hashing({ pick, status }: Clients): Operation[] {
  return [
    {
      name: 'signup',
      options: HEAVY,
      step: () =>
        status('/auth/signup', { email: `signup.${(count += 1)}@example.com`, password: PASSWORD, name: 'Bench' }),
    },
    {
      name: 'login',
      options: HEAVY,
      step: (worker) => status('/auth/login', { email: pick(worker).email, password: PASSWORD }),
    },
    {
      name: 'wrong password',
      options: { ...HEAVY, expected: 401 },
      step: (worker) => status('/auth/login', { email: pick(worker).email, password: 'not the password' }),
    },
  ];
}

/** Requests with the credentials of an account. */
function guarded({ url, accounts, pick }: Clients): Operation[] {
  const one = (name: string, step: Operation['step']): Operation => ({ name, options: LIGHT, step });
  return [
    one('guarded GET', async (worker) => {
      const path = '/user/sessions/current';
      return (await send(url, { method: 'GET', path, headers: bearer(pick(worker)) })).status;
    }),
    one('GET by API key', async (worker) => {
      const headers = { 'x-api-key': pick(worker).apiKey };
      return (await send(url, { method: 'GET', path: '/user/me', headers })).status;
    }),
    one('create project', async (worker) => {
      const body = { name: `Bench ${(count += 1)}`, description: '' };
      // Not the account whose projects are listed: their number must stay as it is.
      const headers = bearer(accounts[1 + (worker % (accounts.length - 1))]);
      return (await send(url, { method: 'POST', path: '/project/create-project', headers, body })).status;
    }),
    one('list projects', async () => {
      return (await send(url, { method: 'GET', path: '/project?pageSize=20', headers: bearer(accounts[0]) })).status;
    }),
    one('agent by API key', async (worker) => {
      const { apiKey, agent: body } = pick(worker);
      return (await send(url, { method: 'POST', path: '/agent', headers: { 'x-api-key': apiKey }, body })).status;
    }),
  ];
}

/** Requests that replace what the account has one of: a worker for each. */
function replacing({ url, accounts }: Clients): Operation[] {
  const options = { ...LIGHT, workers: Math.min(10, accounts.length) };
  const refreshTokens = accounts.map((account) => account.refreshToken);
  const refresh: Operation['step'] = async (worker) => {
    const answer = await post(url, '/auth/refresh-token', { refreshToken: refreshTokens[worker] });
    if (answer.status === 200) refreshTokens[worker] = String(answer.body.refreshToken);
    return answer.status;
  };
  const newKey: Operation['step'] = async (worker) => {
    const headers = bearer(accounts[worker]);
    return (await send(url, { method: 'GET', path: '/user/generate-apikey', headers })).status;
  };
  return [
    { name: 'refresh', options, step: refresh },
    { name: 'new API key', options, step: newKey },
  ];
}

/** Everything that is measured, in its order. */
export function operationsOf(url: string, accounts: Account[]): Operation[] {
  const pick = (worker: number) => accounts[worker % accounts.length];
  const status = async (path: string, body: unknown) => (await post(url, path, body)).status;
  const clients: Clients = { url, accounts, pick, status };
  const forgot = () => status('/auth/forgot-password', { email: `nobody.${(count += 1)}@example.com` });
  return [
    ...hashing(clients),
    ...guarded(clients),
    ...replacing(clients),
    { name: 'forgot', options: HEAVY, step: forgot },
  ];
}

export function operationNamed(name: string, operations: Operation[]): Operation {
  const found = operations.find((one) => one.name === name);
  if (!found) throw new Error(`there is no operation ${name}`);
  return found;
}

/** Goes before a measurement uncounted: what runs for the first time is compiled, and compiled again when it runs often. */
const WARM_UP_SECONDS = 1;

export async function warmUp(server: Child, operation: Operation): Promise<void> {
  await measureOperation(server, operation, WARM_UP_SECONDS);
}

/** Measures an operation for so long. */
export function measureOperation(server: Child, operation: Operation, seconds: number): Promise<Measurement> {
  const { name, options, step } = operation;
  return measure(name, server, { ...options, seconds }, step);
}
