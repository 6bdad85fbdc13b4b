import { join } from './support/people.js';
import { logIn } from './support/sessions.js';
import { startApp, TestApp } from './support/start-app.js';

describe('TRUST_PROXY', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  it.each([
    ['', '203.0.113.7', '127.0.0.0/24'],
    ['loopback', '203.0.113.7', '203.0.113.0/24'],
    ['loopback', '198.51.100.9, 203.0.113.7', '203.0.113.0/24'],
    ['loopback', '2001:db8:1:2::3', '2001:db8:1::/48'],
    ['loopback', 'x'.repeat(500), '127.0.0.0/24'],
    ['1', '198.51.100.9, 203.0.113.7', '203.0.113.0/24'],
    ['2', '192.0.2.1, 198.51.100.9, 203.0.113.7', '198.51.100.0/24'],
    ['127.0.0.0/8, 10.0.0.0/8', '203.0.113.7, 10.1.2.3', '203.0.113.0/24'],
    ['127.0.0.0/8, 10.0.0.0/8', '203.0.113.7:4711, 10.1.2.3:80', '203.0.113.0/24'],
    ['127.0.0.0/8, fd00::/8', '[2001:db8:1:2::3]:4711, [fd00::2]:443', '2001:db8:1::/48'],
    ['127.0.0.0/8, ::ffff:10.0.0.0/104', '203.0.113.7, 10.1.2.3', '203.0.113.0/24'],
    ['127.0.0.1', '203.0.113.7, 10.1.2.3', '10.1.2.0/24'],
    ['10.0.0.0/8', '203.0.113.7', '127.0.0.0/24'],
  ])('“%s” makes of X-Forwarded-For “%s” the network %s', async (TRUST_PROXY, forwarded, network) => {
    const instance = await service.another({ TRUST_PROXY });
    const ada = await join(service);
    const api = instance.api.with({
      'x-forwarded-for': forwarded,
      'x-real-ip': '192.0.2.99',
      forwarded: 'for=192.0.2.98',
    });
    const { body } = await logIn({ ...instance, api }, ada);
    const { sessions } = (await api.as({ token: body.token }).get('/user/sessions')).body;
    expect(sessions.find(({ current }: { current: boolean }) => current).network).toBe(network);
  });
});
