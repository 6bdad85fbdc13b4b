import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from './api-client.js';
import { RoundRobin } from './round-robin.js';
import { Settings, TEST_SETTINGS } from './start-app.js';
import { ServerProcess, startProcess } from './start-process.js';
import { createTestDatabase } from './test-database.js';
import { TestMailbox } from './test-mailbox.js';

/** Several processes of the built server on one database, behind a load balancer. */
export interface Cluster {
  /** Asks the instances in turn. */
  api: ApiClient;
  mailbox: TestMailbox;
  processes: ServerProcess[];
  proxy: RoundRobin;
  /** What every process of this cluster is started with. */
  settings: Settings;
  /** Working folder of the processes. */
  folder: string;
  /** Starts one more process, in turn with the others. */
  add(settings?: Settings): Promise<ServerProcess>;
  /** Takes all processes down, and the mail server and the database with them. */
  close(): Promise<void>;
}

/** Starts `count` processes at once; on a database of their own unless the settings name one. */
export async function startCluster(count: number, more: Settings = {}): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'talkstack-cluster-'));
  const mailbox = new TestMailbox();
  await mailbox.open();
  const database = more.DATABASE_URL === undefined ? await createTestDatabase() : undefined;
  const settings = {
    ...TEST_SETTINGS,
    SQLITE_SHARED: 'on',
    SMTP_URL: mailbox.url,
    DATABASE_URL: database?.url ?? '',
    ...more,
  };
  const proxy = await RoundRobin.open([]);
  const processes: ServerProcess[] = [];
  const add = async (extra: Settings = {}) => {
    const one = await startProcess({ ...settings, ...extra }, folder);
    processes.push(one);
    proxy.ports = [...proxy.ports, one.port];
    return one;
  };
  await Promise.all(Array.from({ length: count }, () => add()));
  const close = async () => {
    await Promise.all(processes.map((one) => one.stop('SIGKILL')));
    await proxy.close();
    await mailbox.close();
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { api: new ApiClient(proxy.url), mailbox, processes, proxy, settings, folder, add, close };
}
