import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { findPocketsphinx } from '../../src/speech/recognition/pocketsphinx-program.js';
import { PocketsphinxRecognizer } from '../../src/speech/recognition/pocketsphinx-recognizer.js';
import { FliteSynthesizer } from '../../src/speech/synthesis/flite-synthesizer.js';
import { StageTimers } from '../conversations/stage-timers.js';
import { answerOf, CHAT_KEY, ChatTwin } from '../doubles/chat-twin.js';
import { verified, WebhookReceiver } from '../doubles/webhook-receiver.js';
import { describeInBrowser, openBrowser, openProfile } from '../support/browser.js';
import { makeCall, openDesk } from '../support/calls.js';
import { describeWith } from '../support/describe-with.js';
import { FakeMicrophone } from '../support/fake-microphone.js';
import { join, Person } from '../support/people.js';
import { PlayedSound } from '../support/played-sound.js';
import { Settings, startApp, TestApp } from '../support/start-app.js';
import { until } from '../support/until.js';
import { readWav } from '../support/wav.js';
import { setWebhook, WEBHOOK_SETTINGS } from '../support/webhooks.js';

const TO = '+12025550199';
const GREETING = 'Good morning. Leave a message after the tone.';
const TYPES = ['call.queued', 'call.initiated', 'call.ringing', 'call.answered', 'call.ended'];
const NO_MODEL = 'I heard you. No language model is set here, so I can only answer simple things.';
const WISH = 'Please call me back tomorrow.';
const HOURS = [
  'Our office is open every day of the week.',
  'On Monday we open at eight in the morning and close at six in the evening.',
  'On all other days we open at nine in the morning and close at five in the afternoon.',
  'In August we are closed for two weeks, and at the end of the year for another one.',
].join(' ');
/** A person says so often what was not understood. */
const MAX_TRIES = 4;
/** Two sentences, 600 ms apart. */
const PAUSE_FRAMES = 30;
const FRAME = 320;

describeInBrowser('A call from the request to its last webhook', () => {
  const microphone = new FakeMicrophone();
  const receiver = new WebhookReceiver();
  let browser: Browser;
  let service: TestApp;
  let folder: string;
  let ada: Person;

  beforeAll(async () => {
    await microphone.beQuiet();
    folder = await mkdtemp(path(tmpdir(), 'recordings-'));
    await receiver.open();
    browser = await openBrowser(microphone.switches);
  });
  afterEach(() => service.close());
  afterAll(async () => {
    await browser?.close();
    await microphone.remove();
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A call that rang on the page and was accepted there. */
  const talk = async (settings: Settings, options: BrowserContextOptions = {}) => {
    service = await startApp({
      ...WEBHOOK_SETTINGS,
      CALL_POLL_MS: '20',
      // The machine may be slow; nobody hangs up for that.
      CALL_SILENCE_SECONDS: '60',
      RECORDINGS_URL: `file:${folder}`,
      ...settings,
    });
    ada = await join(service);
    const desk = await openDesk(service, ada, {
      settings: { recording: true, disclosure: false, firstMessage: GREETING },
    });
    const secret = await setWebhook(service, ada, desk.projectId, receiver.url());
    const { context, problems } = await openProfile(browser, options);
    const page = await context.newPage();
    const sound = new PlayedSound(page);
    await page.goto(`${service.api.url}/dev/phone`);
    await page.getByText('Connected: waiting for calls.').waitFor();
    const { sid } = await makeCall(service, ada, desk, { number: TO });
    const card = page.getByRole('region', { name: `from ${desk.from} to ${TO}` });
    await card.getByRole('button', { name: 'Accept' }).click();
    return { sid, secret, page, card, problems, sound };
  };
  const data = async (sid: string) => (await service.api.as(ada).post('/call', { sid })).body;
  /** The first turn of the transcript that fits, once it is there. */
  const turn = (sid: string, fits: (turn: any) => boolean) =>
    until<any>(async () => (await data(sid)).transcript.find(fits));
  const personTurns = async (sid: string): Promise<any[]> =>
    (await data(sid)).transcript.filter(({ role }: any) => role === 'person');
  const showsIn = (card: Locator, words: string | RegExp) => card.getByRole('log').getByText(words).waitFor();

  const expectHeardPart = ({ text, interrupted }: any, whole: string) => {
    expect(interrupted).toBe(true);
    expect(text).not.toBe('');
    expect(whole.startsWith(text)).toBe(true);
    expect(text.length).toBeLessThan(whole.length);
  };

  const expectCompleted = async (sid: string, secret: string, endedReason: string) => {
    const hooks = await receiver.untilSome(sid, TYPES.length);
    expect(hooks.map((hook) => verified(hook, secret).type)).toEqual(TYPES);
    const call = await data(sid);
    const { transcript, seconds, latency } = hooks[TYPES.length - 1].body.data;
    expect({ transcript, seconds, latency }).toEqual({
      transcript: call.transcript,
      seconds: call.seconds,
      latency: call.latency,
    });
    expect(call).toMatchObject({ status: 'completed', endedReason });
    expect(call.seconds).toBeGreaterThan(0);
    const figures = { p50: expect.any(Number), p95: expect.any(Number), max: expect.any(Number) };
    expect(call.latency).toMatchObject({ answerToSpeechMs: expect.any(Number), turnMs: figures });
    return call;
  };

  /** Plays the recording on the page of the phone, to its end; returns its sound. */
  const played = async (card: Locator, { recordingUrls }: any) => {
    const player = card.getByLabel('Recording', { exact: true });
    await player.waitFor();
    const seconds = await player.evaluate(
      (audio: any) =>
        new Promise<number>((resolve, reject) => {
          audio.onended = () => resolve(audio.currentTime);
          audio.onerror = () => reject(new Error(audio.error.message));
          audio.muted = true;
          audio.playbackRate = 16;
          audio.play().catch(reject);
        }),
    );
    const { pathname, search } = new URL(recordingUrls[0]);
    const link = service.api.url + pathname + search;
    const wav = readWav(Buffer.from(await (await fetch(link)).arrayBuffer()));
    expect(Math.abs(seconds - wav.channels[0].length / wav.rate)).toBeLessThan(1);
    return wav;
  };

  it('is typed by a newcomer, who has no key, no microphone and no recognizer', async () => {
    const { sid, secret, page, card, problems, sound } = await talk({ POCKETSPHINX: 'off' });
    await page.getByText('The browser was not allowed to use the microphone. Calls go on').waitFor();
    await turn(sid, ({ text }) => text.endsWith(GREETING));
    const type = async (words: string) => {
      await card.getByRole('textbox').fill(words);
      await page.keyboard.press('Enter');
    };
    await type('I would like a table for two.');
    await showsIn(card, 'You: I would like a table for two.');
    await sound.more(1);
    await type('Thank you, and goodbye.');
    await card.getByText('Ended. The agent hung up.').waitFor();
    const call = await expectCompleted(sid, secret, 'agent-hung-up');
    expect(call.transcript).toMatchObject([
      { role: 'agent', text: expect.stringContaining(GREETING) },
      { role: 'person', text: 'I would like a table for two.' },
      { role: 'agent', interrupted: true },
      { role: 'person', text: 'Thank you, and goodbye.' },
      { role: 'agent', text: 'Goodbye, and thank you for your time.' },
    ]);
    expectHeardPart(call.transcript[2], NO_MODEL);
    await played(card, call);
    expect(problems).toEqual([]);
  });

  describeWith('pocketsphinx', findPocketsphinx() !== null)('that is spoken', () => {
    const model = new ChatTwin();
    beforeAll(() => model.open());
    afterAll(() => model.close());

    /** What pocketsphinx understands of one side of a recording. */
    const wordsIn = async (samples: Int16Array) => {
      const words: string[] = [];
      const recognizer = new PocketsphinxRecognizer(findPocketsphinx()!, new StageTimers());
      const recognition = recognizer.open('en', {
        interim: () => undefined,
        final: (text) => words.push(text),
        failed: (error) => words.push(String(error)),
      });
      let quietFrames = 0;
      for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
        const frame = samples.subarray(at, at + FRAME);
        recognition.write(frame);
        quietFrames = Math.max(...frame) < 100 ? quietFrames + 1 : 0;
        if (quietFrames === PAUSE_FRAMES) await recognition.finishTurn();
      }
      await recognition.finishTurn();
      recognition.close();
      return words.join(' ');
    };

    it('is heard on both sides, and the person cuts the agent short', async () => {
      model.chunks = answerOf(HOURS);
      const settings = { LLM_URL: model.url, LLM_API_KEY: CHAT_KEY, LLM_MODEL: 'chat-twin' };
      const { sid, secret, card, problems, sound } = await talk(settings, { permissions: ['microphone'] });
      const synthesizer = service.app.get(FliteSynthesizer, { strict: false });
      const say = async (words: string, understood: RegExp) => {
        for (let tries = 1; ; tries += 1) {
          const { length } = await personTurns(sid);
          await microphone.say(card, words, synthesizer);
          const { text } = await until(async () => (await personTurns(sid))[length]);
          // A machine with too much to do understands nothing in time, and then people say it again.
          if (understood.test(text)) return;
          if (tries === MAX_TRIES) throw new Error(`Understood instead of "${words}": "${text}"`);
        }
      };
      await turn(sid, ({ text }) => text.endsWith(GREETING));
      await say('When is your office open?', /office open/);
      await sound.more(1);
      model.chunks = answerOf('You are welcome.');
      await say(WISH, /call me back tomorrow/);
      await showsIn(card, 'You are welcome.');
      await card.getByRole('button', { name: 'Hang up' }).click();
      await card.getByText('Ended. You hung up.').waitFor();
      const call = await expectCompleted(sid, secret, 'person-hung-up');
      const cut = call.transcript.find(({ interrupted }: any) => interrupted);
      expectHeardPart(cut, HOURS);
      expect(model.requests.at(-1).messages.slice(-3)).toMatchObject([
        { role: 'user', content: expect.stringContaining('office open') },
        { role: 'assistant', content: `${cut.text}—` },
        { role: 'user', content: expect.stringContaining('call me back tomorrow') },
      ]);
      const [person, agent] = (await played(card, call)).channels;
      expect(await wordsIn(agent)).toMatch(/good morning.*leave a message after.*you are welcome/);
      expect(await wordsIn(person)).toMatch(/office open.*call me back tomorrow/);
      expect(problems).toEqual([]);
    });
  });
});
