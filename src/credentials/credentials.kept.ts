import { ApiProperty, OmitType } from '@nestjs/swagger';
import { LessThan } from 'typeorm';
import { ExportedAs } from '../kept-data/exported-data.js';
import { keeps } from '../kept-data/keeps.js';
import { ApiKey } from './api-key.entity.js';
import { ApiKeysService } from './api-keys.service.js';
import { SessionAnswer } from './credentials.dto.js';
import { Session } from './session.entity.js';
import { SessionsService } from './sessions.service.js';
import { SigningKey } from './signing-key.entity.js';

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

const KEPT_SESSIONS = keeps<Session, [SessionsService]>(
  (sessions) => ({
    entity: Session,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: ExportedSession, newestBy: ['id'] },
    outdated: (now) => ({ expiresAt: LessThan(now) }),
    withAccount: (transaction, { id }) => sessions.end(transaction, { userId: id }),
  }),
  [SessionsService],
);

const KEPT_API_KEYS = keeps<ApiKey, [ApiKeysService]>(
  (apiKeys) => ({
    entity: ApiKey,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: ExportedApiKey, newestBy: ['id'] },
    outdated: (now) => ({ expiresAt: LessThan(now) }),
    withAccount: (transaction, { id }) => apiKeys.remove(transaction, id),
  }),
  [ApiKeysService],
);

const KEPT_SIGNING_KEYS = keeps<SigningKey, []>(
  () => ({
    entity: SigningKey,
    exported: 'They are the service’s own.',
    outdated: 'The rotation of keys deletes old ones.',
    withAccount: 'stays',
  }),
  [],
);

export const KEPT_CREDENTIALS = [KEPT_SESSIONS, KEPT_API_KEYS, KEPT_SIGNING_KEYS];
