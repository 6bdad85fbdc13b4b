import { AdministrationService } from '../../src/auth/administration.service.js';
import { DAY_MS, MINUTE_MS } from '../../src/common/clock.js';
import { atOnce } from '../support/credentials.js';
import { join, newAddress, PASSWORD, Person } from '../support/people.js';
import { statementsOf } from '../support/query-log.js';
import { TestApp } from '../support/start-app.js';
import { from, fromElsewhere, logInRight, startThrottled, statuses, stopClock, times, tryPassword } from './clients.js';

const FREE = 4;
const NEW_PASSWORD = 'a new and much better password';

let service: TestApp;
beforeAll(async () => {
  service = await startThrottled({ THROTTLE_FREE_FAILURES: String(FREE) });
  stopClock(service);
});
afterAll(() => service.close());

/** The client on a device that keeps this token. */
const on = (client: TestApp, token: string): TestApp => ({
  ...client,
  api: client.api.with({ 'x-device-token': token }),
});
const idOf = (token: string) => Buffer.from(token, 'base64url').toString('hex', 0, 16);
const withoutToken = (email: string) => logInRight(fromElsewhere(service), email);
const withToken = (email: string, token: string) => logInRight(on(fromElsewhere(service), token), email);
const deviceTokenOf = async (app: TestApp, email: string, password = PASSWORD): Promise<string> =>
  (await tryPassword(fromElsewhere(app), email, password)).body.deviceToken;

/** Ten wrong passwords from ten networks at once, as an attacker sends them every second. */
const attackFor = (app: TestApp, email: string) => atOnce(10, () => tryPassword(fromElsewhere(app), email));

/** Somebody who logged in once, and whose address is under attack since: the longest wait has begun. */
async function attacked(app = service): Promise<Person & { deviceToken: string }> {
  const person = await join(fromElsewhere(app));
  const deviceToken = await deviceTokenOf(app, person.email);
  await attackFor(app, person.email);
  await attackFor(app, person.email);
  return { ...person, deviceToken };
}

describe('While ten wrong passwords a second are tried, an owner on a new network', () => {
  it('logs in every time with the device token of an earlier login, and without it hardly ever', async () => {
    const { email, deviceToken } = await attacked();
    const [right, tokenless]: number[][] = [[], []];
    let token = deviceToken;
    for (let second = 0; second < 20; second += 1) {
      service.clock.advance(1000);
      await attackFor(service, email);
      const { status, body } = await withToken(email, token);
      right.push(status);
      token = body.deviceToken ?? token;
      tokenless.push((await withoutToken(email)).status);
    }
    expect(right).toEqual(times(20, 200));
    expect(tokenless.filter((status) => status === 429).length).toBeGreaterThan(15);
  });

  it('may send the token in the body too, and gets the same one signed anew', async () => {
    const { email, deviceToken } = await attacked();
    service.clock.advance(1);
    const send = (fields: object) =>
      fromElsewhere(service).api.post('/auth/login', { email, password: PASSWORD, ...fields });
    const { status, body } = await send({ deviceToken });
    expect([status, idOf(body.deviceToken)]).toEqual([200, idOf(deviceToken)]);
    expect(body.deviceToken).not.toBe(deviceToken);
    await attackFor(service, email);
    expect((await send({ deviceToken: null })).status).toBe(429);
    expect((await withToken(email, body.deviceToken)).status).toBe(200);
  });

  it('gets in from a network whose own tries are used up', async () => {
    const { email, deviceToken } = await attacked();
    const client = fromElsewhere(service);
    await statuses(20, () => tryPassword(client, email));
    service.clock.advance(MINUTE_MS);
    await attackFor(service, email);
    expect((await logInRight(on(client, deviceToken), email)).status).toBe(200);
  });

  it('has tries of their own, no more than a known network: a stolen token does not guess the password', async () => {
    const { email, deviceToken } = await attacked();
    const second = await attacked();
    const guess = () => tryPassword(on(fromElsewhere(service), deviceToken), email);
    expect(await statuses(FREE + 3, guess)).toEqual([...times(FREE, 401), ...times(3, 429)]);
    const parallel = await atOnce(30, () => tryPassword(on(fromElsewhere(service), second.deviceToken), second.email));
    expect(parallel.filter(({ status }) => status === 401)).toHaveLength(FREE);
  });
});

describe('A device token', () => {
  it('is as none when it is forged, of another address, too long, or nothing of the kind', async () => {
    const { email, deviceToken } = await attacked();
    const other = await attacked();
    const bytes = Buffer.from(deviceToken, 'base64url');
    const flipped = [0, 20, 53].map((at) => {
      const forged = Buffer.from(bytes);
      forged[at] ^= 1;
      return forged.toString('base64url');
    });
    const longer = [`${deviceToken}A`, deviceToken.repeat(100), deviceToken.slice(1), 'x'];
    for (const token of [...flipped, ...longer, other.deviceToken]) {
      expect([token, (await withToken(email, token)).status]).toEqual([token, 429]);
    }
    const calm = await join(fromElsewhere(service));
    const { status, body } = await fromElsewhere(service).api.post('/auth/login', {
      ...{ email: calm.email, password: PASSWORD },
      deviceToken: other.deviceToken.repeat(100),
    });
    expect([status, idOf(body.deviceToken) === idOf(other.deviceToken)]).toEqual([200, false]);
  });

  it('works for 90 days', async () => {
    const { email, deviceToken } = await attacked();
    service.clock.advance(90 * DAY_MS - 1);
    await attackFor(service, email);
    const { status, body } = await withToken(email, deviceToken);
    service.clock.advance(1);
    expect([status, (await withToken(email, deviceToken)).status]).toEqual([200, 429]);
    expect((await withToken(email, body.deviceToken)).status).toBe(200);
  });

  it.each([
    [
      'a reset',
      async ({ email }: Person) => {
        await fromElsewhere(service).api.post('/auth/forgot-password', { email });
        const token = await service.mailbox.nextResetToken(email);
        return fromElsewhere(service).api.post('/auth/reset-password', { token, newPassword: NEW_PASSWORD });
      },
    ],
    [
      'a change of the password',
      (ada: Person) => {
        const passwords = { oldPassword: PASSWORD, newPassword: NEW_PASSWORD };
        return fromElsewhere(service).api.as(ada).post('/auth/change-password', passwords);
      },
    ],
    [
      'a lock by an administrator',
      async ({ email }: Person) => {
        const administration = service.app.get(AdministrationService);
        await administration.act('lock', email);
        await administration.act('unlock', email);
        return { status: 200 };
      },
    ],
    ['a logout of all devices', (ada: Person) => fromElsewhere(service).api.as(ada).post('/auth/logout-all')],
  ])('is ended by %s, with all others of its address; the next login gets a new one', async (_, endAll) => {
    const ada = await attacked();
    service.clock.advance(1);
    const { status } = await endAll(ada);
    expect(status).toBe(200);
    service.clock.advance(1);
    await attackFor(service, ada.email);
    for (const password of [PASSWORD, NEW_PASSWORD]) {
      expect((await tryPassword(on(fromElsewhere(service), ada.deviceToken), ada.email, password)).status).toBe(429);
    }
    service.clock.advance(DAY_MS);
    const signIn = (client: TestApp, token: string) =>
      atOnce(2, (index) => tryPassword(on(client, token), ada.email, [PASSWORD, NEW_PASSWORD][index]));
    const answers = await signIn(fromElsewhere(service), ada.deviceToken);
    const token: string = answers.find((answer) => answer.status === 200)?.body.deviceToken;
    expect(idOf(token)).not.toBe(idOf(ada.deviceToken));
    await attackFor(service, ada.email);
    const statusesNow = (await signIn(fromElsewhere(service), token)).map((answer) => answer.status);
    expect(statusesNow.sort()).toEqual([200, 401]);
  });
});

describe('ACCOUNT_DISCLOSURE=hidden', () => {
  it('lets the owner’s device in, and answers an unknown address the same, token or not, with the same queries', async () => {
    const hidden = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
    const { email, deviceToken } = await attacked(hidden);
    expect((await logInRight(on(fromElsewhere(hidden), deviceToken), email)).status).toBe(200);
    const seen = async (whose: string) => {
      const client = on(from(hidden, '198.51.100.7'), 'A'.repeat(72));
      const tries = await statuses(FREE + 2, () => tryPassword(client, whose));
      const asked = await statementsOf(hidden, () => tryPassword(on(fromElsewhere(hidden), deviceToken), whose));
      return [tries, asked.filter((statement) => /users|signup_attempts|audit_events|counters/.test(statement))];
    };
    const [bob, nobody] = [await join(fromElsewhere(hidden)), newAddress()];
    expect(await seen(bob.email)).toEqual(await seen(nobody));
  });

  it('treats the token of a deleted account as before', async () => {
    const hidden = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
    const ada = await attacked(hidden);
    await fromElsewhere(hidden).api.as(ada).delete('/user', { password: PASSWORD });
    const guess = () => tryPassword(on(fromElsewhere(hidden), ada.deviceToken), ada.email);
    expect(await statuses(FREE + 1, guess)).toEqual([...times(FREE, 401), 429]);
  });
});
