import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { HOUR_MS } from '../../src/common/clock.js';
import { ApiClient } from '../support/api-client.js';
import { makeCall, openDesk } from '../support/calls.js';
import { join, Person } from '../support/people.js';
import { PhonePage } from '../support/phone-page.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';
import { readWav } from '../support/wav.js';

const FRAME = 320;
/** A line takes no more at once. */
const FRAMES_SPOKEN = 20;
const APP_SECRET = 'the secret before it was changed, also 32 characters';

let folder: string;
let service: TestApp;
let ada: Person;
let api: ApiClient;
let page: PhonePage;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(path(tmpdir(), 'recordings-'));
  service = await startApp({
    CALL_POLL_MS: '20',
    CALLS_PER_SECOND: '1000',
    RECORDINGS_URL: `file:${folder}`,
    APP_SECRET,
  });
  ada = await join(service);
  // It outlives the session, which the clock ends.
  api = service.api.as({ apiKey: (await service.api.as(ada).get('/user/generate-apikey')).body.apiKey });
});
beforeEach(async () => {
  page = await PhonePage.open(service);
});
afterEach(async () => {
  page.close();
  await page.closed;
});
afterAll(async () => {
  await service.close();
  await rm(folder, { recursive: true });
});

const callData = async (sid: string) => (await api.post('/call', { sid })).body;
const ended = (sid: string) =>
  until(async () => {
    const call = await callData(sid);
    return call.endTime !== null && call;
  });
/** The path of a link, on this machine. */
const local = (url: string) => url.replace('https://talkstack.test', '');
const fetchLink = (url: string, options: RequestInit = {}) => fetch(service.api.url + local(url), options);
const sounding = (samples: Iterable<number>) => [...samples].filter((sample) => sample !== 0);

/** Makes a call that somebody takes, on a page that plays what it gets as a browser does. */
async function talk(settings: object) {
  count += 1;
  const desk = await openDesk(service, ada, { settings: { disclosure: false, ...settings } });
  const number = `+1202555${String(1000 + count)}`;
  const { sid } = await makeCall(service, ada, desk, { number });
  const call = await page.accept(number);
  page.socket.on('message', (_, isBinary) => {
    const samples = page.sound.reduce((sum, frame) => sum + frame.samples.length, 0);
    if (isBinary) page.say({ type: 'played', call, epoch: 0, samples });
  });
  return { sid, call };
}

const rows = () => service.query('SELECT * FROM recordings');
const soundAfter = (frames: number) => page.until(() => page.sound.length > frames);

/** Has a recorded call with sound of both sides. */
async function recordedCall() {
  const { length } = await rows();
  const { sid, call } = await talk({ recording: true, firstMessage: 'Good morning to you, and a good evening.' });
  await until(async () => (await rows()).length > length);
  for (let value = 1; value <= FRAMES_SPOKEN; value += 1) page.speak(call, value);
  await soundAfter(page.sound.length + 60);
  page.say({ type: 'hang-up', call });
  return ended(sid);
}

describe('The recording of a call', () => {
  it('has what each side heard, sample by sample, and is played by its link without credentials', async () => {
    const data = await recordedCall();
    expect(data.transcript[0].text).toMatch(/^This call is recorded\. Good morning/);
    expect(data.recordingUrls).toEqual([
      expect.stringMatching(/^https:\/\/talkstack\.test\/recordings\/CA[0-9a-f]{32}\.wav\?/),
    ]);
    const answer = await fetchLink(data.recordingUrls[0]);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('audio/wav');
    const { rate, channels } = readWav(Buffer.from(await answer.arrayBuffer()));
    expect(rate).toBe(16_000);
    const [person, agent] = channels.map(sounding);
    const spoken = Array.from({ length: FRAMES_SPOKEN * FRAME }, (_, i) => 1 + Math.floor(i / FRAME));
    // As texts, for Jest takes long to show how long lists differ.
    expect(person.join()).toBe(spoken.join());
    const sent = page.sound.flatMap(({ samples }) => sounding(samples));
    expect(agent.length).toBeGreaterThan(FRAME);
    // What came before it is the announcement, during which nothing is recorded.
    const from = sent.join().indexOf(agent.slice(0, 1000).join());
    expect(from).toBeGreaterThan(8000);
    expect(sent.join().slice(from, from + agent.join().length)).toBe(agent.join());
    expect(Math.abs(channels[0].length / rate - data.seconds)).toBeLessThan(2);
    const [file] = await readdir(folder);
    expect((await stat(path(folder, file))).mode & 0o777).toBe(0o600);
    expect(
      (await api.post('/call/get-call-history', { projectId: data.projectId })).body.calls[0].recordingUrls,
    ).toHaveLength(1);
  });

  it('is none where the agent is not set to record, or the person hangs up before they were told', async () => {
    const silent = await talk({});
    await soundAfter(100);
    page.say({ type: 'hang-up', call: silent.call });
    expect(await ended(silent.sid)).toMatchObject({ recordingUrls: [] });
    const early = await talk({ recording: true });
    await soundAfter(10);
    page.say({ type: 'hang-up', call: early.call });
    expect(await ended(early.sid)).toMatchObject({ recordingUrls: [] });
    expect(await rows()).toHaveLength(1);
  });
});

describe('The link to a recording', () => {
  let link: string;
  let whole: Buffer;
  beforeAll(async () => {
    const [{ call_id: id }] = await service.query('SELECT call_id FROM recordings');
    link = (await callData(`CA${id.replaceAll('-', '')}`)).recordingUrls[0];
    whole = Buffer.from(await (await fetchLink(link)).arrayBuffer());
  });

  it('serves ranges, headers alone, and nothing to whoever has it already', async () => {
    const get = (headers: Record<string, string>, method = 'GET') => fetchLink(link, { headers, method });
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

  it('holds for one call until it expires, and not a character of it may change', async () => {
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
      const { status, body } = await service.api.get(wrong);
      expect({ wrong, status, code: body.code }).toEqual({ wrong, status: 403, code: 'RECORDING_LINK_INVALID' });
    }
    expect((await fetchLink(link.replace('/CA', '/ca'))).status).toBe(200);
    expect(service.logs.join('')).not.toContain(signature);
  });

  it('survives a change of APP_SECRET as long as APP_SECRET_PREVIOUS is set', async () => {
    const next = await service.another({
      APP_SECRET: 'the secret after the change, 32 characters',
      APP_SECRET_PREVIOUS: APP_SECRET,
    });
    expect((await fetch(next.api.url + local(link))).status).toBe(200);
    await next.app.close();
  });

  it('is too old after RECORDING_URL_HOURS, and the data of the call have a new one', async () => {
    service.clock.advance(24 * HOUR_MS);
    expect((await fetchLink(link)).status).toBe(403);
    const id = new URL(link).pathname.slice('/recordings/'.length, -'.wav'.length);
    const [fresh] = (await callData(id)).recordingUrls;
    expect((await fetchLink(fresh)).status).toBe(200);
  });
});
