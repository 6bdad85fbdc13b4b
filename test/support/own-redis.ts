import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, freePort } from './own-mariadb.js';

const READY_POLL_MS = 20;

/** A Redis of the test's own, which it may kill, freeze and start again. */
export class OwnRedis {
  private child?: ChildProcess;

  private constructor(readonly port: number) {}

  static get isInstalled(): boolean {
    return findProgram('redis-server') !== undefined;
  }

  static async open(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts, or comes back empty; resolves when it takes connections. */
  async start(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.child = spawn(findProgram('redis-server') ?? '', [...args, '--dir', tmpdir()], { stdio: 'ignore' });
    while (!(await this.answers())) await delay(READY_POLL_MS);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Keeps its connections open and answers nothing. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  private answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.end(() => resolve(true)));
      socket.on('error', () => resolve(false));
    });
  }
}
