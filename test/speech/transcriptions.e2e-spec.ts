import OpenAI, { toFile } from 'openai';
import { SECOND_MS } from '../../src/common/clock.js';
import { FailOver } from '../../src/common/fail-over.js';
import { ProviderError } from '../../src/common/provider-error.js';
import { Providers } from '../../src/common/providers.js';
import { RecognizerChain } from '../../src/speech/recognition/recognizer-chain.js';
import { Recognition, SpeechRecognizer } from '../../src/speech/recognition/speech-recognizer.js';
import { TranscriptionServer } from '../../src/speech/recognition/transcription-server.js';
import { StageTimers } from '../conversations/stage-timers.js';
import { AUDIO_KEY, AudioApiTwin } from '../doubles/audio-api-twin.js';
import { FAULTS } from '../doubles/faults.js';
import { heardLog } from '../support/heard-log.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

const LOUD = new Int16Array(320).fill(5000);

const [first, second] = [new AudioApiTwin(), new AudioApiTwin()];
let timers: StageTimers;
let heard: string[];
let failures: ProviderError[];
let logs: string[];
beforeAll(() => Promise.all([first.open(), second.open()]));
afterAll(() => Promise.all([first.close(), second.close()]));
beforeEach(() => {
  timers = new StageTimers();
  logs = heardLog();
  [heard, failures] = [[], []];
  second.words = 'By the second.';
  for (const twin of [first, second]) {
    twin.misbehave = undefined;
    twin.requests.length = 0;
  }
});

const by = (twin: AudioApiTwin, apiKey = AUDIO_KEY) =>
  new TranscriptionServer({ url: twin.url, apiKey, model: 'whisper-twin' }, timers);

const open = (recognizer: SpeechRecognizer) =>
  recognizer.open('en-US', {
    interim: () => undefined,
    final: (text) => heard.push(text),
    failed: (error) => failures.push(error),
  });

/** A turn of a second, to its last words. */
function turn(recognition: Recognition): Promise<void> {
  for (let i = 0; i < 50; i += 1) recognition.write(LOUD);
  return recognition.finishTurn();
}

describe('Speech to text by a server of OpenAI’s kind', () => {
  it('is asked with each turn as a WAV file, as the vendor’s own client asks', async () => {
    const recognition = open(by(first));
    await turn(recognition);
    recognition.close();
    expect(heard).toEqual(['Good morning.']);
    const { file, ...fields } = first.requests[0];
    expect(fields).toEqual({ model: 'whisper-twin', language: 'en', response_format: 'json' });
    expect(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)]).toEqual([1, 16_000, 16]);
    expect(file).toHaveLength(44 + file.readUInt32LE(40));
    expect(file.readUInt32LE(40)).toBe(32_000);
    const client = new OpenAI({ baseURL: first.url, apiKey: AUDIO_KEY, maxRetries: 0 });
    const asked = {
      ...fields,
      model: 'whisper-twin',
      response_format: 'json',
      file: await toFile(file, 'turn.wav'),
    } as const;
    expect(await client.audio.transcriptions.create(asked)).toMatchObject({ text: 'Good morning.' });
    expect(first.requests[1]).toEqual(first.requests[0]);
  });

  it('tells the words of turns in their order, whichever answer comes first', async () => {
    const recognition = open(by(first));
    let answerFirst = () => {};
    first.misbehave = (response) => {
      first.misbehave = undefined;
      answerFirst = () => response.end(JSON.stringify({ text: 'The first.' }));
    };
    const one = turn(recognition);
    await until(() => first.requests.length === 1);
    const two = turn(recognition);
    await until(() => first.requests.length === 2);
    answerFirst();
    await Promise.all([one, two]);
    expect(heard).toEqual(['The first.', 'Good morning.']);
  });

  it.each([
    ['away', 'unavailable'],
    ['wrongKey', 'refused'],
    ['busy', 'rate-limited'],
    ['nonsense', 'nonsense'],
    ['empty', 'nonsense'],
    ['cut', 'unavailable'],
  ] as const)('that is %s fails as %s, once, and quotes nothing', async (fault, kind) => {
    first.misbehave = FAULTS[fault];
    const recognition = open(by(first));
    await turn(recognition);
    await turn(recognition);
    expect(failures).toMatchObject([{ kind, message: expect.not.stringMatching(/secret|sk-a/) }]);
  });

  it('that is silent has failed after five seconds; of a call that is over nothing is told', async () => {
    first.misbehave = FAULTS.hang;
    const [one, two] = [open(by(first)), open(by(first))];
    const before = first.cutConnections;
    const finished = [turn(one), turn(two)];
    await until(() => first.requests.length === 2);
    two.close();
    await timers.advance(5000);
    await Promise.all(finished);
    expect(failures).toMatchObject([{ kind: 'late' }]);
    await until(() => first.cutConnections === before + 2);
  });
});

describe('Several recognizers', () => {
  let clock: TestClock;
  let providers: Providers;
  let chain: RecognizerChain;
  beforeEach(() => {
    clock = new TestClock();
    providers = new Providers();
    const failOver = new FailOver<SpeechRecognizer>({ part: 'speech-to-text', providers, clock, timers });
    chain = new RecognizerChain([by(first), by(second)], failOver);
  });

  it('take over in their order within a call, and the call learns of it when none is left', async () => {
    const recognition = open(chain);
    await turn(recognition);
    first.misbehave = FAULTS.away;
    await turn(recognition);
    await turn(recognition);
    expect(heard).toEqual(['Good morning.', 'By the second.']);
    second.misbehave = FAULTS.nonsense;
    await turn(recognition);
    expect(failures).toMatchObject([{ kind: 'nonsense' }]);
    await turn(recognition);
    recognition.close();
    expect(failures).toHaveLength(1);
    expect(logs).toEqual([
      expect.stringMatching(
        /^speech-to-text: whisper-twin at .* failed, unavailable \(status 503\); whisper-twin at .* takes its place$/,
      ),
      expect.stringMatching(/^speech-to-text: whisper-twin at .* failed, nonsense/),
    ]);
    expect(logs.join('')).not.toMatch(/secret|sk-a|morning/);
  });

  it('leave one that failed in three calls alone, until one call finds it well', async () => {
    first.misbehave = FAULTS.away;
    for (let i = 0; i < 4; i += 1) await turn(open(chain));
    expect(first.requests).toHaveLength(3);
    expect(heard).toEqual(['By the second.']);
    first.misbehave = undefined;
    clock.advance(20 * SECOND_MS);
    await turn(open(chain));
    expect(heard).toEqual(['By the second.', 'Good morning.']);
  });
});
