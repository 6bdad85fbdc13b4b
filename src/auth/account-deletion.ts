import { Injectable } from '@nestjs/common';
import { Transaction } from '../database/transaction.js';
import { KeptData } from '../kept-data/kept-data.js';
import { User } from '../users/user.entity.js';
import { AddressLimitsService } from './address-limits.service.js';

/** Deletes accounts. */
@Injectable()
export class AccountDeletion {
  constructor(
    private readonly limits: AddressLimitsService,
    private readonly keptData: KeptData,
  ) {}

  /** Deletes the user with all that is theirs; false when the password was changed in the meantime. */
  async deleteAll(transaction: Transaction, user: User): Promise<boolean> {
    await this.limits.lock(transaction, user.email);
    const still = await transaction.lock(User, { id: user.id, passwordHash: user.passwordHash });
    if (!still) return false;
    await this.keptData.removeWithAccount(transaction, user);
    return true;
  }
}
