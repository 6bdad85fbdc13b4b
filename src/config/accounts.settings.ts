import { IsIn } from 'class-validator';
import { Whole } from './rules.js';
import { ModuleSettings } from './settings.js';

/** Accounts. Rules that several modules share. */
export class AccountsSettings extends ModuleSettings {
  /** `hidden`: no response reveals whether an address has an account (OWASP Authentication Cheat Sheet). */
  @IsIn(['documented', 'hidden'])
  ACCOUNT_DISCLOSURE: 'documented' | 'hidden' = 'documented';

  /** Shortest accepted password, characters. */
  @Whole(8, 64)
  PASSWORD_MIN_LENGTH: number = 8;

  get hidesAccounts(): boolean {
    return this.ACCOUNT_DISCLOSURE === 'hidden';
  }
}
