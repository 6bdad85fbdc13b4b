import { createAgent } from '../support/agents.js';
import { join, Person } from '../support/people.js';
import { createProject } from '../support/projects.js';
import { startApp, TestApp } from '../support/start-app.js';
import { API_KEY, FakeElevenLabs, theirVoice } from '../voices/eleven-labs.js';

const RACHEL = 'Rachel000000000000aa';

let service: TestApp;
let ada: Person;
let projectId: string;
let voices: string[];
beforeAll(async () => {
  service = await startApp();
  ada = await join(service);
  projectId = (await createProject(service, ada)).id;
  const { body } = await service.api.as(ada).get('/voices');
  voices = body.voices.map(({ voice_id }: { voice_id: string }) => voice_id);
});
afterAll(() => service.close());

const create = (voice_id: unknown, at = service) =>
  at.api.as(ada).post('/agent/create-agent', { name: 'Jo', systemInstruction: 'Hello.', projectId, voice_id });
const change = (agentId: string, voice_id: unknown, at = service) =>
  at.api.as(ada).put('/agent', { projectId, agentId, voice_id });

describe('The voice of an agent', () => {
  it('can be set to a listed voice at creation or later, and removed with null', async () => {
    const [first, second] = voices;
    const { body } = await create(` ${first} `);
    expect(body.voice_id).toBe(first);
    expect((await change(body.id, second)).body.voice_id).toBe(second);
    expect((await change(body.id, null)).body.voice_id).toBeNull();
    const read = await service.api.as(ada).post('/agent', { projectId, agentId: body.id });
    expect(read.body.voice_id).toBeNull();
  });

  it('is none when it is not sent, null or blank', async () => {
    for (const nothing of [undefined, null, '', '  ']) expect((await create(nothing)).body.voice_id).toBeNull();
  });

  it('is refused when it is unknown, and then nothing is created or changed', async () => {
    const before = (await service.api.as(ada).get(`/agent/${projectId}`)).body;
    const [{ id }] = before;
    for (const unknown of ['nobody', voices[0].toLowerCase(), '__proto__', '\u0000', '\ud800', 'a'.repeat(64)]) {
      for (const answer of [await create(unknown), await change(id, unknown)]) {
        expect(answer).toMatchObject({ status: 400, body: { code: 'VOICE_UNKNOWN' } });
      }
    }
    for (const wrong of [5, ['a'], {}, 'a'.repeat(65)]) {
      for (const answer of [await create(wrong), await change(id, wrong)]) {
        expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'voice_id' }] } });
      }
    }
    expect((await service.api.as(ada).get(`/agent/${projectId}`)).body).toEqual(before);
  });
});

describe('While the voices’ provider', () => {
  let provider: FakeElevenLabs;
  let elsewhere: TestApp;
  beforeEach(async () => {
    provider = new FakeElevenLabs();
    await provider.open();
    provider.voices = [theirVoice(RACHEL)];
    elsewhere = await service.another({ ELEVENLABS_API_KEY: API_KEY, ELEVENLABS_URL: provider.url });
  });
  afterEach(() => provider.close());

  it('answers, its voices are the ones that are known', async () => {
    expect((await create(RACHEL, elsewhere)).body.voice_id).toBe(RACHEL);
    expect((await create(voices[0], elsewhere)).body.code).toBe('VOICE_UNKNOWN');
  });

  it('is away, setting a voice responds 503 with Retry-After, and everything else works', async () => {
    const { id } = await createAgent(service, ada, projectId, { voice_id: voices[0] });
    provider.misbehave = (response) => void response.writeHead(500).end();
    for (const answer of [await create(RACHEL, elsewhere), await change(id, RACHEL, elsewhere)]) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'VOICES_UNAVAILABLE' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await create(undefined, elsewhere)).status).toBe(200);
    const named = await elsewhere.api.as(ada).put('/agent', { projectId, agentId: id, name: 'Ann' });
    expect(named.body).toMatchObject({ name: 'Ann', voice_id: voices[0] });
    expect((await change(id, null, elsewhere)).body.voice_id).toBeNull();
  });
});
