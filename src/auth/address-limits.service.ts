import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Clock, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { ThrottlingSettings } from '../throttling/throttling.settings.js';
import { Transaction } from '../database/transaction.js';
import { maskedIp } from '../config/addresses.js';
import { mailboxOf } from '../throttling/mailbox.js';
import { ThrottleResets } from '../throttling/throttle-resets.js';
import { AddressLimits, Tally } from './address-limits.entity.js';

const LETTER_GAP_MS = MINUTE_MS;
const LETTERS_AN_HOUR = 5;
/** Messages beyond the daily limit: for networks that had not asked before, and for reset links. */
const KEPT_LETTERS_AN_HOUR = 2;
const FAILED_CODES_A_DAY = { network: 5, address: 20 };
/** Limits for requests with a signup's token; `network` is for all signups of one network together. */
const OWN_FAILED_CODES_A_DAY = { signup: 10, network: 20 };

const TALLIES = ['failedCodes', 'codeLetters', 'resetLetters', 'letters', 'newcomerLetters'] as const;
type TallyName = (typeof TALLIES)[number];

/** Locked counters, with the ids of their rows: one row under each secret while APP_SECRET is being changed. */
export type CountedUse = Record<TallyName, Tally> & { ids: string[] };

/** The most recent of the rows of one counter: an instance that knows one secret alone has written to one row. */
function newest(rows: AddressLimits[], name: TallyName): Tally {
  return rows
    .map((row) => row[name])
    .reduce((a, b) =>
      b.lastAt > a.lastAt || (b.lastAt.getTime() === a.lastAt.getTime() && b.count > a.count) ? b : a,
    );
}

/** The locked counters of an address, and of one network for that address. */
export interface AddressUse {
  address: CountedUse;
  network: CountedUse;
  /** Counters of the token in the request. */
  signup?: CountedUse;
}

/** Locks addresses and counts messages and failed codes, whether or not there is an account. */
@Injectable()
export class AddressLimitsService {
  constructor(
    private readonly clock: Clock,
    private readonly secrets: Secrets,
    private readonly resets: ThrottleResets,
    private readonly settings: ThrottlingSettings,
  ) {}

  /** Locks the address until the end of this unit of work. */
  lock(transaction: Transaction, email: string): Promise<CountedUse> {
    return this.rows(transaction, this.idsOf('address', email));
  }

  /** Also returns the counters of the client's network and, with a token, of its signup. */
  async lockFor(transaction: Transaction, email: string, ip: string, sessionId?: string): Promise<AddressUse> {
    const address = await this.lock(transaction, email);
    const whom = this.resets.countedAs(email);
    const network = await this.rows(transaction, this.idsOf('address-network', whom, maskedIp(ip)));
    if (sessionId === undefined) return { address, network };
    return { address, network, signup: await this.rows(transaction, this.idsOf('address-signup', whom, sessionId)) };
  }

  /** Counts a message with a code and returns 0; over a limit it counts nothing and returns the seconds to wait. */
  async takeCodeLetter(transaction: Transaction, use: AddressUse): Promise<number> {
    const ownWait = this.waitForLetter(this.within(use.network.codeLetters, HOUR_MS));
    const wait = Math.max(ownWait, this.waitForDay(use));
    if (wait === 0) await this.noteCodeLetter(transaction, use);
    return wait;
  }

  /** Counts the message of a signup. Returns the seconds to wait by the daily limit alone, and by all limits of takeCodeLetter. */
  async noteCodeLetter(transaction: Transaction, use: AddressUse): Promise<{ dayWait: number; wait: number }> {
    const dayWait = this.waitForDay(use);
    const wait = Math.max(dayWait, this.waitForLetter(this.within(use.network.codeLetters, HOUR_MS)));
    if (this.isDayFull(use.address)) await this.count(transaction, use.address, 'newcomerLetters', HOUR_MS);
    await this.count(transaction, use.address, 'letters', DAY_MS);
    await this.count(transaction, use.network, 'codeLetters', HOUR_MS);
    return { dayWait, wait };
  }

  /** Counts a message with a reset link. Its separate limit cannot be used up by signups. Returns the seconds to wait, or 0. */
  async takeResetLetter(transaction: Transaction, address: CountedUse): Promise<number> {
    const most = this.isDayFull(address) ? KEPT_LETTERS_AN_HOUR : LETTERS_AN_HOUR;
    const wait = this.waitForLetter(this.within(address.resetLetters, HOUR_MS), most);
    if (wait > 0) return wait;
    await this.count(transaction, address, 'letters', DAY_MS);
    await this.count(transaction, address, 'resetLetters', HOUR_MS);
    return 0;
  }

  /** Seconds until the next code may be tried; 0 for now. */
  waitForCode({ address, network, signup }: AddressUse): number {
    if (signup) {
      return Math.max(
        this.waitForFailures(signup, OWN_FAILED_CODES_A_DAY.signup),
        this.waitForFailures(network, OWN_FAILED_CODES_A_DAY.network),
      );
    }
    return Math.max(
      this.waitForFailures(network, FAILED_CODES_A_DAY.network),
      this.waitForFailures(address, FAILED_CODES_A_DAY.address),
    );
  }

  /** Counts a try as failed; called before the code is compared. */
  async noteFailedCode(transaction: Transaction, use: AddressUse): Promise<void> {
    for (const one of this.usesOf(use)) await this.count(transaction, one, 'failedCodes', DAY_MS);
  }

  /** Resets the failures after a right code. */
  async clearFailedCodes(transaction: Transaction, use: AddressUse): Promise<void> {
    for (const { ids } of this.usesOf(use)) {
      await transaction.manager.update(AddressLimits, { id: In(ids) }, { failedCodes: { count: 0 } });
    }
  }

  /** Takes back the failure that this unit of work counted; earlier ones still count. */
  async takeBackFailedCode(transaction: Transaction, use: AddressUse): Promise<void> {
    for (const { ids, failedCodes } of this.usesOf(use)) {
      const { count } = this.within(failedCodes, DAY_MS);
      await transaction.manager.update(AddressLimits, { id: In(ids) }, { failedCodes: { count } });
    }
  }

  private usesOf({ address, network, signup }: AddressUse): CountedUse[] {
    return [address, network, ...(signup ? [signup] : [])];
  }

  /** Resets all counters of the address, its mailbox and its user. */
  async clear(transaction: Transaction, email: string, userId?: string): Promise<void> {
    await transaction.manager.delete(AddressLimits, { id: In(this.idsOf('address', email)) });
    for (const whom of [email, mailboxOf(email), ...(userId === undefined ? [] : [userId])]) {
      await this.resets.reset(transaction, whom);
    }
  }

  private idsOf(purpose: string, ...parts: string[]): string[] {
    return this.secrets.macs(purpose, ...parts).map((mac) => mac.toString('hex'));
  }

  /** Locks in one order whatever the order of the secrets, so that two units of work cannot deadlock. */
  private async rows(transaction: Transaction, ids: string[]): Promise<CountedUse> {
    const rows: AddressLimits[] = [];
    for (const id of [...ids].sort()) rows.push(await this.row(transaction, id));
    const tallies = Object.fromEntries(TALLIES.map((name) => [name, newest(rows, name)])) as Record<TallyName, Tally>;
    return { ...tallies, ids };
  }

  private async row(transaction: Transaction, id: string): Promise<AddressLimits> {
    const never = (): Tally => ({ count: 0, since: new Date(0), lastAt: new Date(0) });
    const tallies = Object.fromEntries(TALLIES.map((name) => [name, never()])) as Record<TallyName, Tally>;
    // One statement that takes the exclusive lock at once: reading first could deadlock.
    await transaction.manager
      .createQueryBuilder()
      .insert()
      .into(AddressLimits)
      .values({ id, ...tallies, touchedAt: this.clock.now() })
      .orUpdate(['touched_at'], ['id'])
      .updateEntity(false)
      .execute();
    return transaction.manager.findOneByOrFail(AddressLimits, { id });
  }

  private waitForFailures({ failedCodes }: CountedUse, most: number): number {
    const tally = this.within(failedCodes, DAY_MS);
    return tally.count >= most ? this.until(tally.since, DAY_MS) : 0;
  }

  private isDayFull({ letters }: CountedUse): boolean {
    return this.within(letters, DAY_MS).count >= this.settings.THROTTLE_ADDRESS_LETTERS_PER_DAY;
  }

  /** When the daily limit is reached, a network that had not asked before still gets two messages an hour. */
  private waitForDay({ address, network }: AddressUse): number {
    if (!this.isDayFull(address)) return 0;
    const hasAsked = this.until(network.codeLetters.lastAt, DAY_MS) > 0;
    const kept = this.within(address.newcomerLetters, HOUR_MS);
    if (hasAsked) return this.until(address.letters.since, DAY_MS);
    return kept.count < KEPT_LETTERS_AN_HOUR ? 0 : this.until(kept.since, HOUR_MS);
  }

  private waitForLetter({ count, since, lastAt }: Tally, most = LETTERS_AN_HOUR): number {
    return Math.max(this.until(lastAt, LETTER_GAP_MS), count >= most ? this.until(since, HOUR_MS) : 0);
  }

  private async count(transaction: Transaction, use: CountedUse, name: TallyName, windowMs: number): Promise<void> {
    const tally = this.within(use[name], windowMs);
    const counted = { count: tally.count + 1, since: tally.since, lastAt: this.clock.now() };
    await transaction.manager.update(AddressLimits, { id: In(use.ids) }, { [name]: counted });
  }

  /** The tally, or a new one when its window is over. */
  private within(tally: Tally, windowMs: number): Tally {
    const now = this.clock.now();
    const ageMs = now.getTime() - tally.since.getTime();
    if (Math.abs(ageMs) < windowMs) return tally;
    // A moment in the future means that the clock was set back; it must not block the address until then.
    return { count: 0, since: now, lastAt: ageMs < 0 ? new Date(0) : tally.lastAt };
  }

  private until(since: Date, gapMs: number): number {
    return Math.max(0, Math.ceil((since.getTime() + gapMs - this.clock.now().getTime()) / SECOND_MS));
  }
}
