import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppError } from '../common/app-error.js';
import { ipRange, maskedIp } from '../common/client.js';
import { Clock, DAY_MS, SECOND_MS } from '../common/clock.js';
import { RateLimit } from '../common/rate-limit-headers.js';
import { Secrets } from '../common/secrets.js';
import { Env } from '../config/env.js';
import { Count, CounterStore } from './counter-store.js';
import { KnownNetworks } from './known-networks.js';
import { Endpoint, LimitRule, rulesOf, SIGNUPS, WRONG_CREDENTIALS } from './limits.js';
import { THROTTLING_ERRORS } from './throttling.errors.js';

const REMEMBERED_IPS = 10_000;

/** Whom a request comes from, and whom it is about: an address (normalised, with an account or without) or a user, never both. */
export interface Subject {
  ip: string;
  email?: string;
  userId?: string;
}

interface Tally extends Count {
  most: number;
}

const isOver = (tally: Tally): boolean => tally.count > tally.most;
const isFull = (tally: Tally): boolean => tally.count >= tally.most;

/** Counts tries before their work is done, so that parallel ones cannot slip through; refuses those that are too many. */
@Injectable()
export class Throttling {
  /** IPs that are over a limit: until it starts anew, refusing them costs the store nothing. */
  private readonly spent = new LRUCache<string, Tally>({ max: REMEMBERED_IPS });

  constructor(
    private readonly store: CounterStore,
    private readonly networks: KnownNetworks,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly env: Env,
  ) {}

  /** Counts a request to an endpoint and answers its tightest limit; throws TOO_MANY_REQUESTS. One that is refused counts no further, so that it costs nobody else a try. */
  async admit(endpoint: Endpoint, subject: Subject): Promise<RateLimit> {
    const { limits, guesses } = rulesOf(endpoint);
    const tallies: Tally[] = [];
    for (const rule of limits) {
      const key = this.keyOf(endpoint, rule, subject);
      if (key) tallies.push(await this.tally(key, rule, tallies.some(isOver)));
    }
    const gate = guesses && (await this.gate(subject, tallies.some(isOver)));
    const refusal = this.refusal(gate ? [...tallies, gate] : tallies);
    if (refusal) throw refusal;
    const [tightest] = tallies.sort((a, b) => a.most - a.count - (b.most - b.count));
    const resetSeconds = this.secondsUntil(tightest.resetAt);
    return { limit: tightest.most, remaining: tightest.most - tightest.count, resetSeconds };
  }

  /** The try was right, so it was no failure, and its own pair counts anew. Failures from elsewhere stay. */
  async succeed(endpoint: Endpoint, subject: Subject): Promise<void> {
    const { limits, guesses } = rulesOf(endpoint);
    if (!guesses) return;
    const pairs = limits.filter(({ by }) => by !== 'ip').map((rule) => this.keyOf(endpoint, rule, subject));
    const ownGate = ['failures', 'delays', 'gate'].map((name) => this.key(name, ...this.pairOf(subject)));
    await this.store.clear([...pairs, ...ownGate].filter((key) => key !== null));
    await this.store.add(this.key('failures', this.guessedOf(subject)), -1, DAY_MS, this.now);
  }

  /** Counts a signup that would send a letter; answers the refusal when it is one too many. */
  countSignup(email: string): Promise<AppError | null> {
    return this.count(SIGNUPS, { ip: '', email });
  }

  /** Counts a credential that is wrong, or may be; throws TOO_MANY_REQUESTS. */
  async countCredential(ip: string): Promise<void> {
    const refusal = await this.count(WRONG_CREDENTIALS, { ip });
    if (refusal) throw refusal;
  }

  /** The credential that was counted is good. */
  async forgiveCredential(ip: string): Promise<void> {
    const key = this.keyOf('', WRONG_CREDENTIALS, { ip });
    if (key) await this.store.add(key, -1, WRONG_CREDENTIALS.windowMs, this.now);
  }

  private get now(): number {
    return this.clock.now().getTime();
  }

  private async count(rule: LimitRule, subject: Subject): Promise<AppError | null> {
    const key = this.keyOf('', rule, subject);
    return key ? this.refusal([await this.tally(key, rule, false)]) : null;
  }

  private async tally(key: string, { by, setting, windowMs }: LimitRule, isRefused: boolean): Promise<Tally> {
    const { now } = this;
    const spent = this.spent.get(key);
    if (spent && spent.resetAt > now) return spent;
    const count = await (isRefused ? this.store.read(key, now) : this.store.add(key, 1, windowMs, now));
    const tally = { ...count, most: this.env[setting] };
    if (by === 'ip' && isOver(tally)) this.spent.set(key, tally);
    return tally;
  }

  /** Null while the free failures last. A network that is known counts its own failures when those from elsewhere are too many. */
  private async gate(subject: Subject, isRefused: boolean): Promise<Tally | null> {
    const guessed = this.guessedOf(subject);
    if (guessed === '') return null;
    if (isRefused) return { ...(await this.store.read(this.key('gate', guessed), this.now)), most: 1 };
    const gate = await this.passGate(guessed);
    const { email, ip } = subject;
    if (!gate || !isOver(gate) || email === undefined || !(await this.networks.isKnown(email, ip))) return gate;
    return this.passGate(...this.pairOf(subject));
  }

  /** One try at a time may pass, each after a wait twice as long as the one before. */
  private async passGate(...parts: string[]): Promise<Tally | null> {
    const { now, env } = this;
    const failures = await this.store.add(this.key('failures', ...parts), 1, DAY_MS, now);
    if (failures.count < env.THROTTLE_FREE_FAILURES) return null;
    const delays = await this.store.read(this.key('delays', ...parts), now);
    const seconds = Math.min(env.THROTTLE_FIRST_DELAY_SECONDS * 2 ** delays.count, env.THROTTLE_LONGEST_DELAY_SECONDS);
    const gate = await this.store.add(this.key('gate', ...parts), 1, seconds * SECOND_MS, now);
    if (gate.count === 1) await this.store.add(this.key('delays', ...parts), 1, DAY_MS, now);
    return { ...gate, most: 1 };
  }

  /** Null when no limit is exceeded. The wait is that of the longest limit that is used up: after it the try is let in. */
  private refusal(tallies: Tally[]): AppError | null {
    if (!tallies.some(isOver)) return null;
    const [longest] = tallies.filter(isFull).sort((a, b) => b.resetAt - a.resetAt);
    const retryAfterSeconds = this.secondsUntil(longest.resetAt);
    return new AppError(THROTTLING_ERRORS.TOO_MANY_REQUESTS, { retryAfterSeconds, limit: longest.most });
  }

  private secondsUntil(moment: number): number {
    return Math.max(1, Math.ceil((moment - this.now) / SECOND_MS));
  }

  private guessedOf({ email, userId }: Subject): string {
    return email ?? userId ?? '';
  }

  private pairOf({ email, ip }: Subject): string[] {
    return [email ?? '', maskedIp(ip)];
  }

  /** Null when the request does not say whom it is about: validation will refuse it. */
  private keyOf(endpoint: string, { by, name }: LimitRule, { ip, email, userId }: Subject): string | null {
    const range = ipRange(ip);
    const parts = { ip: [range], pair: [email, range], address: [email], user: [userId] }[by];
    const known = parts.flatMap((part) => part ?? []);
    return known.length < parts.length ? null : this.key(name ?? endpoint, by, ...known);
  }

  /** Addresses and IPs are personal data: the stores see only their HMAC. */
  private key(...parts: string[]): string {
    return this.secrets.mac('throttling', ...parts).toString('hex');
  }
}
