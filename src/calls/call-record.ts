import type { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.js';
import type {
  ConversationEnd,
  ConversationListener,
  TranscriptEntry,
  TurnLatency,
} from '../conversations/conversation-events.js';
import type { Transaction } from '../database/transaction.js';
import type { LineCall } from '../telephony/phone-line.js';
import type { CallFigures } from './call-figures.js';
import { CallTurn } from './call-turn.entity.js';
import { CallWrites } from './call-writes.js';
import { Call } from './call.entity.js';
import type { CallRecording, RecordingsService } from './recordings/recordings.service.js';
import { SuppressedNumber } from './suppressed-number.entity.js';

/** Size of a text column on MariaDB. */
const DATA_MAX_BYTES = 65_535;
/** Characters that fit a text column, whatever they are. */
const TURN_MAX_LENGTH = 16_000;

/** What a record is kept with. */
interface RecordParts {
  clock: Clock;
  recordings: RecordingsService;
  figures: CallFigures;
}

/** Inserts a turn unless it exists: a commit whose reply was lost is repeated. */
async function insertOnce(manager: EntityManager, turn: Omit<CallTurn, 'call'>): Promise<void> {
  if (!(await manager.existsBy(CallTurn, { id: turn.id }))) await manager.insert(CallTurn, turn);
}

/** Stores a conversation's transcript and notes during the call, and shows its words on lines that have a screen. */
export class CallRecord implements ConversationListener {
  private turns = 0;
  private personTurns = 0;
  private recording?: CallRecording;
  private isSuppressed = false;

  constructor(
    private readonly call: Call,
    private readonly line: LineCall,
    private readonly writes: CallWrites,
    private readonly parts: RecordParts,
    private readonly over: (end: ConversationEnd) => void,
  ) {}

  said({ role, text: whole, startMs, endMs, ...rest }: TranscriptEntry): void {
    const text = whole.slice(0, TURN_MAX_LENGTH);
    const interrupted = rest.interrupted === true;
    const position = this.turns;
    this.turns += 1;
    const turn = { id: uuid(), callId: this.call.id, position, role, text, startMs, endMs, interrupted };
    this.writes.offer('a turn', ({ manager }) => insertOnce(manager, turn));
    this.line.show?.({ id: role === 'agent' ? `agent-${position}` : this.personLine, role, text });
    if (role === 'person') this.personTurns += 1;
  }

  hearing(text: string): void {
    this.line.show?.({ id: this.personLine, role: 'person', text });
  }

  noted(name: string, value: string): void {
    this.writes.offer('a note', async ({ manager }, { id, data: before }) => {
      const notes = JSON.parse(before) as Record<string, unknown>;
      // fromEntries makes an own property of any name, also of `__proto__`.
      const data = JSON.stringify(Object.fromEntries([...Object.entries(notes), [name, value]]));
      if (Buffer.byteLength(data) <= DATA_MAX_BYTES) await manager.update(Call, id, { data });
    });
  }

  doNotCall(): void {
    if (this.isSuppressed) return;
    this.isSuppressed = true;
    this.writes.add('the wish to be called no more', (tx, call) => this.suppress(tx, call));
  }

  recordingAnnounced(atMs: number): void {
    const kept = (path: string) => this.line.offerRecording?.(path);
    this.recording = this.parts.recordings.begin(this.call, this.writes, atMs, kept);
  }

  sound(side: 'person' | 'agent', samples: Int16Array, atMs: number): void {
    this.recording?.sound(side, samples, atMs);
  }

  ended(end: ConversationEnd): void {
    this.recording?.finish();
    const { answerToSpeechMs } = end.latency;
    if (answerToSpeechMs !== null) this.parts.figures.noteFirstWord(answerToSpeechMs);
    this.over(end);
  }

  turnAnswered(latency: TurnLatency): void {
    this.parts.figures.noteTurn(latency);
  }

  answeredBy(): void {
    // It is kept with the outcome.
  }

  /** Id of the screen's line that shows what the person is saying or said last. */
  private get personLine(): string {
    return `person-${this.personTurns}`;
  }

  private async suppress({ manager }: Transaction, { userId, toNumber: e164 }: Call): Promise<void> {
    if (await manager.existsBy(SuppressedNumber, { userId, e164 })) return;
    await manager.insert(SuppressedNumber, { id: uuid(), userId, e164, createdAt: this.parts.clock.now() });
  }
}
