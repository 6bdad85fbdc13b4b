import { once } from 'node:events';
import { BrowserLine } from '../../src/telephony/browser/browser-line.js';
import { LineEvents } from '../support/line-events.js';
import { PhonePage } from '../support/phone-page.js';
import { head, openRaw, readAll } from '../support/raw-connection.js';
import { until } from '../support/until.js';
import { startApp, TestApp } from '../support/start-app.js';

const SOCKET = '/dev/phone/socket';
const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

describe('The socket of the browser phone', () => {
  let service: TestApp;
  let host: string;
  beforeAll(async () => {
    service = await startApp();
    host = new URL(service.api.url).host;
  });
  afterAll(() => service.close());

  /** The status of a handshake with these headers in place of a page's own. */
  const statusWith = async (headers: Record<string, string>, { instance = service, path = SOCKET } = {}) => {
    const own = new URL(instance.api.url);
    const { client } = await openRaw(instance);
    client.write(head('GET', path, { host: own.host, origin: own.origin, ...HANDSHAKE, ...headers }));
    client.resume();
    const [data] = (await once(client, 'data')) as [Buffer];
    client.destroy();
    return Number(/^HTTP\/1.1 (\d+)/.exec(data.toString())?.[1]);
  };
  const answered = async () => {
    const line = service.app.get(BrowserLine, { strict: false });
    const page = await PhonePage.open(service);
    const events = new LineEvents();
    const call = line.dial({ callId: 'CA1', from: '+12025550100', to: '+12025550101' }, events);
    return { line, page, events, call, number: await page.accept() };
  };

  it('opens for a page of its own origin, and for no other', async () => {
    expect(await statusWith({})).toBe(101);
    for (const origin of ['https://evil.example', 'null', `http://${host}.evil.example`, '']) {
      expect([origin, await statusWith({ origin })]).toEqual([origin, 404]);
    }
  });

  it('opens on this machine alone, unless the pages for development are open', async () => {
    const foreign = { host: 'talk.example.com', origin: 'http://talk.example.com' };
    const proxied = { 'x-forwarded-for': '127.0.0.1' };
    expect([await statusWith(foreign), await statusWith(proxied)]).toEqual([404, 404]);
    const open = await service.another({ DEV_PAGES: 'open' });
    expect([await statusWith(foreign, { instance: open }), await statusWith(proxied, { instance: open })]).toEqual([
      101, 101,
    ]);
    expect(await statusWith({ origin: 'https://evil.example' }, { instance: open })).toBe(404);
  });

  it('is at its own path alone, where other paths answer as ever', async () => {
    expect(await statusWith({}, { path: '/health/live' })).toBe(200);
    expect(await statusWith({}, { path: '/nothing' })).toBe(404);
  });

  it('lets requests that ask for another protocol be answered as ordinary ones, with their bodies', async () => {
    const { client } = await openRaw(service);
    const body = JSON.stringify({ email: 'nobody@example.com', password: 'a wrong one' });
    const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
    const json = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    client.write(head('POST', '/auth/login', { ...h2c, ...json }) + body);
    client.resume();
    await once(client, 'data');
    client.write(head('GET', '/health/live', h2c));
    await once(client, 'data');
    const rest = readAll(client);
    client.write(head('GET', '/nothing', { ...h2c, connection: 'Upgrade, close' }));
    expect(await rest).toMatch(/^HTTP\/1.1 404/);
  });

  it('closes a connection that asks for an upgrade before its earlier request is answered', async () => {
    const { client, closed } = await openRaw(service);
    client.write(head('POST', '/auth/login', { 'content-length': 2 }) + '{}' + head('GET', SOCKET, HANDSHAKE));
    client.resume();
    await closed;
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['a message of no call', '{"type":"accept"}'],
    ['a key that no phone has', '{"type":"digit","call":1,"digit":"E"}'],
    ['a text that is too long', JSON.stringify({ type: 'text', call: 1, text: 'a'.repeat(1001) })],
    ['a play position below zero', '{"type":"played","call":1,"epoch":0,"samples":-1}'],
    ['a list', '[]'],
    ['a frame of another length', Buffer.alloc(100)],
  ])('closes on a page that sends %s', async (_, message) => {
    const page = await PhonePage.open(service);
    page.socket.send(message);
    expect(await page.closed).toMatchObject({ code: 1008 });
  });

  it('closes on a page that sends too large a message, or too many', async () => {
    const [large, many] = [await PhonePage.open(service), await PhonePage.open(service)];
    large.socket.send('a'.repeat(17 * 1024));
    for (let i = 0; i < 4000; i += 1) many.say({ type: 'hang-up', call: 999_999 });
    expect(await large.closed).toMatchObject({ code: 1009 });
    expect(await many.closed).toEqual({ code: 1008, reason: 'Too many messages.' });
  });

  it('takes no more sound from a page than a microphone makes', async () => {
    const { page, events, call, number } = await answered();
    for (let i = 0; i < 250; i += 1) page.speak(number, 1);
    page.say({ type: 'digit', call: number, digit: '5' });
    await events.event('digit 5');
    expect(events.frames.length).toBeLessThan(100);
    call.hangUp();
    page.close();
  });

  it('believes no play position before its time', async () => {
    const { page, events, call, number } = await answered();
    const start = performance.now();
    call.play(new Int16Array(16_000));
    page.say({ type: 'played', call: number, epoch: 0, samples: 16_000 });
    page.say({ type: 'digit', call: number, digit: '5' });
    await events.event('digit 5');
    expect(call.playedSamples).toBeLessThanOrEqual((performance.now() - start) * 16);
    call.hangUp();
    page.close();
  });

  it('drops a page that does not read, and with it its call', async () => {
    const { page, events, call } = await answered();
    page.socket.pause();
    const line = { id: '1', role: 'agent' as const, text: 'a'.repeat(64 * 1024) };
    while (!events.all.includes('ended media-lost')) {
      call.show?.(line);
      await new Promise(setImmediate);
    }
    page.socket.terminate();
  });

  it('opens for 16 pages at once, and for another when one is closed', async () => {
    const pages = await Promise.all(Array.from({ length: 16 }, () => PhonePage.open(service)));
    const late = await PhonePage.open(service);
    expect(await late.closed).toMatchObject({ code: 1013 });
    pages[0].close();
    await pages[0].closed;
    const { call } = await answered();
    call.hangUp();
    for (const page of pages) page.close();
  });

  it('stays open at a stop until its call ends, and is closed then', async () => {
    const instance = await service.another();
    const page = await PhonePage.open(instance);
    const events = new LineEvents();
    const line = instance.app.get(BrowserLine, { strict: false });
    const call = line.dial({ callId: 'CA1', from: '+12025550100', to: '+12025550101' }, events);
    const number = await page.accept();
    const stopping = instance.app.close();
    await until(() => !instance.app.getHttpServer().listening);
    page.say({ type: 'digit', call: number, digit: '7' });
    await events.event('digit 7');
    call.hangUp();
    expect(await page.closed).toMatchObject({ code: 1001 });
    await stopping;
  });
});
