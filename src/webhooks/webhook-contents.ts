import { gunzipSync, gzipSync } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { Secrets } from '../secrets/secrets.js';
import { WebhookContent } from './webhook-content.entity.js';

/** Characters of a piece: sealed, in base64, it fits a column of type text on MariaDB. */
const PIECE_LENGTH = 48_000;

/**
 * What webhooks tell, as it was at the change that they tell of. It is kept whole, sealed, and not put together from the call again at
 * the delivery: notes, analysis and links to recordings of a call change after the change of its status, and a replay must not.
 */
@Injectable()
export class WebhookContents {
  constructor(private readonly secrets: Secrets) {}

  /** The rows that keep `data`. */
  rowsOf(deliveryId: string, data: object): Omit<WebhookContent, 'delivery'>[] {
    const text = gzipSync(JSON.stringify(data)).toString('base64');
    const count = Math.ceil(text.length / PIECE_LENGTH);
    return Array.from({ length: count }, (_, position) => {
      const id = uuid();
      const piece = text.slice(position * PIECE_LENGTH, (position + 1) * PIECE_LENGTH);
      return { id, deliveryId, position, sealed: this.secrets.encrypt(piece, id) };
    });
  }

  /** Returns the data that was given to `rowsOf`; null when it can no longer be read. */
  async read(manager: EntityManager, deliveryId: string): Promise<object | null> {
    const rows = await manager.find(WebhookContent, { where: { deliveryId }, order: { position: 'ASC' } });
    if (rows.some(({ id, sealed }) => this.secrets.sealOf(sealed, id) === undefined)) return null;
    const text = rows.map(({ id, sealed }) => this.secrets.decrypt(sealed, id)).join('');
    try {
      return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString()) as object;
    } catch {
      // A piece of it was dropped with a lost APP_SECRET: the checksum of gzip tells (RFC 1952).
      return null;
    }
  }
}
