import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { AppError } from '../common/app-error.js';
import { Clock, DAY_MS, SECOND_MS } from '../common/clock.js';
import { Secrets } from '../secrets/secrets.js';
import { AccountsSettings } from '../config/accounts.settings.js';
import { ThrottlingSettings } from './throttling.settings.js';
import { ipRange, ipv6Network, maskedIp } from '../config/addresses.js';
import { RateLimit } from '../http/rate-limit-headers.js';
import { Count, CounterStore, CounterWindow } from './counter-store.js';
import { Device, DeviceTokens } from './device-tokens.js';
import { KnownNetworks } from './known-networks.js';
import { Endpoint, LimitRule, rulesOf, SIGNUPS, WRITES, WRONG_CREDENTIALS } from './limits.js';
import { domainOf, mailboxOf } from './mailbox.js';
import { isOver, refusalOf, secondsUntil, Tally } from './tallies.js';
import { ThrottleResets } from './throttle-resets.js';

const REMEMBERED_IPS = 10_000;

/** Whom a request comes from and is about: a normalised address (with or without an account) or a user, never both. */
export interface Subject {
  ip: string;
  email?: string;
  userId?: string;
  /** The device token as sent; used only at login. */
  deviceToken?: string;
}

/** A subject with the device of its token, if the token is valid. */
interface Sender extends Subject {
  device?: Device | null;
}

interface Limit extends CounterWindow {
  by: LimitRule['by'];
  most: number;
}

const deviceName = ({ id }: Device): string => `device ${id}`;

/** Counts tries before their work, so that concurrent ones cannot slip through, and refuses those over a limit. */
@Injectable()
export class Throttling {
  /** IPs over a limit: they are refused without the store until the window ends. */
  private readonly spent = new LRUCache<string, Tally>({ max: REMEMBERED_IPS });

  constructor(
    private readonly store: CounterStore,
    private readonly networks: KnownNetworks,
    private readonly devices: DeviceTokens,
    private readonly resets: ThrottleResets,
    private readonly secrets: Secrets,
    private readonly clock: Clock,
    private readonly settings: ThrottlingSettings,
    private readonly accounts: AccountsSettings,
  ) {}

  /** Counts a request and returns its tightest limit; throws TOO_MANY_REQUESTS. A refused request is not counted further, so that it costs nobody else a try. */
  async admit(endpoint: Endpoint, subject: Subject): Promise<RateLimit> {
    await this.resets.refresh();
    const { limits: rules, guesses } = rulesOf(endpoint);
    const sender = this.senderOf(endpoint, subject);
    const limits = rules.flatMap((rule) => this.limitOf(endpoint, rule, sender) ?? []);
    const guessed = guesses ? this.guessedOf(subject) : '';
    const guess =
      guessed === '' ? [] : [[guessed], ...this.ownPairsOf(sender)].map((parts) => this.failuresOf(...parts));
    const { tallies, failures } = await this.tally(limits, guess);
    const gate = await this.gate(sender, guessed, failures);
    const refusal = refusalOf(gate ? [...tallies, gate] : tallies, this.now);
    if (refusal) {
      // A network or device that was refused has not failed.
      if (failures.length > 0) await this.store.forgive(guess.slice(1).map(({ key }) => key));
      throw refusal;
    }
    const [tightest] = tallies.sort((a, b) => a.most - a.count - (b.most - b.count));
    const resetSeconds = secondsUntil(tightest.resetAt, this.now);
    return { limit: tightest.most, remaining: tightest.most - tightest.count, resetSeconds };
  }

  /** After a successful try: takes back its failure and resets its own pair. Failures from elsewhere stay. */
  async succeed(endpoint: Endpoint, subject: Subject): Promise<void> {
    const { limits, guesses } = rulesOf(endpoint);
    if (!guesses) return;
    const sender = this.senderOf(endpoint, subject);
    const pairs = limits.filter(({ by }) => by !== 'ip').flatMap((rule) => this.limitOf(endpoint, rule, sender) ?? []);
    const own = this.ownPairsOf(sender);
    // With hidden accounts a right password changes no shared counter: others on the network would notice that somebody logged in.
    if (this.isHidden) {
      const counted = [[this.guessedOf(subject)], ...own].map((parts) => this.key('failures', ...parts));
      return this.store.forgive([...counted, ...pairs.map(({ key }) => key)]);
    }
    const ownGates = own.flatMap((parts) => ['failures', 'delays', 'gate'].map((name) => this.key(name, ...parts)));
    await this.store.forgive(
      [this.key('failures', this.guessedOf(subject))],
      [...pairs.map(({ key }) => key), ...ownGates],
    );
  }

  /** Counts a wrong password that was entered elsewhere than at login. */
  async countFailure(email: string): Promise<void> {
    await this.store.count([this.failuresOf(this.guessedOf({ ip: '', email }))], this.now);
  }

  /** Counts a signup that sends a message; returns the error when it is one too many. */
  countSignup(email: string, ip: string): Promise<AppError | null> {
    return this.count(SIGNUPS, { ip, email });
  }

  /** Counts a request of a user that may change something. Throws TOO_MANY_REQUESTS. */
  async countWrite(userId: string): Promise<void> {
    const refusal = await this.count(WRITES, { ip: '', userId });
    if (refusal) throw refusal;
  }

  /** Counts a credential before it is checked. Throws TOO_MANY_REQUESTS. */
  async countCredential(ip: string): Promise<void> {
    const refusal = await this.count(WRONG_CREDENTIALS, { ip });
    if (refusal) throw refusal;
  }

  /** Takes back the count of a credential that proved right. */
  async forgiveCredential(ip: string): Promise<void> {
    const limit = this.limitOf('', WRONG_CREDENTIALS, { ip });
    if (limit) await this.store.forgive([limit.key]);
  }

  private get isHidden(): boolean {
    return this.accounts.hidesAccounts;
  }

  private get now(): number {
    return this.clock.now().getTime();
  }

  private async count(rule: LimitRule, subject: Subject): Promise<AppError | null> {
    const limit = this.limitOf('', rule, subject);
    return limit && refusalOf((await this.tally([limit], [])).tallies, this.now);
  }

  /** Counts a request in all its limits at once, and as a failure (`guess`). Without `failures` when a limit refuses it. */
  private async tally(limits: Limit[], guess: CounterWindow[]): Promise<{ tallies: Tally[]; failures: Count[] }> {
    const { now } = this;
    if (limits.some(({ key }) => this.spentTally(key))) {
      const tallies = limits.map(async ({ key, most }) => {
        return this.spentTally(key) ?? { ...(await this.store.read(key, now)), most };
      });
      return { tallies: await Promise.all(tallies), failures: [] };
    }
    const windows: CounterWindow[] = [...limits, ...guess];
    const counts = await this.store.count(windows, now);
    const tallies = limits.map(({ most }, i) => ({ ...counts[i], most }));
    const refusing = tallies.findIndex(isOver);
    if (refusing === -1) return { tallies, failures: counts.slice(limits.length) };
    if (limits[refusing].by === 'ip') this.spent.set(limits[refusing].key, tallies[refusing]);
    await this.store.forgive(windows.slice(refusing + 1).map(({ key }) => key));
    return {
      tallies: tallies.map((tally, i) => (i > refusing ? { ...tally, count: tally.count - 1 } : tally)),
      failures: [],
    };
  }

  private spentTally(key: string): Tally | undefined {
    const tally = this.spent.get(key);
    return tally && tally.resetAt > this.now ? tally : undefined;
  }

  /**
   * Returns null while free failures are left. After that, networks without failures have a gate of their own, so that an attacker does not take
   * every turn. A device that logged in before counts only its own failures. So does a known network, unless accounts are hidden: only an
   * address with an account has known networks.
   */
  private async gate(sender: Sender, guessed: string, [all, own, ofDevice]: Count[]): Promise<Tally | null> {
    if (guessed === '') return null;
    const { email, ip, device } = sender;
    const [network, pairOfDevice] = this.ownPairsOf(sender);
    const isFresh = email !== undefined && own?.count === 1;
    const parts = isFresh ? [guessed, 'not failed'] : [guessed];
    if (!all) return { ...(await this.store.read(this.key('gate', ...parts), this.now)), most: 1 };
    const gate = await this.passGate(all, ...parts);
    if (!gate || !isOver(gate) || email === undefined) return gate;
    const isDeviceKnown = device && !(await this.devices.isEnded(email, device));
    const gateOfDevice = isDeviceKnown ? await this.passGate(ofDevice, ...pairOfDevice) : gate;
    if (!gateOfDevice || !isOver(gateOfDevice) || this.isHidden) return gateOfDevice;
    return (await this.networks.isKnown(email, ip)) ? this.passGate(own, ...network) : gateOfDevice;
  }

  private failuresOf(...parts: string[]): CounterWindow {
    return { key: this.key('failures', ...parts), windowMs: DAY_MS };
  }

  /** Lets one try at a time pass, each after twice the wait of the one before. */
  private async passGate(failures: Count, ...parts: string[]): Promise<Tally | null> {
    const { now, settings } = this;
    if (failures.count < settings.THROTTLE_FREE_FAILURES) return null;
    const delaysKey = this.key('delays', ...parts);
    const delays = await this.store.read(delaysKey, now);
    const seconds = Math.min(
      settings.THROTTLE_FIRST_DELAY_SECONDS * 2 ** delays.count,
      settings.THROTTLE_LONGEST_DELAY_SECONDS,
    );
    const [gate] = await this.store.count([{ key: this.key('gate', ...parts), windowMs: seconds * SECOND_MS }], now);
    if (gate.count === 1) await this.store.count([{ key: delaysKey, windowMs: DAY_MS }], now);
    return { ...gate, most: 1 };
  }

  private guessedOf({ email, userId }: Subject): string {
    return this.resets.countedAs(email ?? userId ?? '');
  }

  /** Keys of the sender's own failures: its network and, with a valid token, its device. */
  private ownPairsOf({ email, ip, device }: Sender): string[][] {
    const whom = this.resets.countedAs(email ?? '');
    return [[whom, maskedIp(ip)], ...(device ? [[whom, deviceName(device)]] : [])];
  }

  private senderOf(endpoint: Endpoint, subject: Subject): Sender {
    const { email, deviceToken } = subject;
    if (rulesOf(endpoint).guesses !== 'address' || email === undefined || deviceToken === undefined) return subject;
    return { ...subject, device: this.devices.read(deviceToken, email) };
  }

  /** Null when the request names no address: validation will refuse it. */
  private limitOf(endpoint: string, rule: LimitRule, { ip, email, userId, device }: Sender): Limit | null {
    const { by, name, setting, windowMs } = rule;
    const range = ipRange(ip);
    const whom = (who?: string) => who && this.resets.countedAs(who);
    const parts = {
      ip: [range],
      ip56: [ipv6Network(ip, 56)],
      ip48: [ipv6Network(ip, 48)],
      domain: [email && domainOf(email), maskedIp(ip)],
      mailbox: [whom(email && mailboxOf(email)), maskedIp(ip)],
      pair: [whom(email), device ? deviceName(device) : range],
      network: [whom(email), maskedIp(ip)],
      user: [whom(userId)],
    }[by];
    const known: string[] = parts.flatMap((part) => part ?? []);
    if (known.length < parts.length) return null;
    return { key: this.key(name ?? endpoint, by, ...known), windowMs, by, most: this.settings[setting] };
  }

  /** Addresses and IPs are personal data: stores get only an HMAC. */
  private key(...parts: string[]): string {
    return this.secrets.sharedMac('throttling', ...parts).toString('hex');
  }
}
