import { COMMON_ERRORS } from '../common/common.errors.js';
import { Answer } from '../openapi/answers.js';
import { ReadyAnswer } from './operation.dto.js';

/** What the OpenAPI document says of each operation of this module. */
export const OPERATION_TAG = { name: 'Operation', description: 'For those who run the service.' };

export const LIVE = {
  operationId: 'health.live',
  summary: 'Whether the process runs',
  description: 'Asks nothing else: an instance whose database is away is alive.',
  answer: Answer,
};
export const READY = {
  operationId: 'health.ready',
  summary: 'Whether requests can be served',
  description: 'Asks the database, and whether it has all migrations. Tells what calls are made with.',
  answer: ReadyAnswer,
  errors: [COMMON_ERRORS.STOPPING],
};
