import { ElevenLabsClient } from '@elevenlabs/elevenlabs-js';
import OpenAI from 'openai';
import { SpeechCache } from '../../src/speech/synthesis/speech-cache.js';
import { AUDIO_KEY, toneFor } from '../doubles/audio-api-twin.js';
import { FAULTS } from '../doubles/faults.js';
import { until } from '../support/until.js';
import { API_KEY } from '../voices/eleven-labs.js';
import { hear, pitchOf, SECRET, VoiceProviders } from './voice-providers.js';

const twins = new VoiceProviders();
const { elevenLabs, server } = twins;
beforeAll(() => twins.open());
afterAll(() => twins.close());
beforeEach(() => twins.reset());

describe('Text to speech', () => {
  it('by ElevenLabs is the sound that the vendor’s own client gets, in the voice and model that are set', async () => {
    const { samples } = await hear(twins.byElevenLabs(), 'Rachel');
    expect(samples).toEqual(toneFor(SECRET, 16_000));
    expect(elevenLabs.requests.at(-1)).toBe('/v1/text-to-speech/Rachel/stream?output_format=pcm_16000');
    expect(elevenLabs.spoken).toEqual([{ text: SECRET, model_id: 'eleven_flash_v2_5' }]);
    const client = new ElevenLabsClient({ apiKey: API_KEY, baseUrl: elevenLabs.url, maxRetries: 0 });
    const asked = { text: SECRET, modelId: 'eleven_flash_v2_5', outputFormat: 'pcm_16000' as const };
    const stream = await client.textToSpeech.stream('Rachel', asked);
    const bytes: number[] = [];
    for await (const chunk of stream) bytes.push(...chunk);
    expect(Buffer.from(bytes)).toEqual(Buffer.from(samples.buffer));
    expect(elevenLabs.spoken[1]).toEqual(elevenLabs.spoken[0]);
    const stranger = new ElevenLabsClient({ apiKey: 'wrong', baseUrl: elevenLabs.url, maxRetries: 0 });
    await expect(stranger.textToSpeech.stream('Rachel', asked)).rejects.toMatchObject({ statusCode: 401 });
  });

  it('by a server of OpenAI’s kind is the sound that the vendor’s own client gets, at 16 kHz', async () => {
    const { samples } = await hear(twins.byServer(), 'nova');
    expect(server.requests).toEqual([{ model: 'tts-twin', voice: 'nova', input: SECRET, response_format: 'pcm' }]);
    expect(Math.abs(samples.length - SECRET.length * 640)).toBeLessThanOrEqual(32);
    expect(Math.abs(pitchOf(samples) - 440)).toBeLessThan(5);
    const client = new OpenAI({ baseURL: server.url, apiKey: AUDIO_KEY, maxRetries: 0 });
    const asked = { model: 'tts-twin', voice: 'nova', input: SECRET, response_format: 'pcm' as const };
    const answer = await client.audio.speech.create(asked);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from(toneFor(SECRET, 24_000).buffer));
    expect(server.requests[1]).toEqual(server.requests[0]);
    const stranger = new OpenAI({ baseURL: server.url, apiKey: 'wrong', maxRetries: 0 });
    await expect(stranger.audio.speech.create(asked)).rejects.toMatchObject({ status: 401 });
  });

  it('of the same words in the same voice is made once; of a speech that broke off nothing is kept', async () => {
    const cache = new SpeechCache();
    server.misbehave = FAULTS.cut;
    expect((await hear(twins.byServer(cache))).error).toMatchObject({ kind: 'cut-off' });
    server.misbehave = undefined;
    const [one, again] = [await hear(twins.byServer(cache)), await hear(twins.byServer(cache))];
    expect(again.samples).toEqual(one.samples);
    expect(server.requests).toHaveLength(2);
    await hear(twins.byServer(cache), 'nova');
    await hear(twins.byServer(cache), null, 'Something else.');
    expect(server.requests).toHaveLength(4);
  });

  it('ends at once and quietly when it is called off, and so does the request', async () => {
    server.misbehave = FAULTS.stall;
    const stop = new AbortController();
    const before = server.cutConnections;
    for await (const piece of twins.byServer().speak({ text: SECRET, voiceId: null, signal: stop.signal })) {
      expect(piece.length).toBeGreaterThan(0);
      stop.abort();
    }
    await until(() => server.cutConnections === before + 1);
  });

  it.each([
    ['away', 'unavailable'],
    ['wrongKey', 'refused'],
    ['busy', 'rate-limited'],
    ['nonsense', 'nonsense'],
    ['cut', 'cut-off'],
  ] as const)('of a provider that is %s fails as %s, and quotes nothing', async (fault, kind) => {
    elevenLabs.misbehave = server.misbehave = FAULTS[fault];
    for (const provider of [twins.byElevenLabs(), twins.byServer()]) {
      const { error } = await hear(provider, 'Rachel');
      expect(error).toMatchObject({ kind });
      expect(String(error.stack)).not.toMatch(/secret|sk[-_]a/);
    }
  });
});
