import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';

const SYSTEM_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
const READY_POLL_MS = 20;

/** Path of an installed program; undefined where there is none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_FOLDERS];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** A TCP port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A MariaDB server of the test's own, which it may kill, freeze and start again on the same data. */
export class OwnMariadb {
  private child?: ChildProcess;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly options: string[],
  ) {}

  static get isInstalled(): boolean {
    return findProgram('mariadbd') !== undefined && findProgram('mariadb-install-db') !== undefined;
  }

  /** Makes an empty server in a scratch folder and starts it, with more options of mariadbd if need be. */
  static async open(...options: string[]): Promise<OwnMariadb> {
    const server = new OwnMariadb(mkdtempSync(join(tmpdir(), 'talkstack-mariadb-')), await freePort(), options);
    mkdirSync(server.temporary);
    const args = ['--no-defaults', ...server.folders, '--skip-test-db', '--auth-root-authentication-method=normal'];
    const { status, stderr } = spawnSync(findProgram('mariadb-install-db') ?? '', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`MariaDB could not be set up:\n${stderr}`);
    await server.start();
    return server;
  }

  /** URL of a new database on the server. */
  async createDatabase(name: string): Promise<string> {
    const connection = await this.connect();
    await connection.query(`CREATE DATABASE ${name}`);
    await connection.end();
    return `mariadb://root@127.0.0.1:${this.port}/${name}`;
  }

  /** Starts, or comes back with the data it had; resolves when it answers. */
  async start(): Promise<void> {
    const paths = [...this.folders, `--socket=${join(this.folder, 'socket')}`];
    const net = [`--port=${this.port}`, '--bind-address=127.0.0.1', '--skip-name-resolve'];
    const small = ['--innodb-buffer-pool-size=32M', '--skip-log-bin'];
    const child = spawn(findProgram('mariadbd') ?? '', ['--no-defaults', ...paths, ...net, ...small, ...this.options], {
      stdio: 'ignore',
    });
    this.child = child;
    while (!(await this.answers())) {
      if (child.exitCode !== null) throw new Error(`mariadbd ended with ${child.exitCode}`);
      await delay(READY_POLL_MS);
    }
  }

  /** Ends it as a power cut does; resolves when it is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Keeps its connections open and answers nothing, as on a stalled disk. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get temporary(): string {
    return join(this.folder, 'tmp');
  }

  /** A server that starts removes the temporary tables of whichever server it shares a temporary folder with. */
  private get folders(): string[] {
    const { username } = userInfo();
    return [`--datadir=${join(this.folder, 'data')}`, `--tmpdir=${this.temporary}`, `--user=${username}`];
  }

  private connect() {
    return createConnection({ host: '127.0.0.1', port: this.port, user: 'root' });
  }

  private async answers(): Promise<boolean> {
    try {
      await (await this.connect()).end();
      return true;
    } catch {
      return false;
    }
  }
}
