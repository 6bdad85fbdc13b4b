import { Injectable } from '@nestjs/common';
import { Transaction } from '../database/transaction.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** The deliveries of a project, for its owner. */
@Injectable()
export class WebhookDeliveries {
  async remove({ manager }: Transaction, projectId: string): Promise<void> {
    await manager.delete(WebhookDelivery, { projectId });
  }
}
