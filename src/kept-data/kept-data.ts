import { Injectable } from '@nestjs/common';
import { ObjectLiteral } from 'typeorm';
import { Transaction } from '../database/transaction.js';
import { KeptRows, Person } from './kept-rows.js';

/** All kinds of rows, as their modules declare them at the start. Kinds come after those that they are built upon. */
@Injectable()
export class KeptData {
  private readonly declared: KeptRows<ObjectLiteral>[] = [];
  private readonly listeners: (() => void)[] = [];

  get kinds(): readonly KeptRows<ObjectLiteral>[] {
    return this.declared;
  }

  declare<Row extends ObjectLiteral>(kind: KeptRows<Row>): void {
    this.declared.push(kind as unknown as KeptRows<ObjectLiteral>);
  }

  /** Calls the listener whenever an account or a project was deleted: files may have lost their owner. */
  onDeletion(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Deletes what goes with an account, the account itself last. The caller has locked the user. */
  async removeWithAccount(transaction: Transaction, person: Person): Promise<void> {
    for (const { withAccount } of this.declared.toReversed()) {
      if (typeof withAccount === 'function') await withAccount(transaction, person);
    }
    this.tell(transaction);
  }

  /** Whether a project may be deleted without `cascade`. The caller has locked the project. */
  async isProjectEmpty({ manager }: Transaction, projectId: string): Promise<boolean> {
    for (const { entity, fillsProject } of this.declared) {
      if (fillsProject && (await manager.existsBy(entity, { projectId }))) return false;
    }
    return true;
  }

  /** Deletes what goes with a project. The caller has locked the project. */
  async removeWithProject(transaction: Transaction, projectId: string): Promise<void> {
    for (const { withProject } of this.declared.toReversed()) {
      if (typeof withProject === 'function') await withProject(transaction, projectId);
    }
    this.tell(transaction);
  }

  private tell(transaction: Transaction): void {
    transaction.afterCommit(() => this.listeners.forEach((listener) => listener()));
  }
}
