import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { atOnce } from './support/credentials.js';
import { join, PASSWORD } from './support/people.js';
import { startApp, TestApp } from './support/start-app.js';
import { runProcess } from './support/start-process.js';

let folder: string;
let service: TestApp;
let makeClient: (options?: object) => any;
const { fetch } = globalThis;
/** Paths that a device token was sent to, and the token. */
const sent: [path: string, token: string][] = [];

beforeAll(async () => {
  folder = mkdtempSync(joinPath(tmpdir(), 'talkstack-client-'));
  symlinkSync(joinPath(process.cwd(), 'node_modules'), joinPath(folder, 'node_modules'));
  await runProcess('typed-client/write.mjs', [folder], {}, process.cwd());
  service = await startApp({ THROTTLE_FREE_FAILURES: '4' });
  globalThis.fetch = (input, init) => {
    const token = input instanceof Request ? input.headers.get('x-device-token') : null;
    if (token !== null) sent.push([new URL((input as Request).url).pathname, token]);
    return fetch(input, init);
  };
  const { createTalkstackClient } = await import(joinPath(folder, 'index.ts'));
  makeClient = (options) => createTalkstackClient({ baseUrl: service.api.url, ...options });
});
afterAll(async () => {
  globalThis.fetch = fetch;
  await service?.close();
  rmSync(folder, { recursive: true });
});

describe('A typed client', () => {
  it('hands out the device token of each login, and sends it with the next ones, but nowhere else', async () => {
    const { email } = await join(service);
    const kept: string[] = [];
    const body = { email, password: PASSWORD };
    const onDeviceToken = (token: string) => kept.push(token);
    const first = makeClient({ onDeviceToken });
    expect((await first.POST('/auth/login', { body })).data.loginStatus).toBe(7);
    expect([kept.length, sent]).toEqual([1, []]);
    await first.GET('/user/me');
    await first.POST('/auth/logout');
    service.clock.advance(1000);
    await first.POST('/auth/login', { body });
    expect(kept).toHaveLength(2);
    // The next run of the program begins with what it kept.
    const second = makeClient({ deviceToken: kept[1], onDeviceToken });
    await atOnce(10, () => service.api.post('/auth/login', { email, password: 'a guess' }));
    expect((await service.api.post('/auth/login', body)).status).toBe(429);
    expect((await second.POST('/auth/login', { body })).data.loginStatus).toBe(7);
    await second.GET('/user/me');
    expect(sent).toEqual([
      ['/auth/login', kept[0]],
      ['/auth/login', kept[1]],
    ]);
  });
});
