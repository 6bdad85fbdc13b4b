import { SECOND_MS } from '../../src/common/clock.js';
import { Providers } from '../../src/common/providers.js';
import { CallSpeech } from '../../src/speech/synthesis/call-speech.js';
import { StageTimers } from '../conversations/stage-timers.js';
import { FAULTS } from '../doubles/faults.js';
import { heardLog } from '../support/heard-log.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';
import { hear, lastResort, SECRET, VoiceProviders } from './voice-providers.js';

const twins = new VoiceProviders();
const { elevenLabs, server } = twins;
let logs: string[];
beforeAll(() => twins.open());
afterAll(() => twins.close());
beforeEach(() => {
  logs = heardLog();
  twins.reset();
});

describe('Several providers of speech', () => {
  let clock: TestClock;
  let timers: StageTimers;
  let providers: Providers;
  let speech: CallSpeech;
  beforeEach(() => {
    clock = new TestClock();
    timers = new StageTimers();
    providers = new Providers();
    speech = new CallSpeech([twins.byElevenLabs(), twins.byServer(), lastResort], { providers, clock, timers });
  });
  const length = SECRET.length * 640;

  it('are tried in their order, each with a voice of its own; who has the voice is asked first', async () => {
    expect(providers.inUse('text-to-speech')).toEqual([
      'ElevenLabs',
      expect.stringMatching(/^tts-twin at /),
      'last resort',
    ]);
    expect((await hear(speech, 'Rachel')).samples).toHaveLength(length);
    await hear(speech, 'nova');
    expect([elevenLabs.spoken.length, server.requests.at(-1)!.voice]).toEqual([1, 'nova']);
    expect((await hear(speech, 'own')).samples).toHaveLength(160);
    elevenLabs.misbehave = FAULTS.away;
    await hear(speech, 'Bella');
    expect(server.requests.at(-1)!.voice).toBe('alloy');
    server.misbehave = FAULTS.wrongKey;
    expect((await hear(speech, 'Bella', 'Others.')).samples).toHaveLength(160);
    expect(logs).toEqual([
      expect.stringMatching(
        /^text-to-speech: ElevenLabs failed, unavailable \(status 503\); tts-twin at .* takes its place$/,
      ),
      expect.stringMatching(/^text-to-speech: ElevenLabs failed, unavailable/),
      expect.stringMatching(
        /^text-to-speech: tts-twin at .* failed, refused \(status 401\); last resort takes its place$/,
      ),
    ]);
    expect([...providers.faults]).toEqual([
      { part: 'text-to-speech', kind: 'unavailable', count: 2 },
      { part: 'text-to-speech', kind: 'refused', count: 1 },
    ]);
    expect(logs.join('')).not.toMatch(/secret|Others|sk[-_]a/);
  });

  it.each([
    ['busy', 'rate-limited'],
    ['nonsense', 'nonsense'],
    ['empty', 'nonsense'],
    ['silence', 'nonsense'],
  ] as const)('replace one that is %s', async (fault, kind) => {
    elevenLabs.misbehave = FAULTS[fault];
    expect(Math.abs((await hear(speech)).samples.length - length)).toBeLessThan(32);
    expect([...providers.faults]).toMatchObject([{ kind, count: 1 }]);
  });

  it('replace one that does not begin within two seconds', async () => {
    let arrived = false;
    elevenLabs.misbehave = () => void (arrived = true);
    const heard = hear(speech);
    await until(() => arrived);
    await timers.advance(2000);
    expect((await heard).error).toBeNull();
    expect([...providers.faults]).toMatchObject([{ kind: 'late' }]);
  });

  it('never finish each other’s sentences, broken off or stalled', async () => {
    elevenLabs.misbehave = FAULTS.cut;
    expect(await hear(speech)).toMatchObject({ error: { kind: 'cut-off' } });
    elevenLabs.misbehave = FAULTS.stall;
    let isHeard = false;
    const heard = hear({
      speak: async function* (request) {
        for await (const piece of speech.speak(request)) {
          isHeard = true;
          yield piece;
        }
      },
    });
    await until(() => isHeard);
    await timers.advance(4000);
    expect(await heard).toMatchObject({ error: { kind: 'late' } });
    expect(server.requests).toHaveLength(0);
  });

  it('leave one that failed three times in a row alone for 20 s, then one call tries it', async () => {
    elevenLabs.misbehave = FAULTS.away;
    const asked = () => elevenLabs.requests.length;
    const before = asked();
    for (let i = 0; i < 5; i += 1) await hear(speech, 'nobody', `Text ${i}.`);
    expect(asked() - before).toBe(3);
    clock.advance(20 * SECOND_MS);
    elevenLabs.misbehave = FAULTS.hang;
    const stop = new AbortController();
    const probing = hear(speech, 'nobody', 'A probe.', stop.signal);
    await until(() => asked() - before === 4);
    await hear(speech, 'nobody', 'Beside the probe.');
    expect(asked() - before).toBe(4);
    stop.abort();
    await probing;
    elevenLabs.misbehave = undefined;
    await hear(speech, 'nobody', 'Another probe.');
    await hear(speech, 'nobody', 'And on.');
    expect(elevenLabs.spoken.map(({ text }) => text)).toEqual(['Another probe.', 'And on.']);
  });

  it('leave one alone for as long as it asks', async () => {
    elevenLabs.misbehave = FAULTS.busy;
    await hear(speech, 'nobody', 'One.');
    elevenLabs.misbehave = undefined;
    clock.advance(6 * SECOND_MS);
    await hear(speech, 'nobody', 'Two.');
    expect(elevenLabs.spoken).toHaveLength(0);
    clock.advance(SECOND_MS);
    await hear(speech, 'nobody', 'Three.');
    expect(elevenLabs.spoken).toHaveLength(1);
  });

  it('are all asked when all are left alone, for a call has nobody else', async () => {
    const only = new CallSpeech([twins.byServer()], { providers, clock, timers });
    server.misbehave = FAULTS.away;
    for (let i = 0; i < 4; i += 1) expect((await hear(only)).error).toMatchObject({ kind: 'unavailable' });
    server.misbehave = undefined;
    expect((await hear(only)).error).toBeNull();
  });
});
