import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { Database } from '../database/database.js';
import { Transaction } from '../database/transaction.js';
import { PROJECTS_ERRORS } from '../projects/projects.errors.js';
import { ProjectsService } from '../projects/projects.service.js';
import { Lines } from '../telephony/lines.js';
import { CallEvents, CallRow } from './call-events.js';
import { ACTIVE_STATUSES } from './call-status.js';
import { CallTotal } from './call-total.entity.js';
import { Call } from './call.entity.js';
import { CALLS_ERRORS } from './calls.errors.js';
import { SuppressedNumber } from './suppressed-number.entity.js';
import { CallsSettings } from './calls.settings.js';

/** Seconds after which a client may ask again whether calls can be made. */
const RETRY_SECONDS = 300;

/** The queue of calls to be made. */
@Injectable()
export class CallQueue {
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly projects: ProjectsService,
    private readonly events: CallEvents,
    private readonly lines: Lines,
    private readonly database: Database,
    private readonly settings: CallsSettings,
  ) {}

  /** Tells `listener` after each unit of work that queued calls. */
  onAdded(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Throws CALLS_NOT_SET_UP when no phone line is configured. */
  checkLine(): void {
    if (this.lines.line !== null) return;
    throw new AppError(CALLS_ERRORS.CALLS_NOT_SET_UP, { retryAfterSeconds: RETRY_SECONDS });
  }

  /** Queues calls of one project. Throws NUMBER_SUPPRESSED for numbers that must not be called, QUOTA_REACHED when too many wait. */
  async add(tx: Transaction, calls: CallRow[]): Promise<void> {
    const [{ projectId, userId }] = calls;
    // Locked, for the project may be deleted at the same moment, and so that no two count its calls at once.
    if (!(await this.projects.lockOwned(tx, projectId, userId))) throw new AppError(PROJECTS_ERRORS.PROJECT_NOT_FOUND);
    const suppressed = await tx.manager.existsBy(SuppressedNumber, {
      userId,
      e164: In(calls.map(({ toNumber }) => toNumber)),
    });
    if (suppressed) throw new AppError(CALLS_ERRORS.NUMBER_SUPPRESSED);
    const waiting = await tx.manager.countBy(Call, { projectId, status: 'queued' });
    if (waiting + calls.length > this.settings.QUEUED_CALLS_PER_PROJECT)
      throw new AppError(COMMON_ERRORS.QUOTA_REACHED);
    await this.events.begin(tx, calls);
    await this.count(tx, projectId, calls.length);
    tx.afterCommit(() => this.listeners.forEach((listener) => listener()));
  }

  /** Writes a call that came in and rings already. Returns false where its project is gone, or has as many calls as it may. */
  addIncoming(call: CallRow): Promise<boolean> {
    return this.database.write(async (tx) => {
      const { projectId, userId } = call;
      if (!(await this.projects.lockOwned(tx, projectId, userId))) return false;
      const active = await tx.manager.countBy(Call, { projectId, status: In(ACTIVE_STATUSES) });
      if (active >= this.settings.CALLS_PER_PROJECT) return false;
      await this.events.begin(tx, [call]);
      await this.count(tx, projectId, 1);
      return true;
    });
  }

  private async count({ manager }: Transaction, projectId: string, added: number): Promise<void> {
    const { affected } = await manager.increment(CallTotal, { projectId }, 'total', added);
    if (affected === 0) await manager.insert(CallTotal, { projectId, total: added });
  }
}
