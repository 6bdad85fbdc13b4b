import type { LineCall } from '../../src/telephony/phone-line.js';
import { BrowserLine } from '../../src/telephony/browser/browser-line.js';
import { LineEvents } from '../support/line-events.js';
import { PhonePage, SAMPLES_PER_MS } from '../support/phone-page.js';
import { startApp, TestApp } from '../support/start-app.js';

const ADA = '+12025550101';
const BOB = '+12025550102';

/** Sound that tells where it was cut: each sample is its number. */
function countingSound(milliseconds: number): Int16Array {
  return Int16Array.from({ length: milliseconds * SAMPLES_PER_MS }, (_, i) => i % 30_000);
}

describe('The line of the browser phone', () => {
  let service: TestApp;
  let line: BrowserLine;
  const pages: PhonePage[] = [];
  const calls: LineCall[] = [];

  beforeAll(async () => {
    service = await startApp();
    line = service.app.get(BrowserLine, { strict: false });
  });
  afterEach(async () => {
    for (const call of calls.splice(0)) call.hangUp();
    await Promise.all(pages.splice(0).map((page) => (page.close(), page.closed)));
  });
  afterAll(() => service.close());

  const openPage = async () => {
    const page = await PhonePage.open(service);
    pages.push(page);
    return page;
  };
  const dial = (to = ADA) => {
    const events = new LineEvents();
    const call = line.dial({ callId: `CA${to}`, from: '+12025550100', to }, events);
    calls.push(call);
    return { call, events };
  };
  const answered = async (to = ADA) => {
    const page = await openPage();
    const dialled = dial(to);
    return { ...dialled, page, number: await page.accept(to) };
  };

  it('reports nothing before dial() returns, then that it rings, even with no page open', async () => {
    const { events } = dial();
    expect(events.all).toEqual([]);
    await events.event('ringing');
  });

  it('rings on every open page, also on those opened later, and the first to accept gets the call', async () => {
    const early = await openPage();
    const { events } = dial();
    const late = await openPage();
    const { call } = await late.news({ type: 'ring', from: '+12025550100', to: ADA });
    await early.accept();
    expect(await late.news({ type: 'ended', call })).toMatchObject({ reason: 'answered-elsewhere' });
    late.say({ type: 'accept', call });
    late.say({ type: 'hang-up', call });
    early.say({ type: 'hang-up', call });
    await events.event('ended hung-up-there');
    expect(events.all).toEqual(['ringing', 'answered', 'ended hung-up-there']);
    expect(late.told.filter(({ type }) => type === 'answered')).toEqual([]);
  });

  it('ends a call on all pages when one page declines it', async () => {
    const [one, other] = [await openPage(), await openPage()];
    const { events } = dial();
    const { call } = await one.news({ type: 'ring' });
    one.say({ type: 'decline', call });
    await Promise.all([one, other].map((page) => page.news({ type: 'ended', call, reason: 'declined' })));
    expect(events.all).toEqual(['ringing', 'ended declined']);
  });

  it('cancels an unanswered call, and hangs up an answered one', async () => {
    const { page, call, events, number } = await answered();
    const unanswered = dial(BOB);
    await page.news({ type: 'ring', to: BOB });
    unanswered.call.hangUp();
    unanswered.call.hangUp();
    await unanswered.events.event('ended canceled');
    call.hangUp();
    await events.event('ended hung-up-here');
    await page.news({ type: 'ended', call: number, reason: 'hung-up-here' });
    expect(unanswered.events.all).toEqual(['ringing', 'ended canceled']);
    call.play(countingSound(100));
    call.pressDigits('1');
    call.clear();
    expect(call.waitingSamples).toBe(0);
  });

  it('reports keys, typed words and 20 ms frames of sound from the page that has the call', async () => {
    const { page, events, number } = await answered();
    const other = await openPage();
    other.say({ type: 'text', call: number, text: 'not mine' });
    page.say({ type: 'digit', call: number, digit: '#' });
    page.say({ type: 'text', call: number, text: '  two\n lines ' });
    page.speak(number, -1234);
    await events.until(() => events.frames.length === 1);
    expect(events.all).toEqual(['ringing', 'answered', 'digit #', 'typed two lines']);
    expect(events.frames[0]).toEqual(new Int16Array(320).fill(-1234));
  });

  it('carries several calls at once, each with its own sound', async () => {
    const { page, ...ada } = await answered();
    const bob = dial(BOB);
    const number = await page.accept(BOB);
    page.speak(number, 2);
    page.speak(ada.number, 1);
    await ada.events.until(() => ada.events.frames.length === 1);
    expect([ada.events.frames[0][0], bob.events.frames[0][0]]).toEqual([1, 2]);
    ada.call.play(new Int16Array(640).fill(10));
    bob.call.play(new Int16Array(640).fill(20));
    await page.until(() => page.sound.length === 4);
    const heard = page.sound.map(({ call, samples }) => `${call}: ${samples[0]}`).sort();
    expect(heard).toEqual([...Array(2).fill(`${ada.number}: 10`), ...Array(2).fill(`${number}: 20`)].sort());
  });

  it('sends sound in real time, complete and in order, and counts what was played', async () => {
    const { page, call, events, number } = await answered();
    const sound = countingSound(610);
    const start = performance.now();
    call.play(sound.subarray(0, 333));
    call.play(sound.subarray(333));
    expect(call.waitingSamples).toBeGreaterThan(400 * SAMPLES_PER_MS);
    const lengthSent = () => page.sound.reduce((sum, { samples }) => sum + samples.length, 0);
    await page.until(() => lengthSent() === sound.length);
    expect(page.sound.flatMap(({ samples }) => [...samples])).toEqual([...sound]);
    // The last frame is sent no sooner than 80 ms before it is due.
    expect(performance.now() - start).toBeGreaterThan(500);
    page.say({ type: 'played', call: number, epoch: 0, samples: sound.length });
    page.say({ type: 'digit', call: number, digit: '1' });
    await events.event('digit 1');
    // Not all of it can have been heard yet: what the page says is bounded by the clock.
    expect(call.playedSamples).toBeLessThanOrEqual((performance.now() - start) * SAMPLES_PER_MS);
    expect(call.playedSamples).toBeGreaterThan(400 * SAMPLES_PER_MS);
    expect(call.waitingSamples).toBe(0);
  });

  it('clears waiting sound in the service and on the page, and goes on counting from what was heard', async () => {
    const { page, call, events, number } = await answered();
    call.play(countingSound(2000));
    await page.until(() => page.sound.length === 10);
    page.say({ type: 'played', call: number, epoch: 0, samples: 100 * SAMPLES_PER_MS });
    await page.until(() => page.sound.length === 15);
    call.clear();
    expect(call.waitingSamples).toBe(0);
    const heard = call.playedSamples;
    expect(heard).toBeGreaterThanOrEqual(100 * SAMPLES_PER_MS);
    expect(heard).toBeLessThan(15 * 320);
    await page.news({ type: 'clear', call: number, epoch: 1 });
    page.say({ type: 'played', call: number, epoch: 0, samples: 15 * 320 });
    call.play(countingSound(20));
    await page.until(() => page.sound.at(-1)?.epoch === 1);
    page.say({ type: 'played', call: number, epoch: 0, samples: 15 * 320 });
    page.say({ type: 'digit', call: number, digit: '1' });
    await events.event('digit 1');
    expect(call.playedSamples).toBeGreaterThanOrEqual(heard);
    expect(call.playedSamples).toBeLessThanOrEqual(heard + 320);
    expect(page.sound.filter(({ epoch }) => epoch === 1)).toHaveLength(1);
  });

  it("shows the agent's words and keys on the page", async () => {
    const { page, call, number } = await answered();
    call.show?.({ id: '1', role: 'agent', text: 'Hello.' });
    call.pressDigits('12w3');
    expect(await page.news({ type: 'transcript' })).toMatchObject({ call: number, role: 'agent', text: 'Hello.' });
    expect(await page.news({ type: 'digits' })).toMatchObject({ call: number, digits: '12w3' });
  });

  it('refuses transfers, and the call goes on', async () => {
    const { page, call, events } = await answered();
    await expect(call.transfer(BOB)).rejects.toThrow();
    expect(events.all).toEqual(['ringing', 'answered']);
    page.close();
    await events.event('ended hung-up-there');
  });

  it('ends a call whose page disconnects without hanging up', async () => {
    const { page, events } = await answered();
    page.socket.terminate();
    await events.event('ended media-lost');
  });
});
