import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';

type UrlOf = (manager: EntityManager, projectId: string) => Promise<string | null>;

/** Finds each project's current webhook URL. The projects module sets the lookup at the start, because it depends on this one. */
@Injectable()
export class WebhookAddresses {
  private ask: UrlOf = () => Promise.resolve(null);

  tellBy(ask: UrlOf): void {
    this.ask = ask;
  }

  /** Returns null when the project has no webhook or is deleted. */
  urlOf(manager: EntityManager, projectId: string): Promise<string | null> {
    return this.ask(manager, projectId);
  }
}
