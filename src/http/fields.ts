import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { isBoolean, IsOptional, IsString, ValidateBy } from 'class-validator';
import { ErrorEntry } from '../common/app-error.js';
import { isInvisible, isWellFormed } from './characters.js';
import { EMAIL_MAX_LENGTH, isEmailAddress, normaliseEmail } from './email-address.js';

const idExample = (last: string) => `019b7a3e-7d5e-7c8a-9d3f-2b1c4d5e6f${last}`;

/** Example ids in the OpenAPI document, one for each kind. */
export const ID_EXAMPLES = {
  projectId: idExample('70'),
  userId: idExample('71'),
  agentId: idExample('72'),
  sessionId: idExample('73'),
  phoneNumberId: idExample('74'),
  requestId: idExample('75'),
  keyId: idExample('76'),
  callId: idExample('77'),
  deliveryId: idExample('78'),
};

/** Name of the rule for required fields. */
export const PRESENT = 'present';

/** Name of the rule against lone surrogates. */
export const WELL_FORMED = 'wellFormed';

/** Requires a field: present, not null and, unless allowed, not blank. `error` is the code when it is missing. */
export function Present(error?: ErrorEntry, mayBeBlank = false): PropertyDecorator {
  return ValidateBy(
    {
      name: PRESENT,
      validator: {
        validate: (value) => value !== undefined && value !== null && (value !== '' || mayBeBlank),
        defaultMessage: (args) => `${args?.property} is missing`,
      },
    },
    { context: { error } },
  );
}

/** A blank or null field counts as absent; for an optional field the other rules are then skipped. */
function absentIfBlank(value: unknown): unknown {
  return value === '' || value === null ? undefined : value;
}

interface FieldOptions {
  description: string;
  example?: unknown;
  /** Error for an absent field. Default: VALIDATION_FAILED. */
  missing?: ErrorEntry;
  optional?: boolean;
}

/** An e-mail address in its normalised form. `invalid` is the code of a malformed one. */
export function EmailField(options: FieldOptions & { invalid?: ErrorEntry }): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) =>
      absentIfBlank(typeof value === 'string' ? normaliseEmail(value) : value),
    ),
    options.optional ? IsOptional() : Present(options.missing),
    ValidateBy(
      {
        name: 'email',
        validator: {
          validate: isEmailAddress,
          defaultMessage: (args) => `${args?.property} is not a valid e-mail address`,
        },
      },
      { context: { error: options.invalid } },
    ),
    (options.optional ? ApiPropertyOptional : ApiProperty)({
      type: String,
      format: 'email',
      maxLength: EMAIL_MAX_LENGTH,
      description: options.description,
      example: options.example ?? 'ada@example.com',
    }),
  );
}

/** Whether a text has at most so many code points, which is how databases count. */
export function hasAtMost(characters: number, text: string): boolean {
  // A code point has at most two units: much longer text need not be split.
  return text.length <= characters || (text.length <= 2 * characters && [...text].length <= characters);
}

/** Maximum length in code points. */
export function AtMost(length: number, error?: ErrorEntry): PropertyDecorator {
  return ValidateBy(
    {
      name: 'atMost',
      validator: {
        validate: (value) => typeof value === 'string' && hasAtMost(length, value),
        defaultMessage: (args) => `${args?.property} must be at most ${length} characters`,
      },
    },
    { context: { error } },
  );
}

/** Refuses lone surrogates, which no database could store as sent. */
export function WellFormed(error?: ErrorEntry): PropertyDecorator {
  return ValidateBy(
    {
      name: WELL_FORMED,
      validator: {
        validate: (value) => typeof value !== 'string' || isWellFormed(value),
        defaultMessage: (args) => `${args?.property} must be well-formed Unicode`,
      },
    },
    { context: { error } },
  );
}

const visible = (text: string): string => (isInvisible(text) ? '' : text.trim());

/** Trimmed text; text of only invisible characters is blank. `invalid` is the code when it is too long. */
export function TextField(
  options: FieldOptions & { minLength?: number; maxLength: number; pattern?: string; invalid?: ErrorEntry },
): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => absentIfBlank(typeof value === 'string' ? visible(value) : value)),
    options.optional ? IsOptional() : Present(options.missing),
    IsString({ message: '$property must be a string' }),
    WellFormed(options.invalid),
    AtMost(options.maxLength, options.invalid),
    (options.optional ? ApiPropertyOptional : ApiProperty)({
      type: String,
      minLength: options.minLength ?? 1,
      maxLength: options.maxLength,
      pattern: options.pattern,
      description: options.description,
      example: options.example,
    }),
  );
}

/** Text as sent; may be empty. */
export function FreeTextField(options: FieldOptions & { maxLength: number }): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => value ?? undefined),
    options.optional ? IsOptional() : Present(options.missing, true),
    IsString({ message: '$property must be a string' }),
    WellFormed(),
    AtMost(options.maxLength),
    (options.optional ? ApiPropertyOptional : ApiProperty)({
      type: String,
      maxLength: options.maxLength,
      description: options.description,
      example: options.example,
    }),
  );
}

/** Optional text without further rules, for values that are ignored unless they are valid. */
export function AnyTextField(options: {
  description: string;
  maxLength: number;
  pattern: string;
  example: string;
}): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    IsString({ message: '$property must be a string' }),
    ApiPropertyOptional({ type: String, ...options }),
  );
}

/** A boolean; the strings and numbers for it are faults. */
export function FlagField(options: { description: string }): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    ValidateBy({
      name: 'flag',
      validator: { validate: isBoolean, defaultMessage: (args) => `${args?.property} must be true or false` },
    }),
    ApiPropertyOptional({ type: Boolean, default: false, description: options.description, example: true }),
  );
}

/**
 * An id in a body. A malformed id is unknown (404), not a validation error. Converted to lower case, as ids are stored (RFC 9562, section 4,
 * allows capitals). The example is that of the field's name.
 */
export function IdField(options: FieldOptions): PropertyDecorator {
  return (target, key) => {
    const example = (options.example ?? ID_EXAMPLES[key as keyof typeof ID_EXAMPLES]) as string;
    const { length } = example;
    const form = { type: String, format: 'uuid', minLength: length, maxLength: length, example };
    applyDecorators(
      Transform(({ value }: { value: unknown }) =>
        absentIfBlank(typeof value === 'string' ? value.trim().toLowerCase() : value),
      ),
      options.optional ? IsOptional() : Present(options.missing),
      IsString({ message: '$property must be a string' }),
      (options.optional ? ApiPropertyOptional : ApiProperty)({ ...form, description: options.description }),
    )(target, key);
  };
}

export const PASSWORD_MIN_LENGTH = 8;
export const PASSWORD_MAX_LENGTH = 256;

/** A password: never trimmed, folded or truncated. The password policy checks new ones. */
export function PasswordField(options: FieldOptions & { isNew?: boolean }): PropertyDecorator {
  return applyDecorators(
    Present(options.missing),
    IsString({ message: '$property must be a string' }),
    WellFormed(),
    ApiProperty({
      type: String,
      format: 'password',
      minLength: options.isNew ? PASSWORD_MIN_LENGTH : 1,
      maxLength: PASSWORD_MAX_LENGTH,
      description: options.description,
      example: options.example ?? 'correct horse battery staple',
    }),
  );
}

export const PERSON_NAME_MAX_LENGTH = 100;

/** A person's name, trimmed; one of only invisible characters is blank. The signup checks the rest, after the password. */
export function PersonNameField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? visible(value) : value)),
    Present(options.missing),
    IsString({ message: '$property must be a string' }),
    ApiProperty({
      type: String,
      minLength: 1,
      maxLength: PERSON_NAME_MAX_LENGTH,
      description: options.description,
      example: options.example,
    }),
  );
}
