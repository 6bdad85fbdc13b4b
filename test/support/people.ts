import { TestApp } from './start-app.js';

/** What people need of a service. */
export type Service = Pick<TestApp, 'api' | 'mailbox'>;

let count = 0;

export const PASSWORD = 'correct horse battery staple';

/** An address that nobody used in this test file before. */
export function newAddress(name = 'ada'): string {
  count += 1;
  return `${name}.${count}@example.com`;
}

/** A person who is signed up, verified and logged in. */
export interface Person {
  email: string;
  name: string;
  password: string;
  token: string;
  refreshToken: string;
}

/** Signs somebody up; the address is not verified yet. */
export async function signUp(service: Pick<Service, 'api'>, email = newAddress(), password = PASSWORD, name = 'Ada') {
  return service.api.post('/auth/signup', { email, password, name });
}

/** Signs somebody up and proves the mailbox; the tokens are those of the signup. */
export async function join(service: Service, email = newAddress(), password = PASSWORD, name = 'Ada'): Promise<Person> {
  const { body } = await signUp(service, email, password, name);
  const code = await service.mailbox.nextCode(email);
  const verified = await service.api.post('/auth/verify-email', { email, code });
  if (verified.status !== 200) throw new Error(`Could not verify ${email}: ${JSON.stringify(verified.body)}`);
  return { email, name, password, token: body.token, refreshToken: body.refreshToken };
}
