import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';

type UrlOf = (manager: EntityManager, projectId: string) => Promise<string | null>;

/** Where the webhooks of each project lead at present, told by projects when they start: they are built upon webhooks. */
@Injectable()
export class WebhookAddresses {
  private ask: UrlOf = () => Promise.resolve(null);

  tellBy(ask: UrlOf): void {
    this.ask = ask;
  }

  /** Null for a project that has no webhook, or is deleted. */
  urlOf(manager: EntityManager, projectId: string): Promise<string | null> {
    return this.ask(manager, projectId);
  }
}
