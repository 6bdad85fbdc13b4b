import { ServerResponse } from 'node:http';
import { HOUR_MS, MINUTE_MS } from '../../src/common/clock.js';
import { ApiAnswer } from '../support/api-client.js';
import { atOnce, makeApiKey } from '../support/credentials.js';
import { join } from '../support/people.js';
import { startApp, TestApp } from '../support/start-app.js';
import { API_KEY, FakeElevenLabs, theirVoice } from './eleven-labs.js';

const LABELS = {
  accent: 'American',
  description: 'expressive',
  age: 'middle-aged',
  gender: 'female',
  use_case: 'social media',
};
const SILENT = { accent: '', description: '', age: '', gender: '', use_case: '' };

let provider: FakeElevenLabs;
let world: TestApp;
let service: TestApp;
/** A key, for the clock runs away from every token. */
let apiKey: string;
beforeAll(async () => {
  world = await startApp();
  apiKey = await makeApiKey(world, await join(world));
});
afterAll(() => world.close());
/** Each story begins with a service that has asked nothing yet. */
beforeEach(async () => {
  provider = new FakeElevenLabs();
  await provider.open();
  provider.voices = [theirVoice('Rachel000000000000aa')];
  service = await world.another({ ELEVENLABS_API_KEY: API_KEY, ELEVENLABS_URL: `${provider.url}/` });
});
afterEach(() => provider.close());

const list = (): Promise<ApiAnswer> => service.api.as({ apiKey }).get('/voices');
const get = (id: string): Promise<ApiAnswer> => service.api.as({ apiKey }).get(`/voices/${id}`);
const idsOf = ({ body }: ApiAnswer): string[] => body.voices.map(({ voice_id }: any) => voice_id);

describe('The voices of an ElevenLabs account', () => {
  it('are returned with the documented fields only', async () => {
    const { status, body } = await list();
    const voice = {
      name: 'Rachel',
      labels: LABELS,
      voice_id: 'Rachel000000000000aa',
      preview_url: 'https://audio.example.test/Rachel000000000000aa.mp3',
    };
    expect({ status, voices: body.voices }).toEqual({ status: 200, voices: [voice] });
    expect((await get(voice.voice_id)).body.voice).toEqual(voice);
  });

  it('have all labels, also those that ElevenLabs omits or names differently', async () => {
    provider.voices = [
      theirVoice('a', { labels: {} }),
      theirVoice('b', { labels: null }),
      theirVoice('c', { labels: { accent: 7, age: null, gender: 'male' } }),
      theirVoice('d', { labels: { descriptive: 'calm', 'use case': 'narration', language: 'en' } }),
    ];
    const { body } = await list();
    expect(body.voices.map(({ labels }: any) => labels)).toEqual([
      SILENT,
      SILENT,
      { ...SILENT, gender: 'male' },
      { ...SILENT, description: 'calm', use_case: 'narration' },
    ]);
  });

  it('do not include malformed entries, nor sample URLs other than http and https', async () => {
    provider.voices = [
      theirVoice('a', { preview_url: null }),
      theirVoice('b', { preview_url: 'javascript:alert(1)' }),
      theirVoice('c', { name: null }),
      theirVoice('', {}),
      null as unknown as object,
    ];
    const { body } = await list();
    expect(body.voices.map(({ voice_id, preview_url }: any) => [voice_id, preview_url])).toEqual([
      ['a', ''],
      ['b', ''],
    ]);
  });

  it("are collected from all pages of ElevenLabs' list", async () => {
    provider.voices = Array.from({ length: 250 }, (_, index) => theirVoice(`voice${index}`));
    const ids = provider.voices.map(({ voice_id }: any) => voice_id);
    const last = await service.api.as({ apiKey }).get('/voices?page=3');
    expect([idsOf(await list()), idsOf(last)]).toEqual([ids.slice(0, 100), ids.slice(200)]);
    expect(last.headers.get('x-total-count')).toBe('250');
    expect(provider.requests).toHaveLength(3);
  });

  it('have no sample at our own preview endpoint', async () => {
    for (const id of ['Rachel000000000000aa', '388RBsNDjMwsbQLvGO8L']) {
      expect(await service.api.get(`/voices/${id}/preview`)).toMatchObject({
        status: 404,
        body: { code: 'VOICE_NOT_FOUND' },
      });
    }
    expect(provider.requests).toEqual([]);
  });

  it('are fetched once for 20 requests at once, and then once an hour', async () => {
    expect((await atOnce(20, list)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(provider.requests).toHaveLength(1);
    provider.voices.push(theirVoice('new'));
    service.clock.advance(HOUR_MS - MINUTE_MS);
    expect(idsOf(await list())).not.toContain('new');
    service.clock.advance(MINUTE_MS);
    expect(idsOf(await list())).toContain('new');
    expect(provider.requests).toHaveLength(2);
  });

  it('are fetched again for an unknown id, at most once a minute', async () => {
    await list();
    service.clock.advance(MINUTE_MS);
    provider.voices.push(theirVoice('new'));
    expect((await get('new')).body.voice).toMatchObject({ voice_id: 'new' });
    expect((await atOnce(10, () => get('unknown'))).map(({ status }) => status)).toEqual(
      Array.from({ length: 10 }, () => 404),
    );
    expect(provider.requests).toHaveLength(2);
    service.clock.advance(MINUTE_MS);
    expect(await get('unknown')).toMatchObject({ status: 404, body: { code: 'VOICE_NOT_FOUND' } });
    expect(provider.requests).toHaveLength(3);
  });

  it('are not fetched for a request without credentials', async () => {
    expect((await service.api.get('/voices')).status).toBe(401);
    expect(provider.requests).toEqual([]);
  });
});

/** Answers that are no list of voices. */
const NONSENSE: [string, (response: ServerResponse) => void][] = [
  ['refuses the key', (response) => response.writeHead(401).end(`{"detail":"${API_KEY}"}`)],
  ['is out of order', (response) => response.writeHead(500).end('oops')],
  ['hangs up', (response) => response.socket?.destroy()],
  ['says nothing', (response) => response.writeHead(200)],
  ['answers no JSON', (response) => response.end(`<html>${API_KEY}</html>`)],
  ['answers null', (response) => response.end('null')],
  ['answers something else', (response) => response.end('{"voices":{"length":1}}')],
  ['stops in the middle', (response) => response.writeHead(200, { 'content-length': '100' }).end('{"voices":[')],
  ['has always more', (response) => response.end('{"voices":[],"has_more":true,"next_page_token":"x"}')],
  ['has more, but not where', (response) => response.end('{"voices":[],"has_more":true,"next_page_token":null}')],
];

describe('While ElevenLabs', () => {
  it.each(NONSENSE)('%s, the list is 503, or the last known one; nobody sees the API key', async (_, bad) => {
    provider.misbehave = bad;
    const first = await list();
    expect(first).toMatchObject({ status: 503, body: { status: 'error', code: 'VOICES_UNAVAILABLE' } });
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(Number(first.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    const asked = provider.requests.length;
    expect((await get('Rachel000000000000aa')).status).toBe(503);
    expect(provider.requests).toHaveLength(asked);

    provider.misbehave = undefined;
    service.clock.advance(MINUTE_MS);
    expect(idsOf(await list())).toEqual(['Rachel000000000000aa']);

    provider.misbehave = bad;
    service.clock.advance(HOUR_MS);
    const before = provider.requests.length;
    expect(idsOf(await list())).toEqual(['Rachel000000000000aa']);
    const after = provider.requests.length;
    expect(after).toBeGreaterThan(before);
    expect((await get('Rachel000000000000aa')).status).toBe(200);
    expect((await get('unknown')).status).toBe(404);
    expect(provider.requests).toHaveLength(after);

    const warnings = service.logs.filter((line) => line.includes('"context":"ElevenLabsVoices"'));
    expect(warnings).toHaveLength(3);
    expect(service.logs.join('') + JSON.stringify(first.body)).not.toContain(API_KEY);
  });

  it('sends too large a list, reading stops early', async () => {
    let sent = 0;
    provider.misbehave = (response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, ' ');
      const more = (): void => {
        if (response.destroyed) return;
        sent += chunk.length;
        response.write(chunk, () => setImmediate(more));
      };
      more();
    };
    expect((await list()).status).toBe(503);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    expect(service.logs.join('')).toContain('too large');
  });

  it('redirects to another server, the API key is not sent there', async () => {
    const elsewhere = new FakeElevenLabs();
    await elsewhere.open();
    provider.misbehave = (response) => response.writeHead(302, { location: `${elsewhere.url}/v2/voices` }).end();
    expect((await list()).status).toBe(503);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('is unreachable, the list is 503 and the service stays ready', async () => {
    await provider.close();
    expect((await list()).status).toBe(503);
    expect((await service.api.get('/health/ready')).status).toBe(200);
    expect(service.logs.join('')).toContain('ECONNREFUSED');
    await provider.open();
  });

  it('responds again, voices are listed again, even after the clock was put back', async () => {
    expect((await list()).status).toBe(200);
    provider.voices.push(theirVoice('new'));
    service.clock.advance(-HOUR_MS);
    expect(idsOf(await list())).toContain('new');
  });
});
