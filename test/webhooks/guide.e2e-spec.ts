import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from '../support/people.js';
import { startApp } from '../support/start-app.js';
import { deliver, deliveriesOf, happen, hookedProject, WEBHOOK_SETTINGS } from '../support/webhooks.js';

/** The receiver of docs/webhooks.md. */
function receiverOfTheGuide(): string {
  const [, code] = /<!-- receiver -->\s+```js\n([\s\S]*?)```/.exec(readFileSync('docs/webhooks.md', 'utf8')) ?? [];
  return code;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('The receiver of the guide', () => {
  it('takes what the service sends, and refuses what was signed with another secret', async () => {
    const service = await startApp({ ...WEBHOOK_SETTINGS, WEBHOOK_ALLOWED_HOSTS: 'localhost,127.0.0.1' });
    const ada = await join(service);
    const port = await freePort();
    const url = `http://localhost:${port}/`;
    const project = await hookedProject(service, ada, url);
    const code = `${receiverOfTheGuide()}\nsetImmediate(() => console.log('ready'));`;
    const env = { PATH: process.env.PATH, WEBHOOK_SECRET: project.secret, PORT: String(port) };
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    try {
      expect((await lines.next()).value).toBe('ready');
      const callId = await happen(service, project, ['call.ended'], { status: 'completed', transcript: ['Ä'] });
      await deliver(service);
      expect((await deliveriesOf(service, callId))[0]).toMatchObject({ state: 'delivered', status: 204 });
      expect((await lines.next()).value).toBe(`call.ended ${callId} completed`);
      const other = await hookedProject(service, ada, url);
      const refused = await happen(service, other, ['call.ended']);
      await deliver(service);
      expect((await deliveriesOf(service, refused))[0]).toMatchObject({ state: 'queued', status: 400 });
    } finally {
      child.kill('SIGKILL');
      await service.close();
    }
  });
});
