import { getMetadataStorage } from 'class-validator';
import type { ErrorEntry } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';

const BEFORE_HANDLER = 'openapi:errorsBeforeHandler';

/** Says with which errors a guard or a limit may respond in place of the handler that it is put before. */
export function MayRespond(...errors: ErrorEntry[]): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(BEFORE_HANDLER, [...errorsBefore(handler), ...errors], handler);
  };
}

/** The errors of all that its decorators put before a handler. */
export function errorsBefore(handler: object): ErrorEntry[] {
  return (Reflect.getMetadata(BEFORE_HANDLER, handler) as ErrorEntry[] | undefined) ?? [];
}

/** The errors of bodies and queries of these classes: that of each field's rule, else VALIDATION_FAILED. Other classes have no rules. */
export function fieldErrors(classes: unknown[]): ErrorEntry[] {
  const storage = getMetadataStorage();
  const rules = classes.flatMap((one) => storage.getTargetValidationMetadatas(one as () => void, '', false, false));
  // IsOptional() is a condition of the other rules: nothing fails it.
  const failing = rules.filter(({ type }) => type !== 'conditionalValidation');
  return failing.map(
    ({ context }) => (context as { error?: ErrorEntry } | undefined)?.error ?? COMMON_ERRORS.VALIDATION_FAILED,
  );
}
