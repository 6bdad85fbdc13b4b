import { Column, Entity, Index, JoinColumn, ManyToOne } from 'typeorm';
import { IdColumn, MomentColumn } from '../../database/columns.js';
import { Call } from '../call.entity.js';

/** `writing` until its call is over; then all of the call is kept, or only its beginning. */
export type RecordingState = 'writing' | 'whole' | 'partial';

/** A file in the store of recordings, named by the id. There is a row before there is a file, and as long as there may be one. */
@Entity('recordings')
@Index('recordings_of_call', ['callId'], { unique: true })
@Index('recordings_by_state', ['state', 'createdAt'])
@Index('recordings_created_at', ['createdAt'])
export class Recording {
  @IdColumn()
  id: string;

  /** Null: the call is deleted, or the recording had its time; the file has to go. */
  @Column({ type: 'varchar', length: 36, nullable: true })
  callId: string | null;

  /** Whatever deletes the call leaves the row, so that no file is forgotten. */
  @ManyToOne(() => Call, { onDelete: 'SET NULL', nullable: true })
  @JoinColumn({ name: 'call_id', foreignKeyConstraintName: 'recordings_call' })
  call?: Call;

  @Column({ type: 'varchar', length: 8 })
  state: RecordingState;

  @MomentColumn()
  createdAt: Date;
}
