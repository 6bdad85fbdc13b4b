import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn } from '../database/columns.js';
import { Call } from './call.entity.js';

/** What one side of a call said; written while the call goes on, so that a crash keeps it. */
@Entity('call_turns')
@Index('call_turns_of_call', ['callId', 'position'], { unique: true })
export class CallTurn {
  @IdColumn()
  id: string;

  @Column({ type: 'varchar', length: 36 })
  callId: string;

  @ManyToOne(() => Call, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'call_id', foreignKeyConstraintName: 'call_turns_call' })
  call?: unknown;

  /** Place in the transcript, from 0. */
  @Column({ type: 'int' })
  position: number;

  @Column({ type: 'varchar', length: 8 })
  role: 'agent' | 'person';

  @Column({ type: 'text' })
  text: string;

  /** Milliseconds since the answer, as `endMs`. */
  @Column({ type: 'int' })
  startMs: number;

  @Column({ type: 'int' })
  endMs: number;

  /** True when the person interrupted the agent; `text` is the heard part. */
  @Column({ type: 'boolean' })
  interrupted: boolean;
}
