import { Column, Entity, Index } from 'typeorm';
import { MomentColumn } from '../database/columns.js';
import { LeasedRow } from '../outbox/leased-row.js';
import { SealedColumn } from '../secrets/sealed-column.js';

/** Where a letter stands. */
export const LETTER_STATE = {
  /** Waits for its (next) try. */
  QUEUED: 'queued',
  SENT: 'sent',
  /** Given up: refused by the mail server, or out of use before it could be sent. Stays visible. */
  DEAD: 'dead',
  /** Never meant to be sent: stands in for a letter so that unknown addresses cost the same work. */
  VOID: 'void',
} as const;
export type LetterState = (typeof LETTER_STATE)[keyof typeof LETTER_STATE];

/** A letter, written in the unit of work of what it speaks of and sent after it (transactional outbox). */
@Entity('letters')
@Index('letters_state_next_try_at', ['state', 'nextTryAt'])
export class Letter extends LeasedRow {
  /** Which letter: a key of LETTERS. */
  @Column({ type: 'varchar', length: 32 })
  kind: string;

  /** Blank when the address is the secret. */
  @Index('letters_recipient')
  @Column({ type: 'varchar', length: 254 })
  recipient: string;

  /** What the template needs, as JSON; nothing secret. */
  @Column({ type: 'text' })
  params: string;

  /** The code, token or address, encrypted under the server's secret; wiped when the letter is settled. */
  @SealedColumn({ nullable: true })
  secret: string | null;

  @Column({ type: 'varchar', length: 16 })
  state: LetterState;

  /** After this moment the letter is of no use and is not sent. */
  @MomentColumn()
  usefulUntil: Date;

  /** Why the last try failed, in the mail server's words. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  lastError: string | null;

  /** Moment of the last try. */
  @Index('letters_tried_at')
  @MomentColumn({ nullable: true })
  triedAt: Date | null;

  /** The last try found the mail server itself failing (away, refusing everybody), not just this letter. */
  @Column({ type: 'boolean' })
  serverFailed: boolean;

  @MomentColumn()
  createdAt: Date;
}
