import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { Secrets } from '../common/secrets.js';
import { Transaction } from '../database/transaction.js';
import { AddressLimits, Tally } from './address-limits.entity.js';

const LETTER_GAP_MS = MINUTE_MS;
const LETTERS_AN_HOUR = 5;
const FAILED_CODES_A_DAY = 10;

export type LetterTally = 'codeLetters' | 'resetLetters';

/** Locks an address and counts what was done to it, whether it has an account or not. */
@Injectable()
export class AddressLimitsService {
  constructor(
    private readonly clock: Clock,
    private readonly secrets: Secrets,
  ) {}

  /** Takes the address for this unit of work: others that ask for it wait. */
  async lock(transaction: Transaction, email: string): Promise<AddressLimits> {
    const id = this.idOf(email);
    const never = (): Tally => ({ count: 0, since: new Date(0), lastAt: new Date(0) });
    // One statement that takes the exclusive lock at once: a read first would let two units of work wait for each other.
    await transaction.manager
      .createQueryBuilder()
      .insert()
      .into(AddressLimits)
      .values({
        id,
        failedCodes: never(),
        codeLetters: never(),
        resetLetters: never(),
        touchedAt: this.clock.now(),
      })
      .orUpdate(['touched_at'], ['id'])
      .updateEntity(false)
      .execute();
    return transaction.manager.findOneByOrFail(AddressLimits, { id });
  }

  /** Counts a letter. Answers the seconds to wait when one more is too many now (and counts nothing), else 0. */
  async takeLetter(transaction: Transaction, limits: AddressLimits, kind: LetterTally): Promise<number> {
    const wait = this.waitForLetter(this.within(limits[kind], HOUR_MS));
    if (wait === 0) await this.noteLetter(transaction, limits, kind);
    return wait;
  }

  /** Counts a letter whatever was counted before (a signup's own). Answers the wait that takeLetter would have asked for. */
  async noteLetter(transaction: Transaction, limits: AddressLimits, kind: LetterTally): Promise<number> {
    const tally = this.within(limits[kind], HOUR_MS);
    await this.count(transaction, limits, kind, tally);
    return this.waitForLetter(tally);
  }

  /** Seconds until the next code may be tried; 0 when it may be now. */
  waitForCode(limits: AddressLimits): number {
    const tally = this.within(limits.failedCodes, DAY_MS);
    return tally.count >= FAILED_CODES_A_DAY ? this.until(tally.since, DAY_MS) : 0;
  }

  /** Counts a try as failed, before it is looked at. */
  async noteFailedCode(transaction: Transaction, limits: AddressLimits): Promise<void> {
    await this.count(transaction, limits, 'failedCodes', this.within(limits.failedCodes, DAY_MS));
  }

  /** The right code came: failures before it do not count any more. */
  async clearFailedCodes(transaction: Transaction, limits: AddressLimits): Promise<void> {
    await transaction.manager.update(AddressLimits, limits.id, { failedCodes: { count: 0 } });
  }

  /** Forgets all that was counted of the address. */
  async clear(transaction: Transaction, email: string): Promise<void> {
    const id = this.idOf(email);
    await transaction.manager.delete(AddressLimits, { id });
  }

  private idOf(email: string): string {
    return this.secrets.mac('address', email).toString('hex');
  }

  private waitForLetter({ count, since, lastAt }: Tally): number {
    return Math.max(this.until(lastAt, LETTER_GAP_MS), count >= LETTERS_AN_HOUR ? this.until(since, HOUR_MS) : 0);
  }

  private async count(
    transaction: Transaction,
    limits: AddressLimits,
    kind: LetterTally | 'failedCodes',
    tally: Tally,
  ): Promise<void> {
    const counted = { count: tally.count + 1, since: tally.since, lastAt: this.clock.now() };
    await transaction.manager.update(AddressLimits, limits.id, { [kind]: counted });
  }

  /** The tally, begun anew when its window is over. */
  private within(tally: Tally, windowMs: number): Tally {
    const now = this.clock.now();
    const ageMs = now.getTime() - tally.since.getTime();
    if (Math.abs(ageMs) < windowMs) return tally;
    // Moments far ahead come from a clock that was put back since; they must not bar the address until they are here.
    return { count: 0, since: now, lastAt: ageMs < 0 ? new Date(0) : tally.lastAt };
  }

  private until(since: Date, gapMs: number): number {
    return Math.max(0, Math.ceil((since.getTime() + gapMs - this.clock.now().getTime()) / SECOND_MS));
  }
}
