import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { ProviderError } from '../../common/provider-error.js';
import type { PocketsphinxFiles } from './pocketsphinx-program.js';

/** Far more than can be said in the longest turn. */
const MAX_OUTPUT = 16_384;
/** The program opens its input by path. Node's stdin is a socket, which has none; `cat` turns it into a pipe. */
const COMMAND = 'cat | exec "$0" "$@"';

/** The program at work on one turn: sound goes in while it is spoken, words come out at its end. Nothing of either is on any disk. */
export class PocketsphinxProcess {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly exit: Promise<number | null>;
  private output = '';

  constructor({ program, acoustic, language, dictionary }: PocketsphinxFiles) {
    const model = ['-hmm', acoustic, '-lm', language, '-dict', dictionary];
    const given = ['-c', COMMAND, program, '-infile', '/dev/stdin', ...model, '-logfn', '/dev/null'];
    this.child = spawn('/bin/sh', given, {
      // No settings, some of which are secrets.
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'pipe', 'ignore'],
      // A group of its own: the shell's children are killed with it.
      detached: true,
    });
    this.exit = new Promise((resolve) => {
      this.child.once('close', (code) => resolve(code));
      this.child.once('error', () => resolve(null));
    });
    // It may exit before it has read everything; its exit code is checked.
    this.child.stdin.on('error', () => undefined);
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (this.output.length < MAX_OUTPUT) this.output += text;
    });
  }

  write(samples: Int16Array): void {
    if (this.child.stdin.writable)
      this.child.stdin.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  }

  /** Resolves to the words of what was written, once nothing more is; rejects with ProviderError when the program failed or was killed. */
  async words(): Promise<string> {
    this.child.stdin.end();
    const code = await this.exit;
    if (code !== 0)
      throw new ProviderError('unavailable', `it ended with ${code === null ? 'a signal' : `code ${code}`}`);
    return this.output.split(/\s+/).filter(Boolean).join(' ');
  }

  /** Ends it at once. */
  kill(): void {
    this.child.stdin.destroy();
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended by itself in this moment.
    }
  }
}
