import { errorTable } from '../common/app-error.js';

export const OPERATION_ERRORS = errorTable({
  METRICS_TOKEN_INVALID: [401, 'Send METRICS_TOKEN of this service as the Bearer token.'],
});
