import type { Readable } from 'node:stream';
import { Injectable, OnModuleInit } from '@nestjs/common';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { ApiKey } from '../credentials/api-key.entity.js';
import { Caller } from '../credentials/caller.js';
import { CREDENTIALS_ERRORS } from '../credentials/credentials.errors.js';
import { Session } from '../credentials/session.entity.js';
import { Database } from '../database/database.js';
import type { Snapshot } from '../database/snapshot.js';
import { Client } from '../http/client.js';
import { streamOf } from '../http/streamed-answer.js';
import { Letter } from '../mail/letter.entity.js';
import { success } from '../openapi/answers.js';
import { rowsOf, UserDataSources } from '../users/user-data.js';
import { User } from '../users/user.entity.js';
import { AccountEvents } from './account-events.js';
import { ExportPlaces } from './export-places.js';
import * as dto from './export.dto.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';

/** Tells users all that is kept about them, whichever module keeps it. */
@Injectable()
export class ExportService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly sources: UserDataSources,
    private readonly places: ExportPlaces,
    private readonly events: AccountEvents,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sources.register(dto.ExportedSession, rowsOf(Session));
    this.sources.register(dto.ExportedApiKey, rowsOf(ApiKey));
    this.sources.register(dto.ExportedEvent, {
      entity: AuditEvent,
      where: ({ id, email }) => [{ userId: id }, { email }],
      newestBy: ['at', 'id'],
    });
    this.sources.register(dto.ExportedLetter, {
      entity: Letter,
      where: ({ email }) => ({ recipient: email }),
      newestBy: ['id'],
    });
    const where = ({ email }: User) => ({ email });
    this.sources.register(dto.ExportedResetLink, { entity: ResetToken, where, newestBy: ['createdAt'] });
    this.sources.register(dto.ExportedSignup, { entity: SignupAttempt, where, newestBy: ['id'] });
  }

  /** `ExportAnswer` as a stream, all of it as it is at one moment. Whatever becomes of the stream, all that it holds is given back. */
  async exportData(caller: Caller, client: Client, gone: AbortSignal): Promise<Readable> {
    const leave = await this.places.take(caller.userId, gone);
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
    yield* this.sources.toJson(manager, user);
    yield '}';
  }
}
