import { write, writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

/** Characters of one write; fewer are written after FLUSH_MS. One system call a line would be dear under load. */
const BATCH_LENGTH = 15 * 1024;
const FLUSH_MS = 100;
/** Maximum number of characters that wait for a slow reader; lines beyond it are dropped. */
const MAX_WAITING_LENGTH = 16 * 1024 * 1024;
const BUSY_RETRY_MS = 10;
/** Longest time that the end of the process waits for a reader that does not read. */
const FINISH_TIMEOUT_MS = 1000;
const NEWLINE = 10;

/** Returns true for a full pipe, whose reader will read on. After any other error the batch is lost. */
function isBusy(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/**
 * Writes lines to a file descriptor in batches and never blocks the service. When the disk is full or the reader is gone or stalls, it drops
 * and counts lines, and tries again with the next ones. pino's own destination would retry for ever at exit.
 */
export class LogOutput implements DestinationStream {
  /** Lines lost since the start. */
  droppedLines = 0;
  private waiting = '';
  /** Bytes that are still to be written. */
  private batch: Buffer = Buffer.alloc(0);
  private isInSystemCall = false;
  /** The last line was written only in part, so the next batch begins with a new line. */
  private isTorn = false;
  private timer?: NodeJS.Timeout;

  constructor(private readonly descriptor: number) {}

  write(line: string): void {
    if (this.waiting.length + line.length > MAX_WAITING_LENGTH) {
      this.droppedLines += 1;
      return;
    }
    this.waiting += line;
    if (this.waiting.length >= BATCH_LENGTH) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
  }

  /** Writes all waiting lines synchronously, at the end of the process. */
  finish(): void {
    // The system call under way writes its batch; writing it here too would repeat it.
    if (this.isInSystemCall) this.batch = Buffer.alloc(0);
    this.batch = Buffer.concat([this.batch, this.takeWaiting()]);
    const deadline = performance.now() + FINISH_TIMEOUT_MS;
    const nobody = new Int32Array(new SharedArrayBuffer(4));
    while (this.batch.length > 0) {
      try {
        this.batch = this.batch.subarray(writeSync(this.descriptor, this.batch));
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) return;
        Atomics.wait(nobody, 0, 0, BUSY_RETRY_MS);
      }
    }
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.batch.length > 0 || this.waiting === '') return;
    this.batch = this.takeWaiting();
    this.writeBatch();
  }

  private takeWaiting(): Buffer {
    const text = this.isTorn && this.waiting !== '' ? `\n${this.waiting}` : this.waiting;
    this.waiting = '';
    this.isTorn = false;
    return Buffer.from(text);
  }

  private writeBatch(): void {
    this.isInSystemCall = true;
    write(this.descriptor, this.batch, (error, written) => {
      this.isInSystemCall = false;
      if (error && isBusy(error)) return void setTimeout(() => this.writeBatch(), BUSY_RETRY_MS).unref();
      if (error) this.drop();
      else this.advance(written);
      if (this.batch.length > 0) this.writeBatch();
      else if (this.waiting.length >= BATCH_LENGTH) this.flush();
      else if (this.waiting !== '') this.timer ??= setTimeout(() => this.flush(), FLUSH_MS).unref();
    });
  }

  private advance(written: number): void {
    this.isTorn = written > 0 && this.batch[written - 1] !== NEWLINE;
    this.batch = this.batch.subarray(written);
  }

  private drop(): void {
    this.droppedLines += countLines(this.batch);
    this.batch = Buffer.alloc(0);
  }
}

/** Standard output, as the log writes it. */
export const logOutput = new LogOutput(1);

let isSetUp = false;

/** Returns standard output as a log's destination. Waiting lines are written at the end of the process. */
export function standardOutput(): LogOutput {
  if (isSetUp) return logOutput;
  isSetUp = true;
  // Node makes a pipe non-blocking when it opens the stream. On a blocking one a reader that stalls would hold a thread, and the exit with it.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('exit', () => logOutput.finish());
  return logOutput;
}
