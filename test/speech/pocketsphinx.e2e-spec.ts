import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Places } from '../../src/common/places.js';
import { ProviderError } from '../../src/common/provider-error.js';
import { findPocketsphinx, PocketsphinxFiles } from '../../src/speech/recognition/pocketsphinx-program.js';
import { PocketsphinxRecognizer } from '../../src/speech/recognition/pocketsphinx-recognizer.js';
import { Recognition } from '../../src/speech/recognition/speech-recognizer.js';
import { FliteSynthesizer } from '../../src/speech/synthesis/flite-synthesizer.js';
import { samplesAt16kHz } from '../../src/speech/synthesis/wav-samples.js';
import { StageTimers } from '../conversations/stage-timers.js';
import { describeWith } from '../support/describe-with.js';
import { until } from '../support/until.js';

let folder: string;
/** Stands still: how fast this machine is does not matter. */
let timers: StageTimers;
beforeEach(() => (timers = new StageTimers()));
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'talkstack-sphinx-'))));
afterAll(() => rmSync(folder, { recursive: true }));

interface Heard {
  words: string[];
  failures: ProviderError[];
}

function open(recognizer: PocketsphinxRecognizer): Heard & { recognition: Recognition } {
  const [words, failures]: [string[], ProviderError[]] = [[], []];
  const recognition = recognizer.open('en', {
    interim: () => undefined,
    final: (text) => words.push(text),
    failed: (error) => failures.push(error),
  });
  return { recognition, words, failures };
}

function speak(recognition: Recognition, samples: Int16Array): void {
  for (let at = 0; at + 320 <= samples.length; at += 320) recognition.write(samples.subarray(at, at + 320));
}

const LOUD = new Int16Array(16_000).fill(5000);
const QUIET = new Int16Array(16_000);

/** A program in the place of pocketsphinx, which writes its process id down and then does what a test wants. */
function programOf(name: string, script: string): PocketsphinxFiles & { pids: () => number[] } {
  const [program, pids] = [join(folder, name), join(folder, `${name}.pids`)];
  writeFileSync(program, `#!/bin/sh\necho $$ >> ${pids}\n${script}\n`);
  chmodSync(program, 0o700);
  const read = () => (existsSync(pids) ? readFileSync(pids, 'utf8').split('\n').filter(Boolean).map(Number) : []);
  return { program, acoustic: 'a', language: 'l', dictionary: 'd', pids: read };
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
}

const files = findPocketsphinx();
describeWith('pocketsphinx', files !== null)('Pocketsphinx', () => {
  it('understands each turn of a call, in a process that is gone after it', async () => {
    const synthesizer = new FliteSynthesizer();
    const said = ['Leave a message after the tone.', 'Please call me back tomorrow.'];
    const wavs = await Promise.all(said.map((text) => synthesizer.synthesize('rms', text)));
    await synthesizer.onApplicationShutdown();
    const { recognition, words } = open(new PocketsphinxRecognizer(files!, timers));
    for (const wav of wavs) {
      speak(recognition, samplesAt16kHz(wav!));
      speak(recognition, QUIET.subarray(0, 4800));
      await recognition.finishTurn();
    }
    recognition.close();
    expect(words).toHaveLength(2);
    expect(words[0]).toContain('message after the tone');
    expect(words[1]).toContain('call me back tomorrow');
  });
});

describe('A program that recognizes speech', () => {
  it('is looked for with its model, beside it or in /usr, and is not used without', () => {
    const root = join(folder, 'opt');
    mkdirSync(join(root, 'bin'), { recursive: true });
    writeFileSync(join(root, 'bin/pocketsphinx_continuous'), '');
    expect(findPocketsphinx(join(root, 'bin'))).toBeNull();
    chmodSync(join(root, 'bin/pocketsphinx_continuous'), 0o700);
    const model = join(root, 'share/pocketsphinx/model/en-us');
    mkdirSync(join(model, 'en-us'), { recursive: true });
    for (const file of ['en-us.lm.bin', 'cmudict-en-us.dict']) writeFileSync(join(model, file), '');
    expect(findPocketsphinx(`relative:${join(root, 'bin')}`)).toMatchObject({
      program: join(root, 'bin/pocketsphinx_continuous'),
      acoustic: join(model, 'en-us'),
    });
    expect(findPocketsphinx('')).toBeNull();
  });

  it('gets the sound of a turn from a little before it began, and is not started for a quiet line', async () => {
    const program = programOf('counts', 'wc -c');
    const { recognition, words } = open(new PocketsphinxRecognizer(program, timers));
    speak(recognition, QUIET);
    await recognition.finishTurn();
    expect(program.pids()).toEqual([]);
    speak(recognition, LOUD);
    await recognition.finishTurn();
    expect(words).toEqual([String(2 * (16_000 + 19 * 320))]);
    recognition.close();
  });

  it('is given up when a sound was no speech, and killed at the end of the call', async () => {
    const program = programOf('stays', 'cat > /dev/null; exec sleep 1000');
    const { recognition, words, failures } = open(new PocketsphinxRecognizer(program, timers));
    speak(recognition, LOUD);
    await until(() => program.pids().length === 1);
    for (let i = 0; i < 4; i += 1) speak(recognition, QUIET);
    await until(() => !isAlive(program.pids()[0]));
    speak(recognition, LOUD);
    await until(() => program.pids().length === 2);
    const finished = recognition.finishTurn();
    recognition.close();
    await finished;
    await until(() => !isAlive(program.pids()[1]));
    expect({ words, failures }).toEqual({ words: [], failures: [] });
  });

  it('runs no more often at a time than there are places; who waits too long is told so, once', async () => {
    const program = programOf('first-hangs', '[ "$(wc -l < "$0.pids")" -gt 1 ] || exec sleep 1000; wc -c');
    const recognizer = new PocketsphinxRecognizer(program, timers, new Places(1));
    const [one, two] = [open(recognizer), open(recognizer)];
    speak(one.recognition, LOUD);
    await until(() => program.pids().length === 1);
    speak(two.recognition, LOUD);
    const finished = [two.recognition.finishTurn()];
    // One that began after it, and has a place of its own, is through first.
    const other = open(new PocketsphinxRecognizer(program, timers, new Places(1)));
    speak(other.recognition, LOUD);
    await other.recognition.finishTurn();
    expect([other.words.length, two.words.length]).toEqual([1, 0]);
    await timers.advance(1000);
    finished.push(one.recognition.finishTurn());
    await timers.advance(2200);
    await Promise.all(finished);
    for (const { failures, recognition } of [one, two]) {
      expect(failures).toMatchObject([{ kind: 'late' }]);
      speak(recognition, LOUD);
      await recognition.finishTurn();
      expect(failures).toHaveLength(1);
    }
    await until(() => !isAlive(program.pids()[0]));
  });

  it.each([
    ['ends badly', () => programOf('fails', 'exit 3')],
    ['is not there', () => ({ ...programOf('gone', ''), program: '/nowhere/at-all' })],
  ])('that %s is a failure of the recognizer', async (_, make) => {
    const { recognition, failures } = open(new PocketsphinxRecognizer(make(), timers));
    speak(recognition, LOUD);
    await recognition.finishTurn();
    expect(failures).toMatchObject([{ kind: 'unavailable' }]);
  });
});
