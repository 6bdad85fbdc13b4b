import { Column, Entity, PrimaryColumn } from 'typeorm';

export const CURRENT_SECRET = 'current';

/** Tells which secret this database belongs to: one row, with a MAC that only that secret makes. */
@Entity('secret_marks')
export class SecretMark {
  /** CURRENT_SECRET. */
  @PrimaryColumn({ type: 'varchar', length: 16 })
  id: string;

  @Column({ type: 'varchar', length: 64 })
  mac: string;
}
