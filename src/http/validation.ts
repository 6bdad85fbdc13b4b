import { ValidationError, ValidationPipe } from '@nestjs/common';
import { AppError, ErrorEntry, FieldFault } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { PRESENT, WELL_FORMED } from './fields.js';

interface RuleContext {
  error?: ErrorEntry;
}

/** Rules that come first: the field's other rules apply only when these hold. */
const FIRST_RULES = [PRESENT, 'isString', WELL_FORMED];

/** The faults of a field: only "missing" when it is missing, only the type when that is wrong. */
function faultsOf(error: ValidationError, path = ''): { fault: FieldFault; entry: ErrorEntry; missing: boolean }[] {
  const field = path + error.property;
  const constraints = error.constraints ?? {};
  const first = FIRST_RULES.find((rule) => rule in constraints);
  const rules = first ? [first] : Object.keys(constraints);
  const own = rules.map((rule) => ({
    fault: { field, message: constraints[rule] },
    entry: (error.contexts?.[rule] as RuleContext | undefined)?.error ?? COMMON_ERRORS.VALIDATION_FAILED,
    missing: rule === PRESENT,
  }));
  return own.concat((error.children ?? []).flatMap((child) => faultsOf(child, `${field}.`)));
}

/** Faults of the body as one error. Its code is that of a missing field, else that of the first faulty field. */
function toError(errors: ValidationError[]): AppError {
  const all = errors.flatMap((error) => faultsOf(error));
  const first = all.find((one) => one.missing) ?? all.find((one) => one.entry !== COMMON_ERRORS.VALIDATION_FAILED);
  return new AppError(first?.entry ?? COMMON_ERRORS.VALIDATION_FAILED, { faults: all.map((one) => one.fault) });
}

/** Throws when all of these fields are missing. */
export function requireOneOf<Body extends object>(body: Body, ...fields: (keyof Body & string)[]): void {
  if (fields.some((field) => body[field] !== undefined)) return;
  const message = `one of ${fields.join(', ')} must be there`;
  throw new AppError(COMMON_ERRORS.VALIDATION_FAILED, { faults: [{ field: fields[0], message }] });
}

/** Turns bodies and queries into DTOs; drops unknown fields, and reports all faults at once. */
export function validationPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    validationError: { target: false, value: false },
    exceptionFactory: toError,
  });
}
