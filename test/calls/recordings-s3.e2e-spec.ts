import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RecordingRecovery } from '../../src/calls/recordings/recording-recovery.js';
import { placeOf } from '../../src/calls/recordings/recordings-url.js';
import { S3Bucket } from '../../src/calls/recordings/s3-bucket.js';
import { MINUTE_MS } from '../../src/common/clock.js';
import { OwnBucket } from '../support/own-bucket.js';
import { RecordedCalls } from '../support/recorded-calls.js';
import { until } from '../support/until.js';
import { readWav } from '../support/wav.js';

let bucket: OwnBucket;
let calls: RecordedCalls;
beforeAll(async () => {
  bucket = await OwnBucket.open();
  calls = await RecordedCalls.start(bucket.settings);
});
beforeEach(() => calls.openPage());
afterEach(() => calls.closePage());
afterAll(async () => {
  await calls.close();
  await bucket.close();
});

/** Names of recordings: s3rver keeps an object in files that begin with its name. */
const filesOf = async (folder: string) =>
  [...new Set((await readdir(folder).catch(() => [])).map((name) => /^[0-9a-f-]{36}/.exec(name)?.[0]))].sort();

describe('An S3 bucket for recordings', () => {
  it('gets the recording after the call, and the link serves it in ranges', async () => {
    const data = await calls.recordedCall();
    const [{ id, state }] = await calls.rows();
    expect(state).toBe('whole');
    expect([await filesOf(bucket.objects), await filesOf(bucket.uploads)]).toEqual([[id], []]);
    const whole = await calls.bytes(data.recordingUrls[0]);
    expect(readWav(whole).channels[0].length).toBe((whole.length - 44) / 4);
    const part = await calls.fetch(data.recordingUrls[0], { headers: { range: 'bytes=100-199' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-199/${whole.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(100, 200))).toBe(true);
  });

  it('that is unreachable when a call ends gets the recording later', async () => {
    const { sid, call } = await calls.talkRecorded();
    await calls.sound(10);
    await bucket.stop();
    calls.page.say({ type: 'hang-up', call });
    expect(await calls.ended(sid)).toMatchObject({ status: 'completed', recordingUrls: [] });
    await until(() => calls.service.logs.some((line) => line.includes('ECONNREFUSED')));
    expect(await filesOf(bucket.uploads)).toHaveLength(1);
    const recovery = calls.service.app.get(RecordingRecovery);
    calls.service.clock.advance(MINUTE_MS + 1);
    await expect(recovery.run()).rejects.toThrow();
    await bucket.start();
    await recovery.run();
    const [url] = (await calls.data(sid)).recordingUrls;
    expect(readWav(await calls.bytes(url)).channels).toHaveLength(2);
    expect(await filesOf(bucket.uploads)).toEqual([]);
  });

  it('no longer has the recordings of a deleted project', async () => {
    const { sid, projectId } = await calls.recordedCall();
    const [url] = (await calls.data(sid)).recordingUrls;
    const before = (await filesOf(bucket.objects)).length;
    await calls.api.delete(`/project/${projectId}`, { cascade: true });
    expect((await calls.fetch(url)).status).toBe(404);
    await until(async () => (await filesOf(bucket.objects)).length === before - 1);
  });

  it('refuses wrong keys, and no error message quotes them', async () => {
    const place = placeOf(bucket.settings.RECORDINGS_URL);
    if (!place || !('bucket' in place)) throw new Error('That is no bucket');
    const stranger = new S3Bucket(place, { accessKeyId: 'S3RVER', secretAccessKey: 'another-secret-of-a-stranger' });
    const refusal = stranger.put('x.wav', 4, Readable.from([Buffer.alloc(4)]));
    await expect(refusal).rejects.toThrow(/^The store of recordings answered 403 SignatureDoesNotMatch$/);
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = bucket.settings;
    expect(await new S3Bucket(place, { accessKeyId, secretAccessKey }).sizeOf('none.wav')).toBeNull();
  });
});

describe('RECORDINGS_URL', () => {
  it.each([
    'data/recordings',
    'file:',
    'file://host/x',
    's3://',
    's3://UPPER_CASE',
    's3://calls/a//b',
    's3://calls?endpoint=ftp://x',
    's3://calls?endpoint=http://user:word@x',
    's3://calls?secret=1',
    's3://key:word@calls',
    'https://calls',
  ])('is refused as %s', (value) => {
    expect(placeOf(value)).toBeNull();
  });

  it('means a bucket at Amazon when it names no endpoint', () => {
    expect(placeOf('s3://calls/of/mine/?region=eu-central-1')).toMatchObject({
      bucket: 'calls',
      prefix: 'of/mine/',
      endpoint: 'https://s3.eu-central-1.amazonaws.com',
      region: 'eu-central-1',
    });
  });
});
