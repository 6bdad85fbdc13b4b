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

/** A number that a project may have, and its status at the carrier. */
export interface CheckedNumber extends ParsedNumber {
  carrierStatus: CarrierStatus;
}

/** The agent and project to link a number to. */
export interface Assignment {
  userId: string;
  projectId: string;
  agentId: string;
  number: CheckedNumber;
}

/** Phone numbers of projects, and their links to agents. */
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

  /** Parses a phone number in E.164 format; throws NUMBER_INVALID, with a fault of the named field, for anything else. */
  parse(text: string, field?: string): Promise<ParsedNumber> {
    return parseE164(text, field);
  }

  /** Checks whether the project may have the number, and asks the carrier if that was not done. Call it before the unit of work, never in it. */
  async check(number: ParsedNumber, projectId: string): Promise<CheckedNumber> {
    const known = await this.numbers.findOneBy({ e164: number.e164 });
    if (known && known.projectId !== projectId) throw new AppError(PHONE_NUMBERS_ERRORS.NUMBER_TAKEN);
    if (known?.carrierStatus === 'verified') return { ...number, carrierStatus: 'verified' };
    return { ...number, carrierStatus: await this.carrier.check(number.e164) };
  }

  /**
   * Links a number to an agent, replacing the agent's present number. The caller has locked the project. Violates a foreign key when the
   * project has no such agent.
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
    await this.orTaken(known ? manager.update(PhoneNumber, id, changes) : manager.insert(PhoneNumber, row));
    return row;
  }

  /**
   * Unlinks the number of an agent, which stays with the project. Call it before deleting the agent, which would delete the number too. The
   * caller has locked the project; a lock of the agent is not enough, because MariaDB checks foreign keys in an index.
   */
  async unassignAgent({ manager }: Transaction, agentId: string): Promise<void> {
    await manager.update(PhoneNumber, { agentId }, { agentId: null, updatedAt: this.clock.now() });
  }

  /** Numbers of one agent, or of all agents of a project, by agent id. */
  async numbersOf(whose: { agentId: string } | { projectId: string }): Promise<Map<string, string>> {
    const rows = await this.numbers.findBy(whose);
    return new Map(rows.flatMap(({ agentId, e164 }) => (agentId === null ? [] : [[agentId, e164]])));
  }

  /** Throws when there is none. A malformed id counts as unknown. */
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

  /** Throws when the project has reached its quota of numbers. */
  private async requireRoom({ manager }: Transaction, projectId: string): Promise<void> {
    const count = await manager.countBy(PhoneNumber, { projectId });
    if (count >= this.settings.NUMBERS_PER_PROJECT) throw new AppError(COMMON_ERRORS.QUOTA_REACHED);
  }

  /** Turns a unique violation of the write into NUMBER_TAKEN. */
  private async orTaken(writing: Promise<unknown>): Promise<void> {
    try {
      await writing;
    } catch (cause) {
      if (isUniqueViolation(cause)) throw new AppError(PHONE_NUMBERS_ERRORS.NUMBER_TAKEN, { cause });
      throw cause;
    }
  }
}
