import { SECOND_MS } from '../../src/common/clock.js';
import { ThrottlingSettings } from '../../src/throttling/throttling.settings.js';
import { ApiAnswer } from '../support/api-client.js';
import { PASSWORD } from '../support/people.js';
import { Settings, startApp, TestApp } from '../support/start-app.js';

/** The limits as they are by default; other tests run without. */
const DEFAULT_LIMITS: Settings = Object.fromEntries(
  Object.entries(new ThrottlingSettings())
    .filter(([name]) => name.startsWith('THROTTLE_'))
    .map(([name, value]) => [name, String(value)]),
);

/** The service with its default limits but for these, behind a proxy on the same machine: X-Forwarded-For makes IPs. */
export function startThrottled(settings: Settings = {}): Promise<TestApp> {
  return startApp({ ...DEFAULT_LIMITS, TRUST_PROXY: 'loopback', ...settings });
}

/** The service as a client behind this IP reaches it. */
export function from(service: TestApp, ip: string): TestApp {
  return { ...service, api: service.api.with({ 'x-forwarded-for': ip }) };
}

let clients = 0;

/** An IP that nobody has seen before, in a network of its own. */
export function newIp(): string {
  clients += 1;
  return `10.${Math.floor(clients / 256)}.${clients % 256}.1`;
}

/** The service as a client reaches it that nobody has seen before. */
export function fromElsewhere(service: TestApp): TestApp {
  return from(service, newIp());
}

/** Stops the clock: from now on only the test moves it. */
export function stopClock({ clock }: TestApp): void {
  let now = clock.now().getTime();
  clock.now = () => new Date(now);
  clock.advance = (milliseconds) => void (now += milliseconds);
}

/** Waits as long as an answer says. */
export function obey({ clock }: TestApp, { headers }: ApiAnswer): void {
  clock.advance(Number(headers.get('retry-after')) * SECOND_MS);
}

export function tryPassword(service: TestApp, email: string, password = 'not the password'): Promise<ApiAnswer> {
  return service.api.post('/auth/login', { email, password });
}

export function logInRight(service: TestApp, email: string): Promise<ApiAnswer> {
  return tryPassword(service, email, PASSWORD);
}

/** The statuses of so many tries, one after the other. */
export async function statuses(count: number, work: (index: number) => Promise<ApiAnswer>): Promise<number[]> {
  const answers: number[] = [];
  for (let index = 0; index < count; index += 1) answers.push((await work(index)).status);
  return answers;
}

/** Many times the same status. */
export function times(count: number, status: number): number[] {
  return Array<number>(count).fill(status);
}
