import { Column, Entity, JoinColumn, OneToOne } from 'typeorm';
import { IdColumn } from '../database/columns.js';
import { Project } from '../projects/project.entity.js';

/** Number of a project's calls. Counting a million rows for every page of the history would take longer than the page. */
@Entity('call_totals')
export class CallTotal {
  @IdColumn()
  projectId: string;

  @OneToOne(() => Project, { onDelete: 'CASCADE', nullable: false })
  @JoinColumn({ name: 'project_id', foreignKeyConstraintName: 'call_totals_project' })
  project?: unknown;

  @Column({ type: 'int' })
  total: number;
}
