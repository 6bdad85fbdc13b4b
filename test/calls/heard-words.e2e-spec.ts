import { DEEPGRAM_KEY, DeepgramTwin } from '../doubles/deepgram-twin.js';
import { makeCall, openDesk } from '../support/calls.js';
import { join } from '../support/people.js';
import { PhonePage } from '../support/phone-page.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const SECRET = 'My plum tree is called Hortensia.';

const twin = new DeepgramTwin();
let service: TestApp;
let page: PhonePage;
beforeAll(async () => {
  await twin.open();
  service = await startApp({
    CALL_POLL_MS: '20',
    POCKETSPHINX: 'off',
    DEEPGRAM_API_KEY: DEEPGRAM_KEY,
    DEEPGRAM_URL: twin.url,
  });
  page = await PhonePage.open(service);
});
afterAll(async () => {
  page.close();
  await page.closed;
  await service.close();
  await twin.close();
});

describe('What is said in a call', () => {
  it('is streamed to the recognizer, and its words are answered, shown and stored, but not logged', async () => {
    const ada = await join(service);
    const api = service.api.as(ada);
    const { sid } = await makeCall(service, ada, await openDesk(service, ada), { number: '+12025550111' });
    const call = await page.accept('+12025550111');
    await until(() => twin.connections.length === 1);
    page.speak(call, 3000);
    await until(() => twin.last.bytes >= 640);
    await page.until(() => page.told.find(({ text }) => text?.includes('Do you have a moment?')));
    twin.hear('My plum tree');
    await page.until(() => page.told.find(({ role, text }) => role === 'person' && text === 'My plum tree'));
    twin.hear(SECRET, { is_final: true, speech_final: true });
    await page.until(() => page.told.find(({ text }) => text?.includes('No language model is set here')));
    page.say({ type: 'hang-up', call });
    await until(() => twin.last.texts.includes('CloseStream'));
    const ended = await until(async () => {
      const { body } = await api.post('/call', { sid });
      return body.status === 'completed' && body;
    });
    expect(ended.transcript).toContainEqual(expect.objectContaining({ role: 'person', text: SECRET }));
    expect(service.logs.join('')).toContain('speech-to-text: Deepgram');
    expect(service.logs.join('')).not.toMatch(/Hortensia|dg-key/);
    expect((await service.api.get('/health/ready')).body.providers.speechToText).toEqual(['Deepgram']);
  });
});
