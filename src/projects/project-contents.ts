import { Injectable } from '@nestjs/common';
import { Transaction } from '../database/transaction.js';

/** One kind of things that a project contains: its agents, say. Whoever asks holds the lock of the project's row. */
export interface ProjectContent {
  count(transaction: Transaction, projectId: string): Promise<number>;
  remove(transaction: Transaction, projectId: string): Promise<void>;
}

/** What projects contain, told by the modules whose things these are when they start: projects know none of them. */
@Injectable()
export class ProjectContents {
  private readonly kinds: ProjectContent[] = [];

  register(kind: ProjectContent): void {
    this.kinds.push(kind);
  }

  async isEmpty(transaction: Transaction, projectId: string): Promise<boolean> {
    for (const kind of this.kinds) {
      if ((await kind.count(transaction, projectId)) > 0) return false;
    }
    return true;
  }

  /** The last registered first: modules start after those that they build upon. */
  async remove(transaction: Transaction, projectId: string): Promise<void> {
    for (const kind of this.kinds.toReversed()) await kind.remove(transaction, projectId);
  }
}
