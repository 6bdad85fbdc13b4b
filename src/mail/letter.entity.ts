import { Column, Entity, Index } from 'typeorm';
import { MomentColumn } from '../database/columns.js';
import { LeasedRow } from '../outbox/leased-row.js';
import { SealedColumn } from '../secrets/sealed-column.js';

/** States of a message. */
export const LETTER_STATE = {
  /** Waits for its next try. */
  QUEUED: 'queued',
  SENT: 'sent',
  /** Given up: refused by the mail server, or useless before it could be sent. */
  DEAD: 'dead',
  /** Never sent; it exists so that unknown addresses cost the same work. */
  VOID: 'void',
} as const;
export type LetterState = (typeof LETTER_STATE)[keyof typeof LETTER_STATE];

/** A message in the outbox (a "letter" in tables, metrics and the export). */
@Entity('letters')
@Index('letters_state_next_try_at', ['state', 'nextTryAt'])
export class Letter extends LeasedRow {
  /** A key of LETTERS. */
  @Column({ type: 'varchar', length: 32 })
  kind: string;

  /** The address; blank when the address is the secret. */
  @Index('letters_recipient')
  @Column({ type: 'varchar', length: 254 })
  recipient: string;

  /** Values of the templates as JSON; nothing secret. */
  @Column({ type: 'text' })
  params: string;

  /** The encrypted code, token or address; wiped when the message is sent or given up. */
  @SealedColumn({ nullable: true })
  secret: string | null;

  @Column({ type: 'varchar', length: 16 })
  state: LetterState;

  /** After this time the message is useless and is not sent. */
  @MomentColumn()
  usefulUntil: Date;

  /** The mail server's reply to the last failed try. */
  @Column({ type: 'varchar', length: 255, nullable: true })
  lastError: string | null;

  /** Time of the last try. */
  @Index('letters_tried_at')
  @MomentColumn({ nullable: true })
  triedAt: Date | null;

  /** The last try found the mail server failing (away, or refusing everything), not only this message. */
  @Column({ type: 'boolean' })
  serverFailed: boolean;

  @MomentColumn()
  createdAt: Date;
}
