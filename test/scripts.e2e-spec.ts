import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ApiClient } from './support/api-client.js';
import { TEST_SETTINGS } from './support/start-app.js';
import { createTestDatabase } from './support/test-database.js';

/** Address of the server that a program says it listens on. */
async function listening(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [, port] = /(?:listens on|listening at) http:\/\/[\w.]+:(\d+)/.exec(line) ?? [];
    if (port !== undefined) return `http://127.0.0.1:${port}`;
  }
  throw new Error('It ended before it listened.');
}

describe('A script of package.json', () => {
  it('that starts the server ends it when npm itself gets SIGTERM', async () => {
    const database = await createTestDatabase();
    const env = { PATH: process.env.PATH, ...TEST_SETTINGS, DATABASE_URL: database.url };
    // Without its "prestart": the tests run on what is built.
    const npm = spawn('npm', ['start', '--ignore-scripts'], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      const url = await listening(createInterface({ input: npm.stdout }));
      expect((await new ApiClient(url).get('/health/live')).status).toBe(200);
      // Output has an end when the last process is gone that could write it.
      const closed = once(npm, 'close');
      npm.stdout.resume();
      npm.stderr.resume();
      npm.kill('SIGTERM');
      await closed;
      await expect(new ApiClient(url).get('/health/live')).rejects.toThrow();
    } finally {
      if (npm.pid !== undefined) killGroup(npm.pid);
      await database.drop();
    }
  });
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // They are gone.
  }
}
