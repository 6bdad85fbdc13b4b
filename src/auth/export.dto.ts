import { ApiProperty, OmitType } from '@nestjs/swagger';
import { AuditEvent } from '../audit/audit-event.entity.js';
import { AUDIT_EVENT, type AuditEventType } from '../audit/audit-events.js';
import { ApiKey } from '../credentials/api-key.entity.js';
import { Session } from '../credentials/session.entity.js';
import { Letter, LETTER_STATE, type LetterState } from '../mail/letter.entity.js';
import { LETTERS } from '../mail/letters.js';
import { Answer } from '../openapi/answers.js';
import { ExportedAs, ExportedData } from '../users/user-data.js';
import { SessionAnswer } from './auth.dto.js';
import { ResetToken } from './reset-token.entity.js';
import { SignupAttempt } from './signup-attempt.entity.js';

const MOMENT = { type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' };

@ExportedAs('sessions', 'Where the user is logged in.')
export class ExportedSession extends OmitType(SessionAnswer, ['current']) {
  @ApiProperty({ ...MOMENT, description: 'When it ends unless it is used before.' })
  expires_at: string;

  static of(session: Session): ExportedSession {
    return {
      id: session.id,
      user_agent: session.userAgent,
      network: session.network,
      created_at: session.createdAt.toISOString(),
      last_used_at: session.rotatedAt.toISOString(),
      expires_at: session.expiresAt.toISOString(),
    };
  }
}

@ExportedAs('apiKeys', 'The present one, and the one before it during its overlap.')
export class ExportedApiKey {
  @ApiProperty({ example: '0f1e2d3c', description: 'Its first 8 digits.' })
  prefix: string;

  @ApiProperty(MOMENT)
  created_at: string;

  @ApiProperty({ ...MOMENT, nullable: true, description: 'Noted at most once a minute.' })
  last_used_at: string | null;

  @ApiProperty({ ...MOMENT, nullable: true, example: null, description: 'When a replaced key stops working.' })
  expires_at: string | null;

  static of(key: ApiKey): ExportedApiKey {
    return {
      prefix: key.prefix,
      created_at: key.createdAt.toISOString(),
      last_used_at: key.lastUsedAt?.toISOString() ?? null,
      expires_at: key.expiresAt?.toISOString() ?? null,
    };
  }
}

@ExportedAs('securityEvents', 'What the audit log has of the user and the address.')
export class ExportedEvent {
  @ApiProperty(MOMENT)
  at: string;

  @ApiProperty({ enum: Object.values(AUDIT_EVENT), example: AUDIT_EVENT.LOGGED_IN })
  type: AuditEventType;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '203.0.113.0/24',
    description: 'Network that it came from, its last bits masked.',
  })
  network: string | null;

  static of({ at, type, network }: AuditEvent): ExportedEvent {
    return { at: at.toISOString(), type: type as AuditEventType, network };
  }
}

@ExportedAs('letters', 'To the address.')
export class ExportedLetter {
  @ApiProperty({ enum: Object.keys(LETTERS), description: 'Which letter. Its text is not kept.' })
  kind: string;

  @ApiProperty({ enum: Object.values(LETTER_STATE), example: LETTER_STATE.SENT })
  state: LetterState;

  @ApiProperty(MOMENT)
  created_at: string;

  @ApiProperty({ ...MOMENT, nullable: true, description: 'The last try to send it.' })
  tried_at: string | null;

  static of({ kind, state, createdAt, triedAt }: Letter): ExportedLetter {
    return { kind, state, created_at: createdAt.toISOString(), tried_at: triedAt?.toISOString() ?? null };
  }
}

@ExportedAs('resetLinks', 'The pending one.')
export class ExportedResetLink {
  @ApiProperty(MOMENT)
  created_at: string;

  @ApiProperty(MOMENT)
  expires_at: string;

  static of({ createdAt, expiresAt }: ResetToken): ExportedResetLink {
    return { created_at: createdAt.toISOString(), expires_at: expiresAt.toISOString() };
  }
}

@ExportedAs('pendingSignups', 'With the address, after it had its account; none that are kept without the address.')
export class ExportedSignup {
  @ApiProperty({ example: 'Ada', description: 'The name that was given.' })
  name: string;

  @ApiProperty(MOMENT)
  created_at: string;

  static of({ name, createdAt }: SignupAttempt): ExportedSignup {
    return { name, created_at: createdAt.toISOString() };
  }
}

export class ExportAnswer extends Answer {
  @ApiProperty({ type: ExportedData })
  data: ExportedData;
}
