import { open, readdir, rm } from 'node:fs/promises';
import { join as path } from 'node:path';
import { RecordingRecovery } from '../../src/calls/recordings/recording-recovery.js';
import { RecordingFile, RecordingStore } from '../../src/calls/recordings/recording-store.js';
import { Recording } from '../../src/calls/recordings/recording.entity.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/common/clock.js';
import { Database } from '../../src/database/database.js';
import { HousekeepingService } from '../../src/housekeeping/housekeeping.service.js';
import { RecordedCalls } from '../support/recorded-calls.js';
import { until } from '../support/until.js';
import { readWav } from '../support/wav.js';

let calls: RecordedCalls;
beforeAll(async () => {
  calls = await RecordedCalls.start();
});
beforeEach(() => calls.openPage());
afterEach(() => calls.closePage());
afterAll(() => calls.close());

describe('A recording store', () => {
  let store: RecordingStore;
  let create: RecordingStore['create'];
  beforeAll(() => {
    store = calls.service.app.get(RecordingStore);
    create = store.create.bind(store);
  });
  afterEach(() => {
    store.create = create;
  });

  /** From its second piece on the file is treated by the test. */
  const breakFiles = (append: RecordingFile['append']) => {
    store.create = async (name) => {
      const file = await create(name);
      const first = file.append.bind(file);
      file.append = async (sound) => {
        file.append = append;
        await first(sound);
      };
      return file;
    };
  };
  const logged = () => calls.service.logs.filter((line) => line.includes('is not recorded any further'));

  it('whose disk is full keeps the beginning and logs the failure, and the call goes on', async () => {
    const before = logged().length;
    breakFiles(async (sound) => {
      const full = await open('/dev/full', 'w');
      await full.writeFile(sound).finally(() => full.close());
    });
    const data = await calls.recordedCall();
    expect(data).toMatchObject({ status: 'completed', endedReason: 'person-hung-up' });
    const { channels } = readWav(await calls.bytes(data.recordingUrls[0]));
    expect(channels[0].length).toBeGreaterThan(0);
    expect((await calls.rows()).at(-1)).toMatchObject({ state: 'partial' });
    expect(logged().slice(before)).toEqual([expect.stringContaining('ENOSPC')]);
  });

  it('that is unreachable leaves the call without a recording', async () => {
    store.create = () => Promise.reject(new Error('The disk is away'));
    const before = (await calls.rows()).length;
    const { sid, call } = await calls.talk({ recording: true });
    await calls.sound(100);
    calls.page.say({ type: 'hang-up', call });
    expect(await calls.ended(sid)).toMatchObject({ status: 'completed', recordingUrls: [] });
    await until(async () => (await calls.rows()).length === before);
  });

  it('that hangs does not delay the outcome of a call', async () => {
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    breakFiles(() => gate);
    const data = await calls.recordedCall();
    expect(data).toMatchObject({ status: 'completed', recordingUrls: [] });
    goOn();
    await until(async () => (await calls.data(data.sid)).recordingUrls.length === 1);
  });
});

describe('A recording that nobody needs', () => {
  const cleanUp = () => calls.service.app.get(HousekeepingService).run();
  const files = async () => (await readdir(calls.folder)).length;

  it('is deleted with its project, and its link stops working at once', async () => {
    const data = await calls.recordedCall();
    const before = await files();
    await calls.api.delete(`/project/${data.projectId}`, { cascade: true });
    expect((await calls.fetch(data.recordingUrls[0])).status).toBe(404);
    await cleanUp();
    expect(await files()).toBe(before - 1);
    expect((await calls.rows()).map(({ call_id: id }) => id)).not.toContain(null);
  });

  it('is deleted when its project is deleted during the call', async () => {
    const before = await files();
    const { length } = await calls.rows();
    const { projectId } = await calls.talkRecorded();
    await calls.api.delete(`/project/${projectId}`, { cascade: true });
    await until(async () => (await calls.rows()).length === length);
    expect(await files()).toBe(before);
  });

  it('is deleted after RECORDING_RETENTION_DAYS, while the call stays', async () => {
    const data = await calls.recordedCall();
    calls.service.clock.advance(30 * DAY_MS - HOUR_MS);
    await cleanUp();
    expect((await calls.data(data.sid)).recordingUrls).toHaveLength(1);
    calls.service.clock.advance(HOUR_MS);
    await cleanUp();
    expect(await calls.data(data.sid)).toMatchObject({ sid: data.sid, recordingUrls: [] });
    expect([await files(), await calls.rows()]).toEqual([0, []]);
  });
});

describe('A recording whose instance died', () => {
  const died = async (id: string) => {
    const database = calls.service.app.get(Database);
    await database.write(({ manager }) => manager.update(Recording, { id }, { state: 'writing' }));
  };
  const recover = () => calls.service.app.get(RecordingRecovery).run();

  it('is kept up to its last written second, once its call counts as lost', async () => {
    const data = await calls.recordedCall();
    const [{ id }] = await calls.rows();
    await died(id);
    expect((await calls.data(data.sid)).recordingUrls).toEqual([]);
    await recover();
    expect((await calls.data(data.sid)).recordingUrls).toEqual([]);
    calls.service.clock.advance(MINUTE_MS + 1);
    await recover();
    expect((await calls.rows())[0]).toMatchObject({ state: 'partial' });
    const [link] = (await calls.data(data.sid)).recordingUrls;
    expect((await calls.fetch(link)).status).toBe(200);
  });

  it('before its file was created is forgotten after a day', async () => {
    const [{ id }] = await calls.rows();
    await died(id);
    await rm(path(calls.folder, `${id}.wav`));
    await recover();
    expect(await calls.rows()).toHaveLength(1);
    calls.service.clock.advance(DAY_MS);
    await recover();
    expect(await calls.rows()).toEqual([]);
  });
});
