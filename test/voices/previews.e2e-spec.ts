import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetSpeech } from '../support/remembered-speech.js';
import { startApp, TestApp } from '../support/start-app.js';
import { killProcesses, startProcess } from '../support/start-process.js';

/** What the header of a WAV file says, and how loud it gets. */
function readWav(bytes: Buffer) {
  const dataBytes = bytes.readUInt32LE(40);
  const samples = Array.from({ length: dataBytes / 2 }, (_, index) => bytes.readInt16LE(44 + 2 * index));
  return {
    riff: bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 12),
    format: bytes.readUInt16LE(20),
    channels: bytes.readUInt16LE(22),
    rate: bytes.readUInt32LE(24),
    isWhole: bytes.length === 44 + dataBytes,
    seconds: samples.length / bytes.readUInt32LE(24),
    loudest: samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0),
  };
}

const SLT = '388RBsNDjMwsbQLvGO8L';

describe('The sample of a voice', () => {
  let service: TestApp;
  beforeAll(async () => (service = await startApp()));
  afterAll(() => service.close());

  const play = async (headers: Record<string, string> = {}, method = 'GET', id = SLT) => {
    const response = await fetch(`${service.api.url}/voices/${id}/preview`, { method, headers });
    const told = Object.fromEntries(response.headers);
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), headers: told };
  };

  it.each([
    ['SLT', SLT, 16000],
    ['RMS', 'lo8Pd6lAe7lG8wR9KNPX', 16000],
    ['AWB', '9uoE8CLv6jQmiaUmiasa', 16000],
    ['KAL 16', '4rQPH5onGjx1saCPiFr8', 16000],
    ['KAL', 'h7MLd3DpXzj7lQfZqqLx', 8000],
  ])('%s is a short WAV file that is not silent', async (_, id, rate) => {
    const { status, headers, bytes } = await play({}, 'GET', id);
    expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type: 'audio/wav' });
    const wav = readWav(bytes);
    expect(wav).toMatchObject({ riff: 'RIFFWAVE', format: 1, channels: 1, rate, isWhole: true });
    expect(wav.seconds).toBeGreaterThan(1);
    expect(wav.seconds).toBeLessThan(8);
    expect(wav.loudest).toBeGreaterThan(3000);
  });

  it('sounds different for each voice', async () => {
    const ids = [SLT, 'lo8Pd6lAe7lG8wR9KNPX', '9uoE8CLv6jQmiaUmiasa', '4rQPH5onGjx1saCPiFr8', 'h7MLd3DpXzj7lQfZqqLx'];
    const tags = await Promise.all(ids.map(async (id) => (await play({}, 'GET', id)).headers.etag));
    expect(new Set(tags).size).toBe(5);
  });

  it('may be played by other origins, and cached', async () => {
    const { headers } = await play();
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=86400',
      'cross-origin-resource-policy': 'cross-origin',
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
    });
    const known = await play({ 'if-none-match': `"other", W/${headers.etag}` });
    expect({ status: known.status, size: known.bytes.length }).toEqual({ status: 304, size: 0 });
    expect((await play({ 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('is the same on every instance', async () => {
    forgetSpeech();
    const other = await service.another();
    const { headers } = await other.api.get(`/voices/${SLT}/preview`);
    expect(headers.get('etag')).toBe((await play()).headers.etag);
  });

  it('responds to HEAD with its size', async () => {
    const [head, whole] = [await play({}, 'HEAD'), await play()];
    expect(head.status).toBe(200);
    expect(head.bytes).toHaveLength(0);
    expect(head.headers).toMatchObject({
      'content-type': 'audio/wav',
      'content-length': String(whole.bytes.length),
      etag: whole.headers.etag,
    });
  });

  it('is served in the ranges that players ask for', async () => {
    const { bytes, headers } = await play();
    const size = bytes.length;
    const parts: [string, number, number][] = [
      ['bytes=0-1', 0, 1],
      ['bytes=0-', 0, size - 1],
      ['bytes=100-199', 100, 199],
      [`bytes=${size - 1}-${size + 50}`, size - 1, size - 1],
      ['bytes=-10', size - 10, size - 1],
      [`bytes=-${size + 5}`, 0, size - 1],
    ];
    for (const [range, first, last] of parts) {
      const part = await play({ range, 'if-range': headers.etag });
      expect({ range, status: part.status, told: part.headers['content-range'] }).toEqual({
        range,
        status: 206,
        told: `bytes ${first}-${last}/${size}`,
      });
      expect(part.bytes.equals(bytes.subarray(first, last + 1))).toBe(true);
    }
  });

  it.each(['bytes=-', 'bytes=5-1', 'bytes=9999999-', 'bytes=-0', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b', ''])(
    'is served whole for “%s”, which is not one valid range',
    async (range) => {
      const { status, bytes } = await play({ range });
      expect({ status, isWhole: readWav(bytes).isWhole }).toEqual({ status: 200, isWhole: true });
    },
  );

  it('is served whole when If-Range names another version', async () => {
    expect((await play({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
  });
});

describe('The build', () => {
  afterAll(killProcesses);

  it('synthesizes samples, and leaves nothing in the log or on the disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'talkstack-build-'));
    const settings = { DATABASE_URL: `sqlite:${join(folder, 'x.db')}`, NODE_ENV: 'development', TMPDIR: folder };
    const server = await startProcess(settings, folder);
    const { status, headers } = await server.api.get(`/voices/${SLT}/preview`);
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'audio/wav' });
    const { output } = await server.stop();
    expect(output).not.toMatch(/wasi|experimental|warning/i);
    expect(readdirSync(folder).filter((name) => name.startsWith('talkstack-voice-'))).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
