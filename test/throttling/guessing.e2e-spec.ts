import { PasswordHasher } from '../../src/auth/password-hasher.js';
import { DAY_MS } from '../../src/common/clock.js';
import { atOnce } from '../support/credentials.js';
import { join, newAddress } from '../support/people.js';
import { statementsOf } from '../support/query-log.js';
import { TestApp } from '../support/start-app.js';
import {
  from,
  fromElsewhere,
  logInRight,
  obey,
  startThrottled,
  statuses,
  stopClock,
  times,
  tryPassword,
} from './clients.js';

const FREE = 4;
const FIRST_DELAY = 10;

let service: TestApp;
beforeAll(async () => {
  service = await startThrottled({
    THROTTLE_TRIES_PER_QUARTER_HOUR: '6',
    THROTTLE_FREE_FAILURES: String(FREE),
    THROTTLE_FIRST_DELAY_SECONDS: String(FIRST_DELAY),
    THROTTLE_LONGEST_DELAY_SECONDS: '60',
  });
  stopClock(service);
});
afterAll(() => service.close());

/** Wrong passwords from all over the world, until strangers have to wait. */
async function attack(email: string): Promise<void> {
  const tries = await statuses(FREE, () => tryPassword(fromElsewhere(service), email));
  expect(tries).not.toContain(429);
  expect((await tryPassword(fromElsewhere(service), email)).status).toBe(429);
}

describe('Guessing a password', () => {
  it('gets no more hashes out of parallel tries than are free, from one IP or from a hundred', async () => {
    const hasher = service.app.get(PasswordHasher);
    const one = fromElsewhere(service);
    for (const client of [() => one, () => fromElsewhere(service)]) {
      const { email } = await join(fromElsewhere(service));
      const before = hasher.begun;
      const answers = await atOnce(100, () => tryPassword(client(), email));
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(FREE);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(100 - FREE);
      expect(hasher.begun - before).toBe(FREE);
    }
  });

  it('has to wait twice as long each time, up to a longest wait, and is told how long', async () => {
    const { email } = await join(fromElsewhere(service));
    await attack(email);
    const waits: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const refused = await tryPassword(fromElsewhere(service), email);
      waits.push(Number(refused.headers.get('retry-after')));
      service.clock.advance((waits[round] - 1) * 1000);
      expect((await tryPassword(fromElsewhere(service), email)).headers.get('retry-after')).toBe('1');
      service.clock.advance(1000);
      expect((await tryPassword(fromElsewhere(service), email)).status).toBe(401);
    }
    expect(waits).toEqual([10, 20, 40, 60, 60]);
  });

  it('is allowed one try after a wait, however many senders ask at once', async () => {
    const { email } = await join(fromElsewhere(service));
    await attack(email);
    service.clock.advance(FIRST_DELAY * 1000);
    const answers = await atOnce(30, () => tryPassword(fromElsewhere(service), email));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it('is free again a day later', async () => {
    const { email } = await join(fromElsewhere(service));
    await attack(email);
    service.clock.advance(DAY_MS);
    await attack(email);
  });

  it('counts however the address is written', async () => {
    const email = newAddress();
    const spellings = [email, email.toUpperCase(), ` ${email}\t`, `${email}\n`, email];
    const tries = await statuses(5, (index) => tryPassword(fromElsewhere(service), spellings[index]));
    expect(tries).toEqual([...times(FREE, 404), 429]);
  });

  it('from one IP is over after so many tries in 15 minutes, at the latest', async () => {
    const client = fromElsewhere(service);
    const email = newAddress();
    for (let tries = 0; tries < 6; tries += 1) {
      service.clock.advance(60_000);
      expect((await tryPassword(client, email)).status).toBe(404);
    }
    service.clock.advance(60_000);
    const refused = await tryPassword(client, email);
    expect(refused.headers.get('retry-after')).toBe(String(9 * 60));
    expect((await tryPassword(client, newAddress())).status).toBe(404);
    obey(service, refused);
    expect((await tryPassword(client, email)).status).toBe(404);
  });
});

describe('A refused sender', () => {
  it('does not use up the next try, which goes to a sender that has tries left', async () => {
    const client = fromElsewhere(service);
    const email = newAddress();
    const afterAWait = () => {
      service.clock.advance(61_000);
      return tryPassword(client, email);
    };
    expect(await statuses(7, afterAWait)).toEqual([...times(6, 404), 429]);
    expect((await afterAWait()).status).toBe(429);
    expect((await tryPassword(fromElsewhere(service), email)).status).toBe(404);
  });
});

describe('While an address is under attack, its owner', () => {
  const home = () => from(service, '203.0.113.7');
  const sofa = () => from(service, '203.0.113.200');

  it('logs in from a network that logged in before, and nobody else does, even with the right password', async () => {
    const ada = await join(home());
    await attack(ada.email);
    expect((await logInRight(sofa(), ada.email)).status).toBe(200);
    expect((await logInRight(fromElsewhere(service), ada.email)).status).toBe(429);
    expect((await logInRight(from(service, '203.0.114.7'), ada.email)).status).toBe(429);
  });

  it('logs in after a logout, after a restart, and after the attackers spent all their waits', async () => {
    const ada = await join(home());
    await home().api.as(ada).post('/auth/logout-all');
    await attack(ada.email);
    for (let round = 0; round < 4; round += 1) {
      obey(service, await tryPassword(fromElsewhere(service), ada.email));
      expect((await tryPassword(fromElsewhere(service), ada.email)).status).toBe(401);
    }
    const restarted = await service.another();
    await statuses(FREE, () => tryPassword(fromElsewhere(restarted), ada.email));
    expect((await logInRight(fromElsewhere(restarted), ada.email)).status).toBe(429);
    expect((await logInRight(from(restarted, '203.0.113.7'), ada.email)).status).toBe(200);
  });

  it('logs in from a network that has not failed, while one that fails all the time takes every other turn', async () => {
    const ada = await join(home());
    const attacker = fromElsewhere(service);
    expect(await statuses(FREE + 1, () => tryPassword(attacker, ada.email))).toEqual([...times(FREE, 401), 429]);
    const hotel = fromElsewhere(service);
    expect(await statuses(5, () => logInRight(hotel, ada.email))).toEqual(times(5, 200));
    expect((await tryPassword(attacker, ada.email)).status).toBe(429);
  });

  it('gets in from anywhere by way of the mailbox: where a reset link was used, the new password works at once', async () => {
    const ada = await join(home());
    await attack(ada.email);
    const hotel = fromElsewhere(service);
    await hotel.api.post('/auth/forgot-password', { email: ada.email });
    const token = await service.mailbox.nextResetToken(ada.email);
    const newPassword = 'a new and much better password';
    expect((await hotel.api.post('/auth/reset-password', { token, newPassword })).status).toBe(200);
    expect((await tryPassword(hotel, ada.email, newPassword)).status).toBe(200);
    expect((await tryPassword(home(), ada.email, newPassword)).status).toBe(200);
  });

  it('has limits too: somebody in the same network guesses no faster than anybody', async () => {
    const ada = await join(home());
    await attack(ada.email);
    const neighbour = (index: number) => tryPassword(from(service, `203.0.113.${index + 20}`), ada.email);
    expect(await statuses(FREE + 1, neighbour)).toEqual([...times(FREE, 401), 429]);
  });

  it('is known by an IPv6 network of the same /48 as well, for as many days as are set', async () => {
    const ada = await join(from(service, '2001:db8:5::1'));
    await attack(ada.email);
    expect((await logInRight(from(service, '2001:db8:6::1'), ada.email)).status).toBe(429);
    expect((await logInRight(from(service, '2001:0db8:0005:1::2'), ada.email)).status).toBe(200);
    service.clock.advance(91 * DAY_MS);
    await attack(ada.email);
    expect((await logInRight(from(service, '2001:db8:5::1'), ada.email)).status).toBe(429);
  });
});

describe('A successful login', () => {
  it('clears the tries of its own address and IP, not those of other IPs', async () => {
    const ada = await join(fromElsewhere(service));
    const [laptop, stranger] = [fromElsewhere(service), fromElsewhere(service)];
    const afterAWait = (client: TestApp, logIn = tryPassword) => {
      service.clock.advance(61_000);
      return logIn(client, ada.email);
    };
    expect(await statuses(3, () => tryPassword(stranger, ada.email))).toEqual(times(3, 401));
    expect(await statuses(5, () => afterAWait(laptop))).toEqual(times(5, 401));
    expect((await afterAWait(laptop, logInRight)).status).toBe(200);
    expect(await statuses(2, () => afterAWait(laptop))).toEqual([401, 401]);
    expect(await statuses(4, () => afterAWait(stranger))).toEqual([401, 401, 401, 429]);
  });

  it('takes no failure back but is none itself', async () => {
    const ada = await join(fromElsewhere(service));
    expect(await statuses(2, () => tryPassword(fromElsewhere(service), ada.email))).toEqual([401, 401]);
    expect(await statuses(10, () => logInRight(fromElsewhere(service), ada.email))).toEqual(times(10, 200));
    expect(await statuses(3, () => tryPassword(fromElsewhere(service), ada.email))).toEqual([401, 401, 429]);
  });
});

describe('ACCOUNT_DISCLOSURE=hidden', () => {
  it('keeps limits, waits and headers the same for addresses with and without an account', async () => {
    const hidden = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
    const seenByStrangers = async (email: string) => {
      const clients = Array.from({ length: 8 }, () => fromElsewhere(hidden));
      const seen: unknown[] = [];
      for (const path of ['/auth/login', '/auth/login', '/auth/signup', '/auth/resend-code', '/auth/forgot-password']) {
        for (const client of clients) {
          const answer = await client.api.post(path, { email, password: 'not the password', name: 'Ada' });
          const headers = [...answer.headers].filter(([name]) => /^(ratelimit|retry)/.test(name));
          seen.push([path, answer.status, answer.body.code, headers]);
        }
      }
      return seen;
    };
    const ada = await join(fromElsewhere(hidden));
    expect(await seenByStrangers(ada.email)).toEqual(await seenByStrangers(newAddress()));
  });

  it('gives a stranger in the owner’s network no more tries, neither before nor after the account is deleted', async () => {
    const hidden = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
    const home = fromElsewhere(hidden);
    const [ada, bob] = [await join(home), await join(home)];
    await home.api.as(bob).delete('/user', { password: bob.password });
    for (const { email } of [ada, bob, { email: newAddress() }]) {
      const tries = await statuses(FREE + 2, () => tryPassword(home, email));
      expect(tries).toEqual([...times(FREE, 401), 429, 429]);
    }
  });

  it('asks the database the same of a wrong password, with an account and without', async () => {
    const hidden = await service.another({ ACCOUNT_DISCLOSURE: 'hidden' });
    const { email } = await join(fromElsewhere(hidden));
    // Only of these tables: the mail worker asks for letters all the time.
    const asked = async (whose: string) =>
      (await statementsOf(hidden, () => tryPassword(fromElsewhere(hidden), whose))).filter((statement) =>
        /users|signup_attempts|audit_events|counters/.test(statement),
      );
    expect(await asked(email)).toEqual(await asked(newAddress()));
  });
});
