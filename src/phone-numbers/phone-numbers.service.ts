import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { isUUID } from 'class-validator';
import { Not, Repository } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { AppError } from '../common/app-error.js';
import { Clock } from '../common/clock.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { PhoneNumbersSettings } from './phone-numbers.settings.js';
import { Caller } from '../credentials/caller.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { idsOnPage, rowsByKey } from '../database/row-pages.js';
import { Transaction } from '../database/transaction.js';
import { Page, RowsQuery } from '../http/paging.js';
import { requireOneOf } from '../http/validation.js';
import { success } from '../openapi/answers.js';
import { Carrier, type CarrierStatus } from '../telephony/carrier.js';
import { ParsedNumber, parseE164 } from '../telephony/e164.js';
import { PhoneNumber } from './phone-number.entity.js';
import {
  FindNumberDto,
  PhoneNumberAnswer,
  PhoneNumberDataAnswer,
  PhoneNumberFoundAnswer,
  PhoneNumberRemovedAnswer,
  RemoveNumberDto,
} from './phone-numbers.dto.js';
import { PHONE_NUMBERS_ERRORS } from './phone-numbers.errors.js';

export type PhoneNumberRow = Omit<PhoneNumber, 'project'>;

/** A number that may be given to a project, and what the carrier said of it. */
export interface CheckedNumber extends ParsedNumber {
  carrierStatus: CarrierStatus;
}

/** Which agent of which project a number is to be linked to. */
export interface Assignment {
  userId: string;
  projectId: string;
  agentId: string;
  number: CheckedNumber;
}

/** Phone numbers: to whom they belong, and at which agent they ring. */
@Injectable()
export class PhoneNumbersService {
  constructor(
    @InjectRepository(PhoneNumber) private readonly numbers: Repository<PhoneNumber>,
    private readonly database: Database,
    private readonly carrier: Carrier,
    private readonly clock: Clock,
    private readonly settings: PhoneNumbersSettings,
  ) {}

  async findNumber(body: FindNumberDto, query: RowsQuery, { userId }: Caller): Promise<Page<PhoneNumberFoundAnswer>> {
    requireOneOf(body, 'phoneNumberId', 'agentId', 'projectId');
    const { phoneNumberId, agentId, projectId = '' } = body;
    if (phoneNumberId !== undefined) return this.alone(await this.newest('id', phoneNumberId, userId));
    if (agentId !== undefined) return this.alone(await this.newest('agentId', agentId, userId));
    const { body: answer } = this.alone(await this.newest('projectId', projectId, userId));
    const { manager } = this.numbers;
    const { ids, total, hasMore } = await idsOnPage(manager, PhoneNumber, { projectId, userId }, query);
    const numbers = [];
    for await (const number of rowsByKey(manager, PhoneNumber, ids)) numbers.push(PhoneNumberAnswer.of(number));
    const next = hasMore ? { pageSize: query.pageSize, after: ids[ids.length - 1] } : null;
    return { body: { ...answer, numbers }, total, next };
  }

  async removeNumber(body: RemoveNumberDto, { userId }: Caller): Promise<PhoneNumberRemovedAnswer> {
    requireOneOf(body, 'phoneNumberId', 'e164');
    const { phoneNumberId: id, e164 = '', release = false } = body;
    const which = id === undefined ? { e164: (await this.parse(e164)).e164 } : { id: isUUID(id) ? id : '' };
    return this.database.write(async (tx) => {
      const number = await tx.lock(PhoneNumber, { ...which, userId });
      if (!number) throw new AppError(PHONE_NUMBERS_ERRORS.NUMBER_NOT_FOUND);
      if (release) {
        await tx.manager.delete(PhoneNumber, number.id);
        return success('The phone number is released.');
      }
      const changes = { agentId: null, updatedAt: this.clock.now() };
      await tx.manager.update(PhoneNumber, number.id, changes);
      return success('The phone number is linked to no agent.', {
        data: PhoneNumberAnswer.of({ ...number, ...changes }),
      });
    });
  }

  /** Reads a phone number in E.164 form; throws NUMBER_INVALID for anything else, a fault of the field of this name. */
  parse(text: string, field?: string): Promise<ParsedNumber> {
    return parseE164(text, field);
  }

  /** Whether the project may have the number, asking the carrier where nobody did: before the unit of work, never in it. */
  async check(number: ParsedNumber, projectId: string): Promise<CheckedNumber> {
    const known = await this.numbers.findOneBy({ e164: number.e164 });
    if (known && known.projectId !== projectId) throw new AppError(PHONE_NUMBERS_ERRORS.NUMBER_TAKEN);
    if (known?.carrierStatus === 'verified') return { ...number, carrierStatus: 'verified' };
    return { ...number, carrierStatus: await this.carrier.check(number.e164) };
  }

  /**
   * Links a number to an agent, in place of the number that the agent has. Whoever asks holds the lock of the project's row. Breaks a foreign
   * key where the project has no such agent.
   */
  async assign(transaction: Transaction, { userId, projectId, agentId, number }: Assignment): Promise<PhoneNumberRow> {
    const { manager } = transaction;
    const known = await transaction.lock(PhoneNumber, { e164: number.e164 });
    if (known && known.projectId !== projectId) throw new AppError(PHONE_NUMBERS_ERRORS.NUMBER_TAKEN);
    if (!known) await this.requireRoom(transaction, projectId);
    const now = this.clock.now();
    const changes = { ...number, agentId, updatedAt: now };
    const id = known?.id ?? uuid();
    const row: PhoneNumberRow = { id, userId, projectId, createdAt: known?.createdAt ?? now, ...changes };
    await manager.update(PhoneNumber, { agentId, projectId, id: Not(id) }, { agentId: null, updatedAt: now });
    await this.judged(known ? manager.update(PhoneNumber, id, changes) : manager.insert(PhoneNumber, row));
    return row;
  }

  /**
   * Leaves the number of an agent, if it has one, to its project: before the agent is deleted, for it would take the number with it. Whoever
   * asks holds the lock of the project's row. That of the agent's row keeps no link off: MariaDB checks foreign keys in an index.
   */
  async unassignAgent({ manager }: Transaction, agentId: string): Promise<void> {
    await manager.update(PhoneNumber, { agentId }, { agentId: null, updatedAt: this.clock.now() });
  }

  /** The numbers of an agent, or of all agents of a project, by the agents' ids. */
  async numbersOf(whose: { agentId: string } | { projectId: string }): Promise<Map<string, string>> {
    const rows = await this.numbers.findBy(whose);
    return new Map(rows.flatMap(({ agentId, e164 }) => (agentId === null ? [] : [[agentId, e164]])));
  }

  /** Throws when there is none, as where the id is no UUID. */
  private async newest(by: 'id' | 'agentId' | 'projectId', id: string, userId: string): Promise<PhoneNumber> {
    const where = { [by]: id, userId };
    const newest = isUUID(id) ? await this.numbers.findOne({ where, order: { id: 'DESC' } }) : null;
    if (!newest) throw new AppError(PHONE_NUMBERS_ERRORS.NUMBER_NOT_FOUND);
    return newest;
  }

  private alone(number: PhoneNumber): Page<PhoneNumberDataAnswer> {
    const body = success('This is the phone number.', { data: PhoneNumberAnswer.of(number) });
    return { body, total: 1, next: null };
  }

  /** Throws when the project has as many numbers as it may have. */
  private async requireRoom({ manager }: Transaction, projectId: string): Promise<void> {
    const count = await manager.countBy(PhoneNumber, { projectId });
    if (count >= this.settings.NUMBERS_PER_PROJECT) throw new AppError(COMMON_ERRORS.QUOTA_REACHED);
  }

  /** What the indices say of a number that is written. */
  private async judged(writing: Promise<unknown>): Promise<void> {
    try {
      await writing;
    } catch (cause) {
      if (isUniqueViolation(cause)) throw new AppError(PHONE_NUMBERS_ERRORS.NUMBER_TAKEN, { cause });
      throw cause;
    }
  }
}
