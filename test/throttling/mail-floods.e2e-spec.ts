import { HOUR_MS } from '../../src/common/clock.js';
import { signUp } from '../support/people.js';
import { TestApp } from '../support/start-app.js';
import { from, fromElsewhere, newIp, startThrottled, statuses, times } from './clients.js';

const countOf = (answers: number[], status: number) => answers.filter((one) => one === status).length;
const forget = (client: TestApp, email: string) => client.api.post('/auth/forgot-password', { email });

describe('Messages that strangers have sent', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startThrottled({
      THROTTLE_IP_PER_MINUTE: '1000',
      THROTTLE_LETTERS_PER_HOUR: '30',
      THROTTLE_LETTERS_PER_IPV6_56: '60',
      THROTTLE_LETTERS_PER_IPV6_48: '90',
    });
  });
  afterEach(() => service.clock.advance(HOUR_MS));
  afterAll(() => service.close());

  it('stop at 20 an hour for a mailbox from one network, whatever follows the plus; other networks still reach it', async () => {
    const open = await service.another({ THROTTLE_LETTERS_PER_HOUR: '1000' });
    const ip = newIp();
    const answers = await statuses(200, (n) => {
      const email = `victim+${n}@example.org`;
      return n % 20 === 0 ? signUp(from(open, ip), email) : forget(from(open, ip), email);
    });
    expect(answers).toEqual([...times(20, 200), ...times(180, 429)]);
    const letters = await service.query("SELECT id FROM letters WHERE recipient LIKE 'victim+%' AND state <> 'void'");
    expect(letters.length).toBeLessThanOrEqual(20);
    expect((await signUp(from(open, ip), 'victim@example.org')).status).toBe(429);
    expect((await signUp(fromElsewhere(open), 'victim@example.org')).status).toBe(200);
    expect((await forget(from(open, ip), 'somebody@example.org')).status).toBe(200);
    service.clock.advance(HOUR_MS);
    expect((await forget(from(open, ip), 'victim+1@example.org')).status).toBe(200);
  });

  it('stop at 60 from ten /64s of one IPv6 /56, and at 90 from one /48', async () => {
    const ask = (prefix: string) => (n: number) =>
      forget(from(service, `2001:db8:7:${prefix}${n % 10}::1`), `ada.${prefix}.${n}@${prefix}${n}.example.org`);
    expect(countOf(await statuses(100, ask('110')), 200)).toBe(60);
    expect(countOf(await statuses(60, ask('220')), 200)).toBe(30);
    const outside = from(service, '2001:db8:8:1100::1');
    expect((await forget(outside, 'ada@outside.example.org')).status).toBe(200);
  });

  it('stop at 100 for a domain from one network; those to other domains go on', async () => {
    const network = newIp().replace(/\d+$/, '');
    const ask = (n: number) => forget(from(service, `${network}${1 + (n % 10)}`), `someone.${n}@victim.example`);
    expect(await statuses(110, ask)).toEqual([...times(100, 200), ...times(10, 429)]);
    expect((await forget(from(service, `${network}99`), 'ada@other.example')).status).toBe(200);
  });
});
