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

  it('opens for a page of its own origin only', async () => {
    expect(await statusWith({})).toBe(101);
    for (const origin of ['https://evil.example', 'null', `http://${host}.evil.example`, '']) {
      expect([origin, await statusWith({ origin })]).toEqual([origin, 404]);
    }
  });

  it('opens for this machine only, unless the development pages are open to all', async () => {
    const foreign = { host: 'talk.example.com', origin: 'http://talk.example.com' };
    const proxied = { 'x-forwarded-for': '127.0.0.1' };
    expect([await statusWith(foreign), await statusWith(proxied)]).toEqual([404, 404]);
    const open = await service.another({ DEV_PAGES: 'open' });
    expect([await statusWith(foreign, { instance: open }), await statusWith(proxied, { instance: open })]).toEqual([
      101, 101,
    ]);
    expect(await statusWith({ origin: 'https://evil.example' }, { instance: open })).toBe(404);
  });

  it('exists at its own path only; other paths respond as usual', async () => {
    expect(await statusWith({}, { path: '/health/live' })).toBe(200);
    expect(await statusWith({}, { path: '/nothing' })).toBe(404);
  });

  it('leaves requests for other protocols to be answered as ordinary requests, with their bodies', async () => {
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

  it('is refused by closing the connection when an earlier request on it is not answered yet', async () => {
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
  ])('is closed when a page sends %s', async (_, message) => {
    const page = await PhonePage.open(service);
    page.socket.send(message);
    expect(await page.closed).toMatchObject({ code: 1008 });
  });

  it('is closed when a page sends a too large message, or too many messages', async () => {
    const [large, many] = [await PhonePage.open(service), await PhonePage.open(service)];
    large.socket.send('a'.repeat(17 * 1024));
    for (let i = 0; i < 4000; i += 1) many.say({ type: 'hang-up', call: 999_999 });
    expect(await large.closed).toMatchObject({ code: 1009 });
    expect(await many.closed).toEqual({ code: 1008, reason: 'Too many messages.' });
  });

  it('accepts no more sound from a page than a microphone makes', async () => {
    const { page, events, call, number } = await answered();
    for (let i = 0; i < 250; i += 1) page.speak(number, 1);
    page.say({ type: 'digit', call: number, digit: '5' });
    await events.event('digit 5');
    expect(events.frames.length).toBeLessThan(100);
    call.hangUp();
    page.close();
  });

  it('ignores a play position that is ahead of real time', async () => {
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

  it('is closed when a page does not read, which ends its call', async () => {
    const { page, events, call } = await answered();
    page.socket.pause();
    const line = { id: '1', role: 'agent' as const, text: 'a'.repeat(64 * 1024) };
    while (!events.all.includes('ended media-lost')) {
      call.show?.(line);
      await new Promise(setImmediate);
    }
    page.socket.terminate();
  });

  it('opens for at most 16 pages at once, and for another one when one is closed', async () => {
    const pages = await Promise.all(Array.from({ length: 16 }, () => PhonePage.open(service)));
    const late = await PhonePage.open(service);
    expect(await late.closed).toMatchObject({ code: 1013 });
    pages[0].close();
    await pages[0].closed;
    const { call } = await answered();
    call.hangUp();
    for (const page of pages) page.close();
  });

  it('stays open during a stop of the service until its call ends', async () => {
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
