import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Database } from '../database/database.js';
import type { Snapshot } from '../database/snapshot.js';
import { Client } from '../http/client.js';
import { streamOf } from '../http/streamed-answer.js';
import { DataExport } from '../kept-data/data-export.js';
import { success } from '../openapi/answers.js';
import { User } from '../users/user.entity.js';
import { AccountEvents } from './account-events.js';
import { ExportPlaces } from './export-places.js';

/** Tells users all that is kept about them, whichever module keeps it. */
@Injectable()
export class ExportService {
  constructor(
    private readonly database: Database,
    private readonly data: DataExport,
    private readonly places: ExportPlaces,
    private readonly events: AccountEvents,
    private readonly clock: Clock,
  ) {}

  /** `ExportAnswer` as a stream, all of it as it is at one moment. Whatever becomes of the stream, all that it holds is given back. */
  async exportData(caller: Caller, client: Client, gone: AbortSignal): Promise<Readable> {
    const leave = await this.places.take(caller.userId, client.ip, gone);
    let snapshot: Snapshot | undefined;
    const giveBack = async () => {
      await snapshot?.close();
      leave();
    };
    try {
      await this.recordExport(caller, client);
      snapshot = await this.database.openSnapshot();
      const user = await snapshot.manager.findOneBy(User, { id: caller.userId });
      if (!user) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
      const stream = streamOf(this.toJson(snapshot, user), this.clock);
      return stream.once('close', () => void giveBack());
    } catch (error) {
      await giveBack();
      throw error;
    }
  }

  /** The log tells of it, for it is what the thief of a token would ask for. */
  private async recordExport({ userId }: Caller, client: Client): Promise<void> {
    await this.database.write(async (transaction) => {
      const isThere = await transaction.manager.existsBy(User, { id: userId });
      if (!isThere) throw new AppError(CREDENTIALS_ERRORS.TOKEN_INVALID);
      await this.events.dataExported(transaction, userId, client);
    });
  }

  private async *toJson({ manager }: Snapshot, user: User): AsyncGenerator<string> {
    yield JSON.stringify(success('This is all that is kept about you.', {})).replace(/}$/, ',"data":');
    yield* this.data.toJson(manager, user);
    yield '}';
  }
}
