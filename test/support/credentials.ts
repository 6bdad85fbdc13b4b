import { ApiAnswer } from './api-client.js';
import { TestApp } from './start-app.js';

/** A refresh's answer, whatever it is. */
export function refresh(service: Pick<TestApp, 'api'>, refreshToken: string): Promise<ApiAnswer> {
  return service.api.post('/auth/refresh-token', { refreshToken });
}

/** Asks for a link to a new password, and takes the token from the next letter. */
export async function askResetToken(
  { api, mailbox }: Pick<TestApp, 'api' | 'mailbox'>,
  email: string,
): Promise<string> {
  await api.post('/auth/forgot-password', { email });
  return mailbox.nextResetToken(email);
}

/** A new API key for the owner of the token. */
export async function makeApiKey(service: TestApp, { token }: { token: string }): Promise<string> {
  const { status, body } = await service.api.as({ token }).get('/user/generate-apikey');
  if (status !== 200) throw new Error(`Could not make an API key: ${JSON.stringify(body)}`);
  return body.apiKey;
}

/** `count` times the same at once. */
export function atOnce<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
