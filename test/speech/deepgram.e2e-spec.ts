import { DeepgramClient } from '@deepgram/sdk';
import { ProviderError } from '../../src/common/provider-error.js';
import { Deepgram } from '../../src/speech/recognition/deepgram.js';
import { DeepgramSettings } from '../../src/speech/recognition/deepgram.settings.js';
import { Recognition } from '../../src/speech/recognition/speech-recognizer.js';
import { StageTimers } from '../conversations/stage-timers.js';
import { DEEPGRAM_KEY, DeepgramTwin } from '../doubles/deepgram-twin.js';
import { until } from '../support/until.js';

const FRAME = new Int16Array(320).fill(5000);

let twin: DeepgramTwin;
let timers: StageTimers;
let heard: string[];
let failures: ProviderError[];
beforeEach(async () => {
  twin = new DeepgramTwin();
  await twin.open();
  timers = new StageTimers();
  [heard, failures] = [[], []];
});
afterEach(() => twin.close());

function open(key = DEEPGRAM_KEY, language = 'en'): Recognition {
  const settings = Object.assign(new DeepgramSettings(), { DEEPGRAM_API_KEY: key, DEEPGRAM_URL: `${twin.url}/` });
  return new Deepgram(settings, timers).open(language, {
    interim: (text) => heard.push(`${text}…`),
    final: (text) => heard.push(text),
    failed: (error) => failures.push(error),
  });
}

async function connected(): Promise<Recognition> {
  const recognition = open();
  recognition.write(FRAME);
  await until(() => twin.connections[0]?.bytes === 640);
  return recognition;
}

describe('Deepgram', () => {
  it('is spoken with as the vendor’s own client does', async () => {
    const url = twin.url.replace('http', 'ws');
    const environment = { base: twin.url, production: url, agent: url, agentRest: twin.url };
    const client = new DeepgramClient({ apiKey: DEEPGRAM_KEY, environment });
    const asked = { model: 'nova-3', encoding: 'linear16', sample_rate: 16_000, interim_results: 'true' } as const;
    const socket = await client.listen.v1.connect({
      ...asked,
      Authorization: `Token ${DEEPGRAM_KEY}`,
      reconnectAttempts: 0,
    });
    const told: any[] = [];
    socket.on('message', (message) => told.push(message));
    let closeCode = 0;
    socket.on('close', ({ code }: { code: number }) => (closeCode = code));
    socket.connect();
    await socket.waitForOpen();
    twin.words = 'Good morning.';
    socket.sendMedia(FRAME);
    socket.sendKeepAlive({ type: 'KeepAlive' });
    socket.sendFinalize({ type: 'Finalize' });
    await until(() => told.length === 1);
    expect(told[0]).toMatchObject({ type: 'Results', is_final: true, from_finalize: true });
    expect(told[0].channel.alternatives[0].transcript).toBe('Good morning.');
    socket.sendCloseStream({ type: 'CloseStream' });
    await until(() => closeCode === 1000);
    expect(told.at(-1)).toMatchObject({ type: 'Metadata' });
    const theirs = twin.last;
    expect(theirs).toMatchObject({ bytes: 640, texts: ['KeepAlive', 'Finalize', 'CloseStream'] });

    const ours = await (async () => {
      const recognition = open();
      recognition.write(FRAME);
      await until(() => twin.connections.length === 2 && twin.last.bytes === 640);
      await recognition.finishTurn();
      recognition.close();
      await until(() => twin.last.texts.includes('CloseStream'));
      return twin.last;
    })();
    expect(ours.texts).toEqual(['Finalize', 'CloseStream']);
    for (const name of ['model', 'encoding', 'sample_rate', 'interim_results']) {
      expect([name, ours.query.get(name)]).toEqual([name, theirs.query.get(name)]);
    }
    expect(failures).toEqual([]);
  });

  it('hears what is said before the connection is open', async () => {
    const recognition = open(DEEPGRAM_KEY, 'de');
    for (let i = 0; i < 10; i += 1) recognition.write(FRAME);
    await until(() => twin.connections[0]?.bytes === 6400);
    expect(twin.last.query.get('language')).toBe('de');
    recognition.close();
  });

  it('tells pieces as they come, final ones once, and the end of a turn with its last words', async () => {
    const recognition = await connected();
    twin.hear('good');
    twin.hear('good morning');
    twin.hear('Good morning.', { is_final: true });
    twin.hear('', { is_final: true, speech_final: true });
    twin.tell({ type: 'UtteranceEnd', last_word_end: 1 });
    twin.tell({ type: 'Results', channel: { alternatives: [] } });
    twin.words = 'This is Ada.';
    await recognition.finishTurn();
    expect(heard).toEqual(['good…', 'good morning…', 'Good morning.', 'This is Ada.']);
    recognition.close();
  });

  it('does not hold a turn up whose last words come late, and tells them all the same', async () => {
    const recognition = await connected();
    twin.misbehave = () => undefined;
    const finished = recognition.finishTurn();
    await timers.advance(600);
    await finished;
    twin.hear('Late.', { is_final: true, from_finalize: true });
    await until(() => heard.length === 1);
    recognition.close();
  });

  it('keeps a connection open over which no sound comes', async () => {
    const recognition = await connected();
    await timers.advance(4000);
    expect(twin.last.texts).toEqual([]);
    await timers.advance(8000);
    await until(() => twin.last.texts.length === 2);
    expect(twin.last.texts).toEqual(['KeepAlive', 'KeepAlive']);
    recognition.close();
    await timers.advance(20_000);
  });

  it.each([
    [401, {}, 'refused', undefined],
    [402, {}, 'refused', undefined],
    [429, { 'retry-after': '7' }, 'rate-limited', 7000],
    [503, {}, 'unavailable', undefined],
    [302, { location: 'http://127.0.0.1:1/' }, 'refused', undefined],
  ] as const)('that refuses with %d is tried once and quoted never', async (status, headers, kind, retryAfterMs) => {
    twin.refusal = { status, headers };
    const recognition = open();
    await until(() => failures.length === 1);
    expect(failures[0]).toMatchObject({ kind, retryAfterMs });
    expect(failures[0].message).not.toMatch(/secret|dg-key/);
    recognition.write(FRAME);
    await recognition.finishTurn();
    recognition.close();
    expect(twin.tries).toBe(1);
  });

  it.each([
    ['closes with 1008', 'refused', (twin: DeepgramTwin) => twin.last.socket.close(1008, 'My secret')],
    ['closes with 1011', 'unavailable', (twin: DeepgramTwin) => twin.last.socket.close(1011)],
    ['closes with 1000', 'cut-off', (twin: DeepgramTwin) => twin.last.socket.close(1000)],
    ['breaks off', 'cut-off', (twin: DeepgramTwin) => twin.last.socket.terminate()],
    ['sends what is no JSON', 'nonsense', (twin: DeepgramTwin) => twin.last.socket.send('My secret is 7.')],
    ['sends bytes', 'nonsense', (twin: DeepgramTwin) => twin.last.socket.send(Buffer.alloc(10))],
    ['sends too much', 'unavailable', (twin: DeepgramTwin) => twin.last.socket.send('x'.repeat(300_000))],
  ] as const)('that %s has failed, once, and holds no turn up', async (_, kind, act) => {
    const recognition = await connected();
    twin.misbehave = () => undefined;
    const finished = recognition.finishTurn();
    act(twin);
    await finished;
    await until(() => failures.length === 1);
    expect(failures).toMatchObject([{ kind, message: expect.not.stringContaining('secret') }]);
    recognition.close();
  });

  it('that does not answer, or takes no sound, has failed', async () => {
    twin.hangs = true;
    open();
    await until(() => twin.tries === 1);
    await timers.advance(5000);
    expect(failures).toMatchObject([{ kind: 'late' }]);
    const recognition = open();
    for (let i = 0; i < 501; i += 1) recognition.write(FRAME);
    expect(failures).toMatchObject([{ kind: 'late' }, { kind: 'late' }]);
  });
});
