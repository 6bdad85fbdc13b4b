import { SECOND_MS } from '../../src/common/clock.js';
import { ApiClient } from '../support/api-client.js';
import { Desk, makeCall, openDesk } from '../support/calls.js';
import { join, Person } from '../support/people.js';
import { PhonePage } from '../support/phone-page.js';
import { startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';

const SECRET = 'My plum tree is called Hortensia.';

let service: TestApp;
let ada: Person;
let api: ApiClient;
let desk: Desk;
let page: PhonePage;
beforeAll(async () => {
  service = await startApp({ CALL_POLL_MS: '20', CALLS_PER_SECOND: '1000' });
  ada = await join(service);
  api = service.api.as(ada);
  desk = await openDesk(service, ada, { name: 'Jo' });
});
beforeEach(async () => {
  page = await PhonePage.open(service);
});
afterEach(async () => {
  page?.close();
  await page?.closed;
});
afterAll(() => service.close());

const untilStatus = (sid: string, status: string) =>
  until(async () => {
    const { body } = await api.post('/call', { sid });
    return body.status === status ? body : null;
  });
/** What the page shows of one side, as soon as it has this in it. */
const shown = (role: string, words: string) =>
  page.until(() =>
    page.told.find((told) => told.type === 'transcript' && told.role === role && told.text.includes(words)),
  );

describe('A call on the browser phone', () => {
  it('is greeted and answered, and its transcript is stored in order', async () => {
    const { sid } = await makeCall(service, ada, desk, { number: '+12025550111' });
    const call = await page.accept('+12025550111');
    await page.until(() => page.sound.some(({ samples }) => samples.some((sample) => Math.abs(sample) > 1000)));
    await shown('agent', 'Hello, this is Jo of ');
    page.say({ type: 'text', call, text: SECRET });
    await shown('person', SECRET);
    await shown('agent', 'No language model is set here');
    const { body } = await api.post('/call', { sid });
    expect(body).toMatchObject({ status: 'in-progress', endedReason: null });
    page.say({ type: 'hang-up', call });
    const ended = await untilStatus(sid, 'completed');
    expect(ended).toMatchObject({ endedReason: 'person-hung-up', answeredBy: 'human' });
    expect(ended.seconds).toBeGreaterThan(0);
    expect(ended.transcript).toMatchObject([
      { role: 'agent', text: expect.stringMatching(/^This is an automated assistant\. Hello, this is Jo of .+\./) },
      { role: 'person', text: SECRET },
      { role: 'agent', text: expect.stringContaining('I heard you.') },
    ]);
    const starts = ended.transcript.map(({ startMs }: { startMs: number }) => startMs);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(ended.latency).toMatchObject({ answerToSpeechMs: expect.any(Number), turnMs: { p50: expect.any(Number) } });
    expect(service.logs.join('')).not.toContain('Hortensia');
  });

  it('stores only the heard part of a greeting that typed words cut short', async () => {
    const { sid } = await makeCall(service, ada, desk, { number: '+12025550112' });
    const call = await page.accept('+12025550112');
    await page.until(() => page.sound.length > 100);
    page.say({ type: 'text', call, text: 'Good morning' });
    await shown('agent', 'Hello! How can I help you?');
    page.say({ type: 'hang-up', call });
    const { transcript } = await untilStatus(sid, 'completed');
    expect(transcript).toMatchObject([{ role: 'agent', interrupted: true }, { role: 'person' }, { role: 'agent' }]);
    expect(transcript[0].text).not.toContain('Do you have a moment?');
  });

  it("ends with its agent's goodbye, and a person who asked not to be called is never called again", async () => {
    const { sid } = await makeCall(service, ada, desk, { number: '+12025550113' });
    const call = await page.accept('+12025550113');
    await page.until(() => page.sound.length > 0);
    page.say({ type: 'text', call, text: 'Do not call me again.' });
    expect(await untilStatus(sid, 'completed')).toMatchObject({ endedReason: 'agent-hung-up' });
    const again = { number: '+12025550113', dynamicVariables: { name: 'Ada' } };
    const { projectId, agentId } = desk;
    expect(await api.post('/call/makeCall', { ...again, projectId, agentId })).toMatchObject({
      status: 400,
      body: { code: 'NUMBER_SUPPRESSED' },
    });
  });

  it('ends when end-call is requested', async () => {
    const { sid } = await makeCall(service, ada, desk, { number: '+12025550114' });
    const call = await page.accept('+12025550114');
    await untilStatus(sid, 'in-progress');
    await api.post('/call/end-call', { sid });
    await page.news({ type: 'ended', call });
    expect(await untilStatus(sid, 'completed')).toMatchObject({ endedReason: 'ended-by-request' });
  });

  it('that nobody answers rings for CALL_RING_SECONDS and has no transcript', async () => {
    const { sid } = await makeCall(service, ada, desk, { number: '+12025550115' });
    await untilStatus(sid, 'ringing');
    service.clock.advance(46 * SECOND_MS);
    const call = await untilStatus(sid, 'no-answer');
    expect(call).toMatchObject({
      endedReason: 'no-answer',
      transcript: [],
      answeredBy: null,
      seconds: 0,
      latency: null,
    });
  });
});
