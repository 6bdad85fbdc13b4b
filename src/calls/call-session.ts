import { Injectable, Logger } from '@nestjs/common';
import { Clock, SECOND_MS } from '../common/clock.js';
import type { Conversation } from '../conversations/conversation.js';
import type { ConversationEnd, ConversationEndReason } from '../conversations/conversation-events.js';
import { Database } from '../database/database.js';
import type { IncomingCall, LineCall, LineEnd, LineListener, PhoneLine, TakenCall } from '../telephony/phone-line.js';
import { type BeginConversation, CallConversations } from './call-conversations.js';
import { type CallChanges, CallEvents } from './call-events.js';
import { CallFigures } from './call-figures.js';
import { outcomeOf } from './call-outcome.js';
import { CallRecord } from './call-record.js';
import type { CallStatus, EndedReason } from './call-status.js';
import { CallWrites } from './call-writes.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';
import { RecordingsService } from './recordings/recordings.service.js';

/** Puts a call on a line. */
type Connect = (listener: LineListener) => LineCall;

const NOT_DIALLED: LineEnd = { reason: 'canceled', carrierCode: null };

/** Dependencies of sessions. */
@Injectable()
export class SessionParts {
  constructor(
    readonly database: Database,
    readonly events: CallEvents,
    readonly conversations: CallConversations,
    readonly recordings: RecordingsService,
    readonly figures: CallFigures,
    readonly clock: Clock,
    readonly settings: CallsSettings,
  ) {}
}

/** One call on the line of this instance, from dialling to its outcome: between the line and the conversation. */
export class CallSession implements LineListener {
  /** Resolves when the outcome is stored or the call was abandoned. */
  readonly done: Promise<void>;
  private readonly logger = new Logger('Calls');
  private readonly writes: CallWrites;
  private finish: () => void = () => undefined;
  private line?: LineCall;
  private conversation?: Conversation;
  private cancelRing: () => void = () => undefined;
  private isAnswered = false;
  private isAbandoned = false;
  private isOver = false;
  private decided: EndedReason | null = null;
  private lineEnd: LineEnd | null = null;

  constructor(
    private readonly call: Call,
    private readonly parts: SessionParts,
  ) {
    this.done = new Promise((resolve) => (this.finish = resolve));
    this.writes = new CallWrites(parts.database, call, () => this.abandon());
  }

  dial(line: PhoneLine): Promise<void> {
    const { id: callId, fromNumber: from, toNumber: to } = this.call;
    return this.begin((listener) => line.dial({ callId, from, to }, listener));
  }

  /** Answers a call that came in, once all is there that its conversation needs. */
  async take(incoming: IncomingCall): Promise<void> {
    let taken: TakenCall | undefined;
    await this.begin((listener) => (taken = incoming.take(listener)));
    if (taken) taken.answer();
    else incoming.refuse('busy');
  }

  /** Hangs up, or cancels an unanswered call. Only the first reason counts. */
  end(reason: ConversationEndReason): void {
    if (!this.isAnswered) this.decided ??= reason;
    this.conversation?.end(reason);
    // Even during a goodbye.
    this.line?.hangUp();
  }

  /** Has the agent say goodbye before it hangs up. */
  sayGoodbye(reason: ConversationEndReason): void {
    if (this.isAnswered && this.conversation) this.conversation.end(reason, true);
    else this.end(reason);
  }

  /** Stops without an outcome: the call was deleted, or failed by an instance that considered this one dead. */
  abandon(): void {
    this.isAbandoned = true;
    this.writes.stop();
    this.cancelRing();
    this.line?.hangUp();
    this.finish();
  }

  ringing(): void {
    this.write('ringing');
  }

  answered(): void {
    if (this.isAnswered || this.isOver) return;
    this.isAnswered = true;
    this.cancelRing();
    this.write('in-progress', { answeredAt: this.parts.clock.now(), answeredBy: 'unknown' });
    this.conversation?.answered();
  }

  frame(samples: Int16Array): void {
    this.conversation?.frame(samples);
  }

  digit(digit: string): void {
    this.conversation?.digit(digit);
  }

  typed(text: string): void {
    this.conversation?.typed(text);
  }

  ended(end: LineEnd): void {
    this.lineEnd = end;
    if (this.conversation) this.conversation.lineEnded(end);
    else this.settle(end);
  }

  private async begin(connect: Connect): Promise<void> {
    const prepare = () => this.parts.conversations.prepare(this.call);
    const begin = await this.writes.insist('the question for the agent', prepare);
    if (this.isAbandoned) return;
    if (!begin || this.decided) return this.settle(NOT_DIALLED);
    this.ring(connect, begin);
  }

  private ring(connect: Connect, begin: BeginConversation): void {
    const { clock, settings } = this.parts;
    this.cancelRing = clock.after(settings.CALL_RING_SECONDS * SECOND_MS, () => this.end('no-answer'));
    try {
      this.line = connect(this);
      const over = (end: ConversationEnd) => this.conversationEnded(end);
      const record = new CallRecord(this.call, this.line, this.writes, this.parts, over);
      this.conversation = begin(this.line, record);
    } catch (error) {
      this.logger.error(`The line could not begin call ${this.call.id}`, error);
      this.line?.hangUp();
      return this.settle({ reason: 'carrier-unavailable', carrierCode: null });
    }
    this.conversation.prepare();
  }

  /** Runs after the line's end, or without it if the line does not report one. */
  private conversationEnded({ reason, answeredBy, latency }: ConversationEnd): void {
    this.decided ??= reason;
    const figures = this.isAnswered ? { answeredBy, latency: JSON.stringify(latency) } : {};
    this.settle(this.lineEnd ?? { reason: 'hung-up-here', carrierCode: null }, figures);
  }

  /** Writes the outcome down; the first one counts. */
  private settle(end: LineEnd, figures: CallChanges = {}): void {
    if (this.isOver) return;
    this.isOver = true;
    this.cancelRing();
    const { status, ...outcome } = outcomeOf(end, this.isAnswered, this.decided);
    this.write(status, { ...outcome, ...figures });
    void this.writes.settled().then(() => this.finish());
  }

  private write(status: CallStatus, changes: CallChanges = {}): void {
    this.writes.add(`the status ${status}`, (tx, call) => this.parts.events.move(tx, call, status, changes));
  }
}
