import { readdir, stat } from 'node:fs/promises';
import { join as path } from 'node:path';
import { HOUR_MS } from '../../src/common/clock.js';
import { FRAMES_SPOKEN, RecordedCalls } from '../support/recorded-calls.js';
import { readWav } from '../support/wav.js';

const FRAME = 320;
const APP_SECRET = 'the secret before it was changed, also 32 characters';

let calls: RecordedCalls;
beforeAll(async () => {
  calls = await RecordedCalls.start({ APP_SECRET });
});
beforeEach(() => calls.openPage());
afterEach(() => calls.closePage());
afterAll(() => calls.close());

const sounding = (samples: Iterable<number>) => [...samples].filter((sample) => sample !== 0);

describe('The recording of a call', () => {
  it('has the sound of both sides, sample by sample, and its link plays it without credentials', async () => {
    const data = await calls.recordedCall(60);
    expect(data.transcript[0].text).toMatch(/^This call is recorded\. Good morning/);
    expect(data.recordingUrls).toEqual([
      expect.stringMatching(/^https:\/\/talkstack\.test\/recordings\/CA[0-9a-f]{32}\.wav\?/),
    ]);
    const answer = await calls.fetch(data.recordingUrls[0]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('audio/wav');
    const { rate, channels } = readWav(Buffer.from(await answer.arrayBuffer()));
    expect(rate).toBe(16_000);
    const [person, agent] = channels.map(sounding);
    const spoken = Array.from({ length: FRAMES_SPOKEN * FRAME }, (_, i) => 1 + Math.floor(i / FRAME));
    // As texts, for Jest takes long to show how long lists differ.
    expect(person.join()).toBe(spoken.join());
    const sent = calls.page.sound.flatMap(({ samples }) => sounding(samples));
    expect(agent.length).toBeGreaterThan(FRAME);
    // What came before it is the announcement, during which nothing is recorded.
    const from = sent.join().indexOf(agent.slice(0, 1000).join());
    expect(from).toBeGreaterThan(8000);
    expect(sent.join().slice(from, from + agent.join().length)).toBe(agent.join());
    expect(Math.abs(channels[0].length / rate - data.seconds)).toBeLessThan(2);
    const { body: exported } = await calls.service.api.as(calls.person).get('/user/export');
    expect(exported.data.calls[0]).toMatchObject({ sid: data.sid, recording: 'whole' });
    const [file] = await readdir(calls.folder);
    expect((await stat(path(calls.folder, file))).mode & 0o777).toBe(0o600);
    expect(
      (await calls.api.post('/call/get-call-history', { projectId: data.projectId })).body.calls[0].recordingUrls,
    ).toHaveLength(1);
  });

  it('does not exist when the agent does not record, or the person hangs up before being told of it', async () => {
    const silent = await calls.talk({});
    await calls.sound(100);
    calls.page.say({ type: 'hang-up', call: silent.call });
    expect(await calls.ended(silent.sid)).toMatchObject({ recordingUrls: [] });
    const early = await calls.talk({ recording: true });
    await calls.sound(10);
    calls.page.say({ type: 'hang-up', call: early.call });
    expect(await calls.ended(early.sid)).toMatchObject({ recordingUrls: [] });
    expect(await calls.rows()).toHaveLength(1);
  });
});

describe('The link to a recording', () => {
  let link: string;
  let whole: Buffer;
  beforeAll(async () => {
    const [{ call_id: id }] = await calls.service.query('SELECT call_id FROM recordings');
    link = (await calls.data(`CA${id.replaceAll('-', '')}`)).recordingUrls[0];
    whole = await calls.bytes(link);
  });

  it('serves ranges, HEAD, and 304 for a known ETag', async () => {
    const get = (headers: Record<string, string>, method = 'GET') => calls.fetch(link, { headers, method });
    const part = await get({ range: 'bytes=44-1043' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 44-1043/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(44, 1044))).toBe(true);
    const end = await get({ range: 'bytes=-10' });
    expect(Buffer.from(await end.arrayBuffer()).equals(whole.subarray(-10))).toBe(true);
    const head = await get({}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    expect(await head.text()).toBe('');
    const etag = head.headers.get('etag') ?? '';
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ range: 'bytes=0-1', 'if-range': '"another"' })).status).toBe(200);
    expect((await get({ range: `bytes=${whole.length}-` })).status).toBe(200);
  });

  it('works for one call until it expires, and fails when one character is changed', async () => {
    const { pathname, searchParams } = new URL(link);
    const [expires, signature] = [searchParams.get('expires'), searchParams.get('signature') ?? ''];
    const other = `/recordings/CA${'0'.repeat(32)}.wav`;
    const changed = `${signature[0] === 'A' ? 'B' : 'A'}${signature.slice(1)}`;
    for (const wrong of [
      pathname,
      `${pathname}?expires=${expires}`,
      `${pathname}?signature=${signature}`,
      `${pathname}?expires=${Number(expires) + 1}&signature=${signature}`,
      `${pathname}?expires=${expires}&signature=${changed}`,
      `${pathname}?expires=${expires}&signature=${signature.slice(0, 20)}`,
      `${pathname}?expires=${expires}&signature=${signature}&signature=${signature}`,
      `${other}?expires=${expires}&signature=${signature}`,
      `/recordings/..%2f..%2fetc%2fpasswd?expires=${expires}&signature=${signature}`,
    ]) {
      const { status, body } = await calls.service.api.get(wrong);
      expect({ wrong, status, code: body.code }).toEqual({ wrong, status: 403, code: 'RECORDING_LINK_INVALID' });
    }
    expect((await calls.fetch(link.replace('/CA', '/ca'))).status).toBe(200);
    expect(calls.service.logs.join('')).not.toContain(signature);
  });

  it('survives a change of APP_SECRET while APP_SECRET_PREVIOUS is set', async () => {
    const next = await calls.service.another({
      APP_SECRET: 'the secret after the change, 32 characters',
      APP_SECRET_PREVIOUS: APP_SECRET,
    });
    expect((await fetch(link.replace('https://talkstack.test', next.api.url))).status).toBe(200);
    await next.app.close();
  });

  it("expires after RECORDING_URL_HOURS, and the call's data then have a new one", async () => {
    calls.service.clock.advance(24 * HOUR_MS);
    expect((await calls.fetch(link)).status).toBe(403);
    const id = new URL(link).pathname.slice('/recordings/'.length, -'.wav'.length);
    const [fresh] = (await calls.data(id)).recordingUrls;
    expect((await calls.fetch(fresh)).status).toBe(200);
  });
});
