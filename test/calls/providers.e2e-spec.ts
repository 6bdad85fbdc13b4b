import { AUDIO_KEY, AudioApiTwin } from '../doubles/audio-api-twin.js';
import { CHAT_KEY, ChatTwin } from '../doubles/chat-twin.js';
import { FAULTS } from '../doubles/faults.js';
import { makeCall, openDesk } from '../support/calls.js';
import { join } from '../support/people.js';
import { PhonePage } from '../support/phone-page.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const METRICS_TOKEN = 'a token for metrics alone';
const SECRET = 'My plum tree is called Hortensia.';

const [model, speech] = [new ChatTwin(), new AudioApiTwin()];
let service: TestApp;
let page: PhonePage;
beforeAll(async () => {
  await Promise.all([model.open(), speech.open()]);
  service = await startApp({
    CALL_POLL_MS: '20',
    POCKETSPHINX: 'off',
    METRICS_TOKEN,
    LLM_URL: model.url,
    LLM_API_KEY: CHAT_KEY,
    LLM_MODEL: 'chat-twin',
    TTS_URL: speech.url,
    TTS_API_KEY: AUDIO_KEY,
    TTS_MODEL: 'tts-twin',
    TTS_VOICES: 'alloy, af_bella',
  });
  page = await PhonePage.open(service);
});
afterAll(async () => {
  page.close();
  await page.closed;
  await service.close();
  await Promise.all([model.close(), speech.close()]);
});

describe('Calls whose providers fail', () => {
  it('fall back to the built-in voices, end with an apology when no model answers, and report the failure to the operator only', async () => {
    model.misbehave = FAULTS.away;
    speech.misbehave = FAULTS.away;
    const ada = await join(service);
    const api = service.api.as(ada);
    const voices = (await api.get('/voices')).body.voices.map(({ voice_id }: { voice_id: string }) => voice_id);
    expect(voices).toEqual(['alloy', 'af_bella']);
    expect((await api.get('/voices/af_bella')).body.voice.name).toBe('af_bella');
    const desk = await openDesk(service, ada, { voice_id: 'af_bella' });
    const { sid } = await makeCall(service, ada, desk, { number: '+12025550111' });
    const call = await page.accept('+12025550111');
    await page.until(() => page.sound.some(({ samples }) => samples.some((sample) => Math.abs(sample) > 1000)));
    page.say({ type: 'text', call, text: SECRET });
    const says = (words: string) => page.until(() => page.told.find(({ text }) => text?.includes(words)));
    await says('could you say that again');
    page.say({ type: 'text', call, text: SECRET });
    const ended = await until(async () => {
      const { body } = await api.post('/call', { sid });
      return body.status === 'failed' && body;
    });
    expect(ended.endedReason).toBe('language-model-unavailable');
    expect(ended.transcript.at(-1)).toMatchObject({
      role: 'agent',
      text: 'I am sorry, I cannot go on right now. Goodbye.',
    });
    const logs = service.logs.join('');
    expect(logs).toContain('language-model: chat-twin at 127.0.0.1');
    expect(logs).toMatch(/text-to-speech: tts-twin at \S+ failed, unavailable \(status 503\); flite takes its place/);
    expect(logs).not.toMatch(/Hortensia|automated assistant|sk-a/);
    const metrics = (await service.api.as({ token: METRICS_TOKEN }).get('/metrics')).body;
    expect(metrics).toMatch(/provider_errors_total\{part="language-model",kind="unavailable"\} 2\n/);
    expect(metrics).toMatch(/provider_errors_total\{part="text-to-speech",kind="unavailable"\} [1-9]/);
    expect((await service.api.get('/health/ready')).body.providers).toEqual({
      languageModel: ['chat-twin'],
      speechToText: [],
      textToSpeech: ['tts-twin', 'flite'],
    });
  });
});
