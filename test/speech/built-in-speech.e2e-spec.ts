import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuiltInSpeech } from '../../src/speech/synthesis/built-in-speech.js';
import { describeWith } from '../support/describe-with.js';
import { startApp, TestApp } from '../support/start-app.js';

const POCKETSPHINX = '/usr/bin/pocketsphinx_continuous';
const VOICES = [
  ['SLT', '388RBsNDjMwsbQLvGO8L'],
  ['RMS', 'lo8Pd6lAe7lG8wR9KNPX'],
  ['AWB', '9uoE8CLv6jQmiaUmiasa'],
  ['KAL 16', '4rQPH5onGjx1saCPiFr8'],
  ['KAL', 'h7MLd3DpXzj7lQfZqqLx'],
];

let service: TestApp;
let speech: BuiltInSpeech;
beforeAll(async () => {
  service = await startApp();
  speech = service.app.get(BuiltInSpeech, { strict: false });
});
afterAll(() => service.close());

async function say(text: string, voiceId: string | null = null, signal = new AbortController().signal) {
  const pieces: Int16Array[] = [];
  for await (const piece of speech.speak({ text, voiceId, signal })) pieces.push(piece);
  return pieces;
}

const seconds = (pieces: Int16Array[]) => pieces.reduce((sum, { length }) => sum + length, 0) / 16_000;

describe('Speech by the built-in voices', () => {
  it.each(VOICES)('of %s lasts as long at 16 kHz as the words do', async (_, id) => {
    const pieces = await say('The quick brown fox jumps over the lazy dog.', id);
    expect(seconds(pieces)).toBeGreaterThan(1.5);
    expect(seconds(pieces)).toBeLessThan(5);
    expect(Math.max(...pieces[0])).toBeGreaterThan(3000);
  });

  it('comes sentence by sentence, and so does a voice that is not built in, as the default one', async () => {
    const pieces = await say('Good morning! Are you there? Yes.');
    expect(pieces).toHaveLength(3);
    expect(await say('Good morning!', 'somebody else')).toEqual([pieces[0]]);
    expect(await say('   ')).toEqual([]);
  });

  it('ends without an error when it is called off, and the next text is spoken', async () => {
    const stop = new AbortController();
    const [stopped, next] = [say('This will not be heard. Nor this.', null, stop.signal), say('But this will.')];
    stop.abort();
    expect(await stopped).toEqual([]);
    expect(await next).toHaveLength(1);
  });

  it('of many texts at once is the speech of each', async () => {
    const texts = Array.from({ length: 12 }, (_, i) => 'word '.repeat(i + 1));
    const lengths = (await Promise.all(texts.map((text) => say(text)))).map(seconds);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  });
});

describeWith('pocketsphinx', existsSync(POCKETSPHINX))('A recognizer', () => {
  it('understands words of the default voice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'talkstack-heard-'));
    const [samples] = await say('Hello, this is an automated assistant.');
    const file = join(folder, 'heard.raw');
    const silence = Buffer.alloc(16_000);
    writeFileSync(file, Buffer.concat([silence, Buffer.from(samples.buffer), silence]));
    const heard = execFileSync(POCKETSPHINX, ['-infile', file, '-logfn', '/dev/null'], { encoding: 'utf8' });
    expect(heard).toContain('assistant');
    rmSync(folder, { recursive: true });
  });
});
