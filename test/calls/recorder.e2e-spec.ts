import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuid } from 'uuid';
import { CallRecorder } from '../../src/calls/recordings/call-recorder.js';
import { FolderStore } from '../../src/calls/recordings/folder-store.js';
import type { RecordingFile } from '../../src/calls/recordings/recording-store.js';
import { StageTimers } from '../conversations/stage-timers.js';
import { readWav } from '../support/wav.js';

const FRAME = 320;
const frame = (value: number) => new Int16Array(FRAME).fill(value);

/** A store whose file a test lets through, or breaks, piece by piece. */
class TestFile implements RecordingFile {
  readonly pieces: Buffer[] = [];
  isClosed = false;
  readonly faults: Error[] = [];
  gate: Promise<unknown> = Promise.resolve();

  async append(sound: Buffer): Promise<void> {
    await this.gate;
    const fault = this.faults.shift();
    if (fault) throw fault;
    this.pieces.push(sound);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  get bytes(): number {
    return this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** What is there on one side, as runs of equal samples. */
  runs(side: 0 | 1): [value: number, samples: number][] {
    const all = Buffer.concat(this.pieces);
    const runs: [number, number][] = [];
    for (let at = 2 * side; at < all.length; at += 4) {
      const value = all.readInt16LE(at);
      if (runs.at(-1)?.[0] === value) runs[runs.length - 1][1] += 1;
      else runs.push([value, 1]);
    }
    return runs;
  }
}

let timers: StageTimers;
let file: TestFile;
let failures: Error[];
beforeEach(() => {
  timers = new StageTimers();
  file = new TestFile();
  failures = [];
});

const record = (atMs = 0, open: () => Promise<RecordingFile> = async () => file) =>
  new CallRecorder(timers, atMs, open, (error) => failures.push(error));

describe('A recording', () => {
  it('has the person on the left and the agent on the right, each sample when it was heard, with silence between', async () => {
    const recorder = record();
    for (let at = 20; at <= 1000; at += 20) {
      await timers.advance(20);
      recorder.sound('person', frame(at), at);
      if (at > 400 && at <= 600) recorder.sound('agent', frame(-at), at);
    }
    expect(await recorder.close()).toBe('whole');
    const spoken = Array.from({ length: 50 }, (_, i) => [20 * (i + 1), FRAME]);
    expect(file.runs(0)).toEqual(spoken);
    const agent = Array.from({ length: 10 }, (_, i) => [-(420 + 20 * i), FRAME]);
    expect(file.runs(1)).toEqual([[0, 400 * 16], ...agent, [0, 400 * 16]]);
    expect(file.isClosed).toBe(true);
  });

  it('has silence until the person has been told that the call is recorded', async () => {
    const recorder = record(5000);
    await timers.advance(1000);
    recorder.sound('agent', frame(7), 6000);
    await timers.advance(100);
    await recorder.close();
    expect(file.runs(1)).toEqual([
      [0, 5980 * 16],
      [7, FRAME],
      [0, 100 * 16],
    ]);
  });

  it('places delayed frames that arrive in a burst where they were spoken', async () => {
    const recorder = record();
    recorder.sound('person', frame(1), 20);
    await timers.advance(520);
    for (let i = 2; i <= 26; i += 1) recorder.sound('person', frame(i), 520);
    for (let i = 27; i <= 35; i += 1) {
      await timers.advance(20);
      recorder.sound('person', frame(i), 20 * i);
    }
    await recorder.close();
    expect(file.runs(0)).toEqual(Array.from({ length: 35 }, (_, i) => [i + 1, FRAME]));
  });

  it('has silence where frames are missing', async () => {
    const recorder = record();
    recorder.sound('person', frame(1), 20);
    await timers.advance(3000);
    for (let i = 0; i < 10; i += 1) {
      await timers.advance(20);
      recorder.sound('person', frame(2), 3020 + 20 * i);
    }
    await recorder.close();
    expect(file.runs(0)).toEqual([
      [1, FRAME],
      [0, 2980 * 16],
      [2, 10 * FRAME],
    ]);
  });

  it('stays within a second of real time when one side sends sound too fast', async () => {
    const recorder = record();
    await timers.advance(20);
    for (let i = 0; i < 500; i += 1) recorder.sound('person', frame(1), 20);
    await recorder.close();
    expect(file.bytes).toBeLessThanOrEqual(4 * 16_000 * 1.1);
  });

  it('is written during the call, a second at a time', async () => {
    const recorder = record();
    for (let at = 20; at <= 3000; at += 20) {
      await timers.advance(20);
      recorder.sound('person', frame(3), at);
    }
    expect(file.bytes).toBe(2500 * 16 * 4);
    await recorder.close();
    expect(file.bytes).toBe(3000 * 16 * 4);
  });
});

describe('A recording store that fails', () => {
  it('ends the recording once, and the recorded part is kept', async () => {
    const recorder = record();
    await timers.advance(2000);
    let open = () => {};
    file.gate = new Promise<void>((resolve) => (open = resolve));
    await timers.advance(3000);
    // The others wait behind the one that fails. There may be space again for them, but no place.
    file.faults.push(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    open();
    await timers.advance(5000);
    expect(await recorder.close()).toBe('partial');
    expect(file.bytes).toBe(1500 * 16 * 4);
    expect(failures).toHaveLength(1);
    expect(file.isClosed).toBe(true);
  });

  it('from the beginning leaves no recording', async () => {
    const recorder = record(0, () => Promise.reject(new Error('gone')));
    await timers.advance(2000);
    expect(await recorder.close()).toBe('none');
    expect(failures).toHaveLength(1);
  });

  it('by being too slow gets the waiting sound, at most sixteen seconds', async () => {
    let open = () => {};
    file.gate = new Promise<void>((resolve) => (open = resolve));
    const recorder = record();
    await timers.advance(60_000);
    expect(failures).toEqual([expect.objectContaining({ message: 'The store is too slow' })]);
    const closing = recorder.close();
    open();
    expect(await closing).toBe('partial');
    expect(file.bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(file.bytes).toBeGreaterThan(10 * 64_000);
  });
});

describe('The folder of recordings', () => {
  let folder: string;
  let store: FolderStore;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'recordings-')), 'made', 'here');
    store = new FolderStore(folder);
  });
  afterEach(() => rm(join(folder, '..', '..'), { recursive: true }));

  it("has files that only the service's user can read, playable after each written piece", async () => {
    const name = uuid();
    const written = await store.create(name);
    const path = join(folder, `${name}.wav`);
    for (let i = 1; i <= 3; i += 1) {
      await written.append(Buffer.alloc(4 * FRAME, i));
      const { channels } = readWav(await readFile(path));
      expect(channels.map(({ length }) => length)).toEqual([i * FRAME, i * FRAME]);
    }
    await written.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const stored = await store.open(name);
    expect(stored?.bytes).toBe(44 + 3 * 4 * FRAME);
    const part = await (await stored!.read(40, 47)).toArray();
    expect(Buffer.concat(part).toString('hex')).toBe('000f000001010101');
    await store.remove(name);
    expect(await store.open(name)).toBeNull();
    await store.remove(name);
  });

  it('never writes outside of the folder, nor into an existing file', async () => {
    for (const name of ['', '..', '../x', 'a/b', `${uuid()}/../../x`, `${uuid()}\0`, uuid().toUpperCase()]) {
      await expect(store.create(name)).rejects.toThrow('named by a UUID');
      await expect(store.open(name)).rejects.toThrow('named by a UUID');
      await expect(store.remove(name)).rejects.toThrow('named by a UUID');
    }
    const name = uuid();
    await (await store.create(name)).close();
    await expect(store.create(name)).rejects.toThrow('EEXIST');
  });
});
