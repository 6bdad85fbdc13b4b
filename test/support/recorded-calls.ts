import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient, ApiCredentials } from './api-client.js';
import { makeCall, openDesk } from './calls.js';
import { join as signIn, Person } from './people.js';
import { PhonePage } from './phone-page.js';
import { Settings, startApp, TestApp } from './start-app.js';
import { until } from './until.js';

/** A line takes no more frames at once. */
export const FRAMES_SPOKEN = 20;

/** A service that records calls, and a page that takes them. */
export class RecordedCalls {
  page: PhonePage;
  private count = 0;

  private constructor(
    readonly service: TestApp,
    readonly folder: string,
    readonly person: Person,
    /** They outlive the session, which the clock ends. */
    private readonly credentials: ApiCredentials,
  ) {}

  /** Keeps recordings in a folder of its own, unless the settings name another place. */
  static async start(settings: Settings = {}): Promise<RecordedCalls> {
    const folder = await mkdtemp(join(tmpdir(), 'recordings-'));
    const quick = { CALL_POLL_MS: '20', CALLS_PER_SECOND: '1000' };
    const service = await startApp({ ...quick, RECORDINGS_URL: `file:${folder}`, ...settings });
    const ada = await signIn(service);
    const { apiKey } = (await service.api.as(ada).get('/user/generate-apikey')).body;
    return new RecordedCalls(service, folder, ada, { apiKey });
  }

  get api(): ApiClient {
    return this.service.api.as(this.credentials);
  }

  /** Rows of the table of recordings, the oldest first. */
  rows(): Promise<any[]> {
    return this.service.query('SELECT * FROM recordings ORDER BY id');
  }

  async data(sid: string): Promise<any> {
    return (await this.api.post('/call', { sid })).body;
  }

  ended(sid: string): Promise<any> {
    return until(async () => {
      const call = await this.data(sid);
      return call.endTime !== null && call;
    });
  }

  /** Fetches a link from this machine. */
  fetch(url: string, options: RequestInit = {}): Promise<Response> {
    const { pathname, search } = new URL(url);
    return fetch(this.service.api.url + pathname + search, options);
  }

  async bytes(url: string): Promise<Buffer> {
    return Buffer.from(await (await this.fetch(url)).arrayBuffer());
  }

  /** Makes a call that somebody takes, on a page that plays what it gets as a browser does. */
  async talk(settings: object) {
    this.count += 1;
    const { service, page, credentials } = this;
    const desk = await openDesk(service, credentials, { settings: { disclosure: false, ...settings } });
    const number = `+1202555${String(1000 + this.count)}`;
    const { sid } = await makeCall(service, credentials, desk, { number });
    const call = await page.accept(number);
    page.socket.on('message', (_, isBinary) => {
      const samples = page.sound.reduce((sum, frame) => sum + frame.samples.length, 0);
      if (isBinary) page.say({ type: 'played', call, epoch: 0, samples });
    });
    return { sid, call, projectId: desk.projectId };
  }

  /** The same with a recording that has begun. */
  async talkRecorded() {
    const { length } = await this.rows();
    const talked = await this.talk({ recording: true, firstMessage: 'Good morning to you, and a good evening.' });
    await until(async () => (await this.rows()).length > length);
    return talked;
  }

  /** Resolves when the page has got so many more frames. */
  sound(frames: number): Promise<true | undefined> {
    const enough = this.page.sound.length + frames;
    return this.page.until(() => this.page.sound.length > enough || undefined);
  }

  /** Has a recorded call with sound of both sides, and returns its data. */
  async recordedCall(framesAfter = 10): Promise<any> {
    const { sid, call } = await this.talkRecorded();
    for (let value = 1; value <= FRAMES_SPOKEN; value += 1) this.page.speak(call, value);
    await this.sound(framesAfter);
    this.page.say({ type: 'hang-up', call });
    return this.ended(sid);
  }

  async openPage(): Promise<void> {
    this.page = await PhonePage.open(this.service);
  }

  async closePage(): Promise<void> {
    this.page.close();
    await this.page.closed;
  }

  async close(): Promise<void> {
    await this.service.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
