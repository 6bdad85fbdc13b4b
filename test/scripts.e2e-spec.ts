import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Bundles one file with one patch of it, by the plugin that makes the service's bundle. */
function bundleWithPatch(from: string) {
  const code = `import { build } from 'esbuild';
    import { patching } from './tools/patches.mjs';
    const plugins = [patching([{ file: 'tools/check-node.cjs', from: ${JSON.stringify(from)}, to: '' }])];
    const entryPoints = ['tools/check-node.cjs'];
    await build({ entryPoints, plugins, bundle: true, platform: 'node', write: false });`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
}

describe('The bundle', () => {
  it('is not made when a patch of a package matches nothing any more', () => {
    expect(bundleWithPatch('process.exit(1);')).toMatchObject({ status: 0, stderr: '' });
    const { status, stderr } = bundleWithPatch('process.exit(2);');
    expect(status).toBe(1);
    expect(stderr).toContain('A patch matches nothing: tools/check-node.cjs has no process.exit(2);');
  });
});

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

  describe('in a folder without what it needs', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'talkstack-install-'));
      cpSync('package.json', join(folder, 'package.json'));
      cpSync('tools', join(folder, 'tools'), { recursive: true });
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const run = (script: string) =>
      spawnSync('npm', ['run', '--silent', script], { cwd: folder, encoding: 'utf8', env: { PATH: process.env.PATH } });

    it.each(['start', 'build'])('says in one line that npm run %s needs what builds the service', (script) => {
      const { status, stderr } = run(script);
      expect(status).toBe(1);
      expect(stderr).toBe('What builds the service is not installed: run "npm ci" without --omit=dev.\n');
    });

    it.each(['start:prod', 'migrate', 'users', 'backup', 'restore', 'audit', 'keys:rotate'])(
      'says in one line that npm run %s needs a build',
      (script) => {
        const { status, stderr } = run(script);
        expect(status).toBe(1);
        expect(stderr).toMatch(/^The service is not built: run "npm ci && npm run build", .*\n$/);
      },
    );
  });
});

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // They are gone.
  }
}
