import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import type { Caller } from '../credentials/caller.js';
import { Database } from '../database/database.js';
import { idsOnPage, rowsByKey } from '../database/row-pages.js';
import { type Page, RowsQuery } from '../http/paging.js';
import { Answer, success } from '../openapi/answers.js';
import { parseE164 } from '../telephony/e164.js';
import { User } from '../users/user.entity.js';
import { CallsSettings } from './calls.settings.js';
import { SuppressedNumber } from './suppressed-number.entity.js';
import { SuppressedNumberAnswer, SuppressedNumberDto, SuppressedNumbersAnswer } from './suppressed-numbers.dto.js';

/** The numbers that no agent of a user calls. */
@Injectable()
export class SuppressedNumbersService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: CallsSettings,
  ) {}

  async list(query: RowsQuery, { userId }: Caller): Promise<Page<SuppressedNumbersAnswer>> {
    const { manager } = this.database.reader;
    const { ids, total, hasMore } = await idsOnPage(manager, SuppressedNumber, { userId }, query);
    const numbers: SuppressedNumberAnswer[] = [];
    for await (const row of rowsByKey(manager, SuppressedNumber, ids)) numbers.push(SuppressedNumberAnswer.of(row));
    const next = hasMore ? { pageSize: query.pageSize, after: ids[ids.length - 1] } : null;
    return { body: success('These numbers are not called.', { numbers, total }), total, next };
  }

  async add({ number }: SuppressedNumberDto, { userId }: Caller): Promise<Answer> {
    const { e164 } = await parseE164(number, 'number');
    await this.database.write(async (tx) => {
      // Locked, so that no two count the numbers at once.
      await tx.lock(User, { id: userId });
      if (await tx.manager.existsBy(SuppressedNumber, { userId, e164 })) return;
      const count = await tx.manager.countBy(SuppressedNumber, { userId });
      if (count >= this.settings.SUPPRESSED_NUMBERS_PER_USER) throw new AppError(COMMON_ERRORS.QUOTA_REACHED);
      await tx.manager.insert(SuppressedNumber, { id: uuid(), userId, e164, createdAt: this.clock.now() });
    });
    return success('No agent calls the number.');
  }

  async remove({ number }: SuppressedNumberDto, { userId }: Caller): Promise<Answer> {
    const { e164 } = await parseE164(number, 'number');
    await this.database.write(({ manager }) => manager.delete(SuppressedNumber, { userId, e164 }));
    return success('Agents may call the number.');
  }
}
