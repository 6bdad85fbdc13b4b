import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Clock, SECOND_MS } from '../common/clock.js';
import { Database } from '../database/database.js';
import type { LineCall, LineEnd, LineListener, PhoneLine } from '../telephony/phone-line.js';
import { type CallChanges, CallEvents } from './call-events.js';
import { outcomeOf } from './call-outcome.js';
import type { CallStatus, EndedReason } from './call-status.js';
import { Call } from './call.entity.js';
import type { CallsSettings } from './calls.settings.js';

/** How often what the database did not take is offered again. */
const WRITE_AGAIN_MS = SECOND_MS;

export interface SessionParts {
  database: Database;
  events: CallEvents;
  clock: Clock;
  settings: CallsSettings;
}

/** One call on the line of this instance, from dialling to its outcome. */
export class CallSession implements LineListener {
  /** Resolves when the outcome is written down, or the call turned out to be ours no longer. */
  readonly done: Promise<void>;
  private readonly logger = new Logger('Calls');
  private finish: () => void = () => undefined;
  private line?: LineCall;
  private cancelTimer: () => void = () => undefined;
  private isAnswered = false;
  private isAbandoned = false;
  private decided: EndedReason | null = null;
  /** Changes are written one after the other, in the order in which they happened. */
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly call: Call,
    private readonly parts: SessionParts,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
  }

  dial(line: PhoneLine): void {
    const { clock, settings } = this.parts;
    const { id: callId, fromNumber: from, toNumber: to } = this.call;
    this.cancelTimer = clock.after(settings.CALL_RING_SECONDS * SECOND_MS, () => this.end('no-answer'));
    try {
      this.line = line.dial({ callId, from, to }, this);
    } catch (error) {
      this.logger.error(`The line could not dial call ${callId}`, error);
      this.ended({ reason: 'carrier-unavailable', carrierCode: null });
    }
  }

  /** Hangs up, or cancels a call that was not answered; the first reason counts. */
  end(reason: EndedReason): void {
    this.decided ??= reason;
    this.line?.hangUp();
  }

  /** The call is not ours any more: deleted, or given up by others who took this instance for dead. */
  abandon(): void {
    this.isAbandoned = true;
    this.cancelTimer();
    this.line?.hangUp();
    this.finish();
  }

  ringing(): void {
    this.write('ringing');
  }

  answered(): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.cancelTimer();
    const { clock, settings } = this.parts;
    this.cancelTimer = clock.after(settings.CALL_MAX_SECONDS * SECOND_MS, () => this.end('max-duration'));
    this.write('in-progress', { answeredAt: clock.now(), answeredBy: 'unknown' });
  }

  frame(): void {
    // Nobody listens yet.
  }

  digit(): void {
    // As above.
  }

  typed(): void {
    // As above.
  }

  ended(end: LineEnd): void {
    this.cancelTimer();
    const { status, ...outcome } = outcomeOf(end, this.isAnswered, this.decided);
    this.write(status, outcome);
    void this.writing.then(() => this.finish());
  }

  private write(status: CallStatus, changes: CallChanges = {}): void {
    this.writing = this.writing.then(() => this.writeUntilTaken(status, changes));
  }

  /** Goes on until the database takes it: nobody else knows what became of the call. */
  private async writeUntilTaken(status: CallStatus, changes: CallChanges): Promise<void> {
    while (!this.isAbandoned) {
      try {
        const isOurs = await this.move(status, changes);
        if (!isOurs) this.abandon();
        return;
      } catch (error) {
        this.logger.error(`The status ${status} of call ${this.call.id} could not be written yet`, error);
        await delay(WRITE_AGAIN_MS, undefined, { ref: false });
      }
    }
  }

  /** False when the row is gone, or held by another instance. */
  private move(status: CallStatus, changes: CallChanges): Promise<boolean> {
    const { database, events } = this.parts;
    const { id } = this.call;
    const leaseOwner = this.call.leaseOwner ?? '';
    return database.write(async (tx) => {
      const call = await tx.lock(Call, { id, leaseOwner });
      if (!call) return false;
      await events.move(tx, call, status, changes);
      return true;
    });
  }
}
