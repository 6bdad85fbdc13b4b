import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { FindOptionsWhere } from 'typeorm';
import { Clock, SECOND_MS } from '../common/clock.js';
import { LeasedRow } from './leased-row.js';
import { Aftermath, LeasedRows } from './leased-rows.js';

/** Renewals per lease: several, because to an instance whose clock is ahead the lease seems shorter. */
const RENEWALS_PER_LEASE = 6;
/** Longest time between two looks at a row that is being worked on. */
const LOOK_EVERY_MS = 5 * SECOND_MS;
/** How often an outcome is written again after the database refused it, and how many times at most once the service stops. */
const RECORD_EVERY_MS = SECOND_MS;
const RECORD_TRIES_AT_STOP = 5;

/** Limits of the work on one table, per instance. */
export interface QueueBounds {
  /** Rows worked on at the same time. A slow row counts only towards `maxUnderWay`, so others pass it. */
  maxQuick: number;
  maxUnderWay: number;
  slowMs: number;
  /** How often the table is searched for rows without a call of `wake`. */
  pollMs: number;
  /** How long a stop waits for rows that are being worked on. */
  graceMs: number;
}

/** The outcome of a try. */
export interface Outcome<Row extends LeasedRow> {
  /** New values of columns. A failure must move `nextTryAt`, for a row that stays due is tried again at once. */
  changes: Partial<Row>;
  /** Runs in the same unit of work, and again after a deadlock. */
  aftermath?: Aftermath;
}

/** News of a row that is still being worked on. */
export interface News<Row extends LeasedRow> {
  changes: Partial<Row>;
  /** Runs after the changes are committed. */
  afterwards(): void | Promise<void>;
}

/** The work on the rows of one table. */
export interface QueueWork<Row extends LeasedRow> {
  /** Further condition for rows that are due and not leased. `underWay` are the rows that this instance works on already. */
  waiting(underWay: Row[]): FindOptionsWhere<Row>;
  /** Ids of the rows to take next, at most so many. Default: those that have been due longest. */
  choose?(underWay: Row[], limit: number): Promise<string[]>;
  /** Makes one try. When it rejects, nothing is written, and the row is tried again after its lease. */
  try(row: Row): Promise<Outcome<Row>>;
  /** Called at each renewal of a lease. */
  whileUnderWay?(row: Row, waitedMs: number): News<Row> | undefined;
  /** Runs after an outcome is committed. */
  afterSettled?(row: Row, outcome: Outcome<Row>): Promise<void>;
}

/** A row that is being worked on. */
interface Task<Row> {
  row: Row;
  since: Date;
  isSlow: boolean;
  done: Promise<void>;
}

/** Works on rows of one table as they become due. Several instances may share the table (see LeasedRows). */
export class LeasedQueue<Row extends LeasedRow> {
  private readonly logger: Logger;
  private readonly underWay = new Map<string, Task<Row>>();
  private timer?: NodeJS.Timeout;
  private round?: Promise<void>;
  private isRunning = false;
  private isWoken = false;
  private isDatabaseAway = false;

  /** `name` appears in the log, as in "Outbox". */
  constructor(
    private readonly name: string,
    private readonly rows: LeasedRows<Row>,
    private readonly work: QueueWork<Row>,
    private readonly clock: Clock,
    private readonly bounds: QueueBounds,
  ) {
    this.logger = new Logger(name);
  }

  start(): void {
    this.isRunning = true;
    this.timer = setInterval(() => this.wake(), this.bounds.pollMs).unref();
    this.wake();
  }

  /** Takes no more rows, waits a while for those being worked on, and returns how many are left. Their leases run out later. */
  async stop(): Promise<number> {
    this.isRunning = false;
    clearInterval(this.timer);
    await Promise.race([this.idle(), delay(this.bounds.graceMs, undefined, { ref: false })]);
    return this.underWay.size;
  }

  /** Tells the queue that rows may be due. */
  wake(): void {
    if (!this.isRunning) return;
    this.isWoken = true;
    this.round ??= this.takeRows();
  }

  /** Resolves when every due row has been tried. */
  async drain(): Promise<void> {
    this.wake();
    await this.idle();
  }

  private async idle(): Promise<void> {
    while (this.round !== undefined || this.underWay.size > 0) {
      await Promise.all([this.round, ...[...this.underWay.values()].map(({ done }) => done)]);
    }
  }

  private async takeRows(): Promise<void> {
    while (this.isWoken && this.isRunning) {
      this.isWoken = false;
      try {
        for (const row of await this.claim([...this.underWay.values()])) this.begin(row);
        this.noteDatabase();
      } catch (error) {
        this.noteDatabase(error);
      }
    }
    this.round = undefined;
  }

  private async claim(tasks: Task<Row>[]): Promise<Row[]> {
    const limit = this.freePlaces(tasks);
    if (limit <= 0) return [];
    const underWay = tasks.map(({ row }) => row);
    const chosen = await this.work.choose?.(underWay, limit);
    return this.rows.claim({ where: this.work.waiting(underWay), limit, chosen, except: underWay.map(({ id }) => id) });
  }

  private freePlaces(tasks: Task<Row>[]): number {
    const quick = tasks.filter(({ isSlow }) => !isSlow).length;
    return Math.min(this.bounds.maxQuick - quick, this.bounds.maxUnderWay - tasks.length);
  }

  private begin(row: Row): void {
    const task = { row, since: this.clock.now(), isSlow: false, done: Promise.resolve() };
    this.underWay.set(row.id, task);
    task.done = this.run(task);
  }

  private async run(task: Task<Row>): Promise<void> {
    const pause = Math.min(this.rows.leaseMs / RENEWALS_PER_LEASE, LOOK_EVERY_MS);
    const watching = setInterval(() => void this.watch(task), pause).unref();
    try {
      await this.tryOnce(task.row);
    } finally {
      clearInterval(watching);
      this.underWay.delete(task.row.id);
      this.wake();
    }
  }

  private async tryOnce(row: Row): Promise<void> {
    let outcome;
    try {
      outcome = await this.work.try(row);
    } catch (error) {
      this.logger.error(`A try at ${row.id} failed; the next one waits for its lease to end`, error);
      return;
    }
    try {
      await this.record(row, outcome);
      await this.work.afterSettled?.(row, outcome);
    } catch (error) {
      this.noteDatabase(error);
    }
  }

  /** Renews the lease of a row, and lets others pass a slow one. */
  private async watch(task: Task<Row>): Promise<void> {
    const waitedMs = this.clock.now().getTime() - task.since.getTime();
    if (waitedMs >= this.bounds.slowMs && !task.isSlow) {
      task.isSlow = true;
      this.wake();
    }
    try {
      const news = this.work.whileUnderWay?.(task.row, waitedMs);
      await this.rows.renew(task.row, news?.changes);
      await news?.afterwards();
    } catch (error) {
      this.noteDatabase(error);
    }
  }

  /** Writes an outcome, again and again until the database takes it: the work must not be done twice. */
  private async record(row: Row, { changes, aftermath }: Outcome<Row>): Promise<void> {
    for (let triesAtStop = 0; ; triesAtStop += this.isRunning ? 0 : 1) {
      try {
        await this.rows.settle(row, changes, aftermath);
        return;
      } catch (error) {
        if (triesAtStop >= RECORD_TRIES_AT_STOP) throw error;
        this.noteDatabase(error);
        await delay(RECORD_EVERY_MS);
      }
    }
  }

  /** Logs when the database goes away and when it is back, not at every tick between. */
  private noteDatabase(error?: unknown): void {
    const outbox = `The ${this.name.toLowerCase()}`;
    if (error !== undefined && !this.isDatabaseAway) this.logger.error(`${outbox} cannot use the database`, error);
    if (error === undefined && this.isDatabaseAway) this.logger.warn(`${outbox} can use the database again`);
    this.isDatabaseAway = error !== undefined;
  }
}
