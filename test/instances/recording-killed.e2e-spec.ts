import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join as path } from 'node:path';
import { describeInBrowser, openBrowser } from '../support/browser.js';
import { makeCall, openDesk } from '../support/calls.js';
import { Cluster, startCluster } from '../support/cluster.js';
import { join } from '../support/people.js';
import { PhonePage } from '../support/phone-page.js';
import { until } from '../support/until.js';

/** The part of the browser's own that the test runs there. */
declare class OfflineAudioContext {
  constructor(channels: number, samples: number, rate: number);
  decodeAudioData(file: ArrayBuffer): Promise<{
    numberOfChannels: number;
    length: number;
    sampleRate: number;
    getChannelData(channel: number): Float32Array;
  }>;
}

const HEADER_BYTES = 44;
const BYTES_PER_SECOND = 64_000;

describeInBrowser('The recording of a call whose instance is killed with -9', () => {
  let cluster: Cluster;
  afterAll(() => cluster?.close());

  it('is a file that a browser can decode, complete up to the last second', async () => {
    cluster = await startCluster(1, { CALL_POLL_MS: '20', RECORDINGS_URL: 'file:recordings' });
    const ada = await join(cluster);
    const desk = await openDesk(cluster, ada, { settings: { recording: true, disclosure: false } });
    const page = await PhonePage.open(cluster.processes[0]);
    await makeCall(cluster, ada, desk);
    const call = await page.accept();
    page.socket.on('message', (_, isBinary) => {
      const samples = page.sound.reduce((sum, frame) => sum + frame.samples.length, 0);
      if (isBinary) page.say({ type: 'played', call, epoch: 0, samples });
    });
    const folder = path(cluster.folder, 'recordings');
    const file = await until(() => {
      const [name] = readFolder(folder);
      return name !== undefined && path(folder, name);
    });
    // The greeting follows as soon as its speech is made.
    await until(() => isLoud(readFileSync(file)));
    const before = statSync(file).size;
    await until(() => statSync(file).size > before + 3 * BYTES_PER_SECOND);
    await cluster.processes[0].stop('SIGKILL');

    const bytes = readFileSync(file);
    const browser = await openBrowser();
    const decoded = await (
      await browser.newPage()
    ).evaluate(async (base64) => {
      const wav = await (await fetch(`data:audio/wav;base64,${base64}`)).arrayBuffer();
      const sound = await new OfflineAudioContext(2, 1, 16_000).decodeAudioData(wav);
      const loudest = Math.max(...sound.getChannelData(1).map(Math.abs));
      return { channels: sound.numberOfChannels, samples: sound.length, rate: sound.sampleRate, loudest };
    }, bytes.toString('base64'));
    await browser.close();
    expect(decoded).toMatchObject({ channels: 2, rate: 16_000 });
    expect(decoded.loudest).toBeGreaterThan(0.01);
    const written = (bytes.length - HEADER_BYTES) / 4;
    expect(decoded.samples).toBeLessThanOrEqual(written);
    expect(decoded.samples).toBeGreaterThanOrEqual(written - 2 * 16_000);
  });
});

/** Returns true once the agent's side, on the right, has sound. */
function isLoud(bytes: Buffer): boolean {
  for (let at = HEADER_BYTES + 2; at + 2 <= bytes.length; at += 4)
    if (Math.abs(bytes.readInt16LE(at)) > 1000) return true;
  return false;
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
