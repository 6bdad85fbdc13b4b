import { PocketsphinxProcess } from '../../../src/speech/recognition/pocketsphinx-process.js';
import { findPocketsphinx } from '../../../src/speech/recognition/pocketsphinx-program.js';
import { FliteSynthesizer } from '../../../src/speech/synthesis/flite-synthesizer.js';
import { samplesAt16kHz } from '../../../src/speech/synthesis/wav-samples.js';
import { SoftPhone } from '../../doubles/soft-phone.js';
import { type Desk, makeCall, openDesk } from '../../support/calls.js';
import { describeWith } from '../../support/describe-with.js';
import { freePort } from '../../support/own-mariadb.js';
import { join, Person } from '../../support/people.js';
import { startApp, TestApp } from '../../support/start-app.js';
import { until } from '../../support/until.js';

const NUMBER = '+12025550123';
const SECOND = 16_000;
const files = findPocketsphinx();

/** What a recognizer makes of samples of 16 kHz. */
async function wordsIn(samples: Int16Array): Promise<string> {
  if (!files) throw new Error('There is no pocketsphinx here.');
  const recognizer = new PocketsphinxProcess(files);
  recognizer.write(samples);
  return recognizer.words();
}

/** A sentence after so many seconds of silence, and half a minute of silence after it. */
async function sentence(text: string, afterSeconds: number): Promise<Int16Array> {
  const synthesizer = new FliteSynthesizer();
  const spoken = samplesAt16kHz((await synthesizer.synthesize('rms', text))!);
  await synthesizer.onApplicationShutdown();
  const sound = new Int16Array(afterSeconds * SECOND + spoken.length + 30 * SECOND);
  sound.set(spoken, afterSeconds * SECOND);
  return sound;
}

const isReady = SoftPhone.isInstalled && files !== null;
describeWith('baresip or no pocketsphinx', isReady)('A call over a SIP trunk to a real telephone', () => {
  let service: TestApp;
  let ada: Person;
  let phone: SoftPhone | undefined;
  let agent: Desk;
  let listen: number;
  const port = SoftPhone.pickPort();

  beforeAll(async () => {
    listen = await freePort();
    service = await startApp({
      SIP_TRUNKS: `sip:127.0.0.1:${port}`,
      SIP_LISTEN: `127.0.0.1:${listen}`,
      CALL_POLL_MS: '20',
      CALLS_PER_SECOND: '1000',
    });
    ada = await join(service);
    agent = await openDesk(service, ada, { name: 'Jo' });
  });
  afterEach(() => phone?.close());
  afterAll(() => service.close());

  const callData = async (sid: string) => (await service.api.as(ada).post('/call', { sid })).body;
  /** The call, once this is true of it. */
  const once = (sid: string, isSo: (call: any) => boolean) =>
    until(async () => {
      const call = await callData(sid);
      return isSo(call) ? call : null;
    });
  const says = (role: string, words: string) => (call: any) =>
    call.transcript.some((turn: any) => turn.role === role && turn.text.includes(words));

  it('is greeted, understood word for word and answered in wideband sound, until the person hangs up', async () => {
    phone = await SoftPhone.open({ number: NUMBER, port, sound: await sentence('Please call me back tomorrow.', 9) });
    const { sid } = await makeCall(service, ada, agent, { number: NUMBER });
    await once(sid, says('person', 'please call me back tomorrow'));
    await once(sid, says('agent', 'No language model is set here'));
    phone.hangUp();
    const ended = await once(sid, ({ status }) => status === 'completed');
    expect(ended).toMatchObject({ endedReason: 'person-hung-up', direction: 'outbound', carrierCode: null });
    expect(ended.seconds).toBeGreaterThan(9);
    expect(await wordsIn(phone.heard())).toContain('this is an automated assistant');
  });

  it('to one of our numbers is answered by the agent of the number, and kept as inbound', async () => {
    phone = await SoftPhone.open({ number: NUMBER, port, sound: new Int16Array(40 * SECOND) });
    phone.command('dial', `sip:${agent.from}@127.0.0.1:${listen}`);
    const { calls } = await until(async () => {
      const { body } = await service.api.as(ada).post('/call/get-call-history', { projectId: agent.projectId });
      return body.calls[0]?.direction === 'inbound' && body;
    });
    const [{ sid }] = calls;
    await once(sid, says('agent', 'Hello, this is Jo of'));
    phone.hangUp();
    const ended = await once(sid, ({ status }) => status === 'completed');
    expect(ended).toMatchObject({ direction: 'inbound', to: agent.from, from: NUMBER, endedReason: 'person-hung-up' });
    expect(await wordsIn(phone.heard())).toContain('assistant');
  });

  it('to a number of nobody is refused with 404', async () => {
    phone = await SoftPhone.open({ number: NUMBER, port, sound: new Int16Array(SECOND) });
    phone.command('dial', `sip:+12025550999@127.0.0.1:${listen}`);
    expect((await phone.has('CALL_CLOSED')).param).toContain('404');
  });

  it('works over G.711, and is ended by end-call', async () => {
    phone = await SoftPhone.open({ number: NUMBER, port, sound: new Int16Array(40 * SECOND), codecs: ['g711'] });
    const { sid } = await makeCall(service, ada, agent, { number: NUMBER });
    await once(sid, says('agent', 'This is an automated assistant.'));
    expect((await service.api.as(ada).post('/call/end-call', { sid })).status).toBe(200);
    expect(await once(sid, ({ status }) => status === 'completed')).toMatchObject({ endedReason: 'ended-by-request' });
    await phone.has('CALL_CLOSED');
    expect(Math.max(...phone.heard())).toBeGreaterThan(3000);
  });
});
