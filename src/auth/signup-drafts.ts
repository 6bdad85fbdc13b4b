import { Injectable } from '@nestjs/common';
import { v7 as uuid } from 'uuid';
import { Clock } from '../common/clock.js';
import { maskedIp } from '../config/addresses.js';
import { Client } from '../http/client.js';
import { SignupDto } from './auth.dto.js';
import { CodeMessages } from './code-messages.js';
import { Codes } from './codes.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';

/** An unsaved signup with its code. */
interface Draft {
  attempt: SignupAttempt;
  code: string;
}

/** Builds the row and the code of a signup. */
@Injectable()
export class SignupDrafts {
  constructor(
    private readonly codes: Codes,
    private readonly messages: CodeMessages,
    private readonly attempts: SignupAttempts,
    private readonly clock: Clock,
  ) {}

  /** For an address with an account it builds a decoy, which looks like any attempt but accepts no code. */
  draft({ email, name }: SignupDto, passwordHash: string, client: Client, hasAccount: boolean): Draft {
    const [id, code] = [uuid(), this.codes.generate()];
    const attempt: SignupAttempt = {
      id,
      userId: uuid(),
      email: hasAccount ? this.attempts.decoyName(email) : email,
      name: hasAccount ? '' : name,
      passwordHash: hasAccount ? '' : passwordHash,
      codeHash: hasAccount ? null : this.codes.hash(id, code),
      codeExpiresAt: this.messages.expiry(),
      codeTries: 0,
      ownCodeTries: 0,
      network: maskedIp(client.ip),
      userAgent: client.userAgent,
      isContested: false,
      createdAt: this.clock.now(),
    };
    return { attempt, code };
  }
}
