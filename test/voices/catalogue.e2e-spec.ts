import { FliteSynthesizer } from '../../src/speech/synthesis/flite-synthesizer.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { join, Person } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';

const TEXT = expect.stringMatching(/./);

let service: TestApp;
let ada: Person;
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
});
afterAll(() => service.close());

describe('The voices that ship with the service', () => {
  it('are listed with all labels, each with the URL of its sample', async () => {
    const { status, body } = await service.api.as(ada).get('/voices');
    expect(status).toBe(200);
    expect(body).toEqual({ message: TEXT, status: 'success', voices: expect.any(Array) });
    expect(body.voices).toHaveLength(5);
    for (const voice of body.voices) {
      expect(voice).toEqual({
        name: TEXT,
        labels: { accent: TEXT, description: TEXT, age: TEXT, gender: TEXT, use_case: TEXT },
        voice_id: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
        preview_url: `https://talkstack.test/voices/${voice.voice_id}/preview`,
      });
    }
    expect(new Set(body.voices.map(({ voice_id }: any) => voice_id)).size).toBe(5);
  });

  it('can be fetched one by one, with a token and with an API key', async () => {
    const { voices } = (await service.api.as(ada).get('/voices')).body;
    for (const as of [ada, { apiKey: await makeApiKey(service, ada) }]) {
      const { status, body } = await service.api.as(as).get(`/voices/${voices[1].voice_id}`);
      expect({ status, body }).toEqual({ status: 200, body: { message: TEXT, status: 'success', voice: voices[1] } });
    }
  });

  it.each(['none', 'constructor', '019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f70', 'x'.repeat(90), '%00', '%F0%9F%98%80'])(
    'do not include the id %s: the voice and its sample are 404',
    async (id) => {
      const answers = [await service.api.as(ada).get(`/voices/${id}`), await service.api.get(`/voices/${id}/preview`)];
      for (const { status, body } of answers) {
        expect({ status, body }).toMatchObject({ status: 404, body: { status: 'error', code: 'VOICE_NOT_FOUND' } });
      }
    },
  );

  it('are shown to logged-in users only', async () => {
    expect((await service.api.get('/voices')).status).toBe(401);
    expect((await service.api.get('/voices/none')).status).toBe(401);
  });

  it('never change their ids, which agents refer to', async () => {
    const { voices } = (await service.api.as(ada).get('/voices')).body;
    expect(Object.fromEntries(voices.map(({ name, voice_id }: any) => [name, voice_id]))).toEqual({
      SLT: '388RBsNDjMwsbQLvGO8L',
      RMS: 'lo8Pd6lAe7lG8wR9KNPX',
      AWB: '9uoE8CLv6jQmiaUmiasa',
      'KAL 16': '4rQPH5onGjx1saCPiFr8',
      KAL: 'h7MLd3DpXzj7lQfZqqLx',
    });
  });
});

describe('The sample of a voice', () => {
  it('is synthesized once for 20 requests at once, and again after a failure', async () => {
    const synthesize = jest.spyOn(service.app.get(FliteSynthesizer), 'synthesize');
    synthesize.mockRejectedValueOnce(new Error('out of memory'));
    const play = () => service.api.get('/voices/388RBsNDjMwsbQLvGO8L/preview');
    expect(await play()).toMatchObject({ status: 500, body: { code: 'INTERNAL_ERROR' } });
    const answers = await atOnce(20, play);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ headers }) => headers.get('etag'))).size).toBe(1);
    expect((await play()).status).toBe(200);
    expect(synthesize).toHaveBeenCalledTimes(2);
  });
});
