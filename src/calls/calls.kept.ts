import { LessThan } from 'typeorm';
import { daysBefore } from '../common/clock.js';
import { keeps } from '../kept-data/keeps.js';
import { CallRequest } from './call-request.entity.js';
import { CallRetention } from './call-retention.js';
import { CallTotal } from './call-total.entity.js';
import { CallTurn } from './call-turn.entity.js';
import { Call } from './call.entity.js';
import { CallsSettings } from './calls.settings.js';
import { ExportedCall } from './exported-call.js';
import { SuppressedNumber } from './suppressed-number.entity.js';
import { SuppressedNumberAnswer } from './suppressed-numbers.dto.js';

/** How long an Idempotency-Key is remembered. */
const CALL_REQUEST_DAYS = 1;

/** When a project is deleted, the instances that work on its calls notice that the rows are gone. */
const KEPT_CALL_ROWS = keeps<Call, [CallRetention, CallsSettings]>(
  (retention, { CALL_RETENTION_DAYS }) => ({
    entity: Call,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: ExportedCall, newestBy: ['id'] },
    outdated: (now) => ({ endedAt: LessThan(daysBefore(now, CALL_RETENTION_DAYS)) }),
    deleteOutdated: (calls) => retention.delete(calls),
    withAccount: 'cascade',
    withProject: ({ manager }, projectId) => manager.delete(Call, { projectId }),
  }),
  [CallRetention, CallsSettings],
);

const KEPT_CALL_TOTALS = keeps<CallTotal, []>(
  () => ({
    entity: CallTotal,
    exported: 'Only a number.',
    outdated: 'One a project.',
    withAccount: 'cascade',
    withProject: ({ manager }, projectId) => manager.delete(CallTotal, { projectId }),
  }),
  [],
);

const KEPT_CALL_TURNS = keeps<CallTurn, []>(
  () => ({
    entity: CallTurn,
    exported: 'Shown with their call.',
    outdated: 'They go with their call.',
    withAccount: 'cascade',
    withProject: 'cascade',
  }),
  [],
);

const KEPT_CALL_REQUESTS = keeps<CallRequest, []>(
  () => ({
    entity: CallRequest,
    ofUser: ({ id }) => ({ userId: id }),
    exported: 'Only hashes.',
    outdated: (now) => ({ createdAt: LessThan(daysBefore(now, CALL_REQUEST_DAYS)) }),
    withAccount: 'cascade',
  }),
  [],
);

const KEPT_SUPPRESSED_NUMBERS = keeps<SuppressedNumber, []>(
  () => ({
    entity: SuppressedNumber,
    ofUser: ({ id }) => ({ userId: id }),
    exported: { as: SuppressedNumberAnswer, newestBy: ['id'] },
    outdated: 'A person who asked for no more calls is not called again.',
    withAccount: 'cascade',
  }),
  [],
);

export const KEPT_CALLS = [
  KEPT_CALL_TOTALS,
  KEPT_CALL_ROWS,
  KEPT_CALL_TURNS,
  KEPT_CALL_REQUESTS,
  KEPT_SUPPRESSED_NUMBERS,
];
