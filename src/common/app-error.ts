/** One row of a module's error table: what a code means to the client. */
export interface ErrorEntry {
  code: string;
  status: number;
  message: string;
}

/** What is wrong with one field of the request. */
export interface FieldFault {
  field: string;
  message: string;
}

/** Makes a module's error table: the one place where its codes get their status and text. */
export function errorTable<Code extends string>(
  rows: Record<Code, [status: number, message: string]>,
): Record<Code, ErrorEntry> {
  const entries = Object.entries<[number, string]>(rows).map(([code, [status, message]]) => [
    code,
    { code, status, message },
  ]);
  return Object.fromEntries(entries) as Record<Code, ErrorEntry>;
}

/** Any expected failure. Services throw it with a row of their module's table; the error filter turns it into the response. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly faults?: FieldFault[];
  readonly retryAfterSeconds?: number;
  /** The limit that a 429 response reports. */
  readonly limit?: number;

  constructor(
    entry: ErrorEntry,
    details: { faults?: FieldFault[]; retryAfterSeconds?: number; limit?: number; cause?: unknown } = {},
  ) {
    super(entry.message, { cause: details.cause });
    this.code = entry.code;
    this.status = entry.status;
    this.faults = details.faults;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.limit = details.limit;
  }
}
