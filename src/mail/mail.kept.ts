import { ApiProperty } from '@nestjs/swagger';
import { In, LessThan } from 'typeorm';
import { daysBefore } from '../common/clock.js';
import { ExportedAs } from '../kept-data/exported-data.js';
import { keeps } from '../kept-data/keeps.js';
import { Letter, LETTER_STATE, type LetterState } from './letter.entity.js';
import { LETTERS } from './letters.js';
import { MailService } from './mail.service.js';

/** How long sent and given-up messages are kept, for questions whether one was sent. */
const RETENTION_DAYS = 30;
const SETTLED = [LETTER_STATE.SENT, LETTER_STATE.DEAD, LETTER_STATE.VOID];
const MOMENT = { type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' };

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

export const KEPT_LETTERS = keeps<Letter, [MailService]>(
  (mail) => ({
    entity: Letter,
    ofUser: ({ email }) => ({ recipient: email }),
    exported: { as: ExportedLetter, newestBy: ['id'] },
    outdated: (now) => ({ state: In(SETTLED), nextTryAt: LessThan(daysBefore(now, RETENTION_DAYS)) }),
    withAccount: (transaction, { email }) => mail.forget(transaction, email),
  }),
  [MailService],
);
