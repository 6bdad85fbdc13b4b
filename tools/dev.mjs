// `npm run start:dev`: runs the service and restarts it whenever a source changes. Arguments go to Node (`-- --inspect`, say).
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { createBundler } from './bundle.mjs';
import { compileAll, compileFile } from './compile.mjs';

const ROOT = dirname(import.meta.dirname);
/** Editors write a file in several steps, and several files at once. */
const SETTLE_MS = 50;

const bundler = await createBundler();
const changed = new Set();
let server;
let timer;
let isBuilding = false;

function startServer() {
  const args = ['--enable-source-maps', ...process.argv.slice(2), 'dist/bundle/start.cjs'];
  // A change does not wait for a call to end.
  const env = { SHUTDOWN_CALLS_SECONDS: '0', ...process.env };
  server = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
  server.on('exit', (code) => code && process.stderr.write(`The server ended with ${code}. Waiting for a change.\n`));
}

async function stopServer() {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
}

/** Builds what changed and restarts; a source that does not compile leaves the running server alone. */
async function rebuild() {
  if (isBuilding || changed.size === 0) return;
  isBuilding = true;
  const started = performance.now();
  const files = [...changed];
  changed.clear();
  try {
    await Promise.all(files.map((file) => compileFile(join(ROOT, 'src', file))));
    await bundler.bundle();
    await stopServer();
    startServer();
    process.stdout.write(`Rebuilt in ${Math.round(performance.now() - started)} ms: ${files.join(', ')}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  isBuilding = false;
  await rebuild();
}

await compileAll();
await bundler.bundle();
startServer();
watch(join(ROOT, 'src'), { recursive: true }, (_, file) => {
  if (file === null) return;
  changed.add(file);
  clearTimeout(timer);
  timer = setTimeout(() => void rebuild(), SETTLE_MS);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => void stopServer().then(() => process.exit(0)));
}
