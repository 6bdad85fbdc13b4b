import { ApiAnswer } from './api-client.js';
import { refresh } from './credentials.js';
import { TestApp } from './start-app.js';

interface Login {
  email: string;
  password: string;
}

export function logIn(service: Pick<TestApp, 'api'>, { email, password }: Login): Promise<ApiAnswer> {
  return service.api.post('/auth/login', { email, password });
}

/** Logs in once more, on another device. */
export async function openSession(service: TestApp, login: Login): Promise<{ token: string; refreshToken: string }> {
  const { status, body } = await logIn(service, login);
  if (status !== 200) throw new Error(`Could not log in as ${login.email}: ${JSON.stringify(body)}`);
  return { token: body.token, refreshToken: body.refreshToken };
}

/** Fails unless the session is over: neither of its tokens works. */
export async function expectOver(service: Pick<TestApp, 'api'>, tokens: { token: string; refreshToken: string }) {
  expect(await statusFor(service, { token: tokens.token })).toBe(401);
  expect((await refresh(service, tokens.refreshToken)).status).toBe(401);
}

/** What a guarded endpoint answers to these credentials: 200 while they work. */
export async function statusFor(
  service: Pick<TestApp, 'api'>,
  credentials: { token?: string; apiKey?: string },
): Promise<number> {
  return (await service.api.as(credentials).get('/user/me')).status;
}
