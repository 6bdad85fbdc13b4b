import { once } from 'node:events';
import { head, openRaw } from '../support/raw-connection.js';
import { startApp, TestApp } from '../support/start-app.js';

describe("The browser phone's files", () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  /** The status of the page, asked for with these headers. */
  const statusWith = async (headers: Record<string, string>, { instance = service, path = '/dev/phone' } = {}) => {
    const { client } = await openRaw(instance);
    client.write(head('GET', path, headers));
    client.resume();
    const [data] = (await once(client, 'data')) as [Buffer];
    client.destroy();
    return Number(/^HTTP\/1.1 (\d+)/.exec(data.toString())?.[1]);
  };

  it('are served to this machine only, unless the development pages are open to all', async () => {
    const proxied = { host: 'localhost', 'x-forwarded-for': '127.0.0.1' };
    for (const path of ['/dev/phone', '/dev/phone/page.js', '/dev/phone/phone.css']) {
      expect([path, await statusWith({ host: 'localhost' }, { path })]).toEqual([path, 200]);
      expect([path, await statusWith({ host: 'talk.example.com' }, { path })]).toEqual([path, 404]);
      expect([path, await statusWith(proxied, { path })]).toEqual([path, 404]);
    }
    const open = await service.another({ DEV_PAGES: 'open' });
    expect(await statusWith({ host: 'talk.example.com' }, { instance: open })).toBe(200);
  });

  it("have a Content-Security-Policy that allows only the service's own scripts and styles", async () => {
    const response = await fetch(`${service.api.url}/dev/phone`);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain('unsafe');
  });

  it('are a fixed list: no other path leads to a file', async () => {
    for (const path of ['/dev/phone/phone.html', '/dev/phone/..%2fbrowser-line.js', '/dev/phone/nothing.js']) {
      expect([path, await statusWith({ host: 'localhost' }, { path })]).toEqual([path, 404]);
    }
  });
});
