import { getMetadataStorage } from 'class-validator';
import type { ErrorEntry } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';

const BEFORE_HANDLER = 'openapi:errorsBeforeHandler';

/** Declares the errors with which a guard or limit may respond in place of its handler. */
export function MayRespond(...errors: ErrorEntry[]): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(BEFORE_HANDLER, [...errorsBefore(handler), ...errors], handler);
  };
}

/** Returns the errors that guards and limits before a handler declare. */
export function errorsBefore(handler: object): ErrorEntry[] {
  return (Reflect.getMetadata(BEFORE_HANDLER, handler) as ErrorEntry[] | undefined) ?? [];
}

/** Returns the errors of the DTO classes' fields: each rule's own one, or VALIDATION_FAILED. Other classes have none. */
export function fieldErrors(classes: unknown[]): ErrorEntry[] {
  const storage = getMetadataStorage();
  const rules = classes.flatMap((one) => storage.getTargetValidationMetadatas(one as () => void, '', false, false));
  // IsOptional() is a condition of the other rules and cannot fail.
  const failing = rules.filter(({ type }) => type !== 'conditionalValidation');
  return failing.map(
    ({ context }) => (context as { error?: ErrorEntry } | undefined)?.error ?? COMMON_ERRORS.VALIDATION_FAILED,
  );
}
