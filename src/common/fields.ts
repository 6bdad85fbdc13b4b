import { domainToASCII } from 'node:url';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { isEmail, IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';
import { ErrorEntry } from './app-error.js';

/** Name of the rule that a field must be there. */
export const PRESENT = 'present';

/** RFC 5321, section 4.5.3.1.3, less the two angle brackets. */
export const EMAIL_MAX_LENGTH = 254;

/** There, not null, and not blank (OpenAPI's "required"). `error` is the code that its absence gives. */
export function Present(error?: ErrorEntry): PropertyDecorator {
  return ValidateBy(
    {
      name: PRESENT,
      validator: {
        validate: (value) => value !== undefined && value !== null && value !== '',
        defaultMessage: (args) => `${args?.property} is missing`,
      },
    },
    { context: { error } },
  );
}

/** The one form in which an address is kept and compared: trimmed, lower case, the domain in ASCII (RFC 5890). */
export function normaliseEmail(text: string): string {
  const trimmed = text.trim().toLowerCase();
  const at = trimmed.lastIndexOf('@');
  const domain = at < 0 ? '' : domainToASCII(trimmed.slice(at + 1));
  return domain === '' ? trimmed : trimmed.slice(0, at + 1) + domain;
}

interface FieldOptions {
  description: string;
  example?: unknown;
  /** The error that an absent field gives; VALIDATION_FAILED when left out. */
  missing?: ErrorEntry;
  optional?: boolean;
}

/** An e-mail address in its normalised form. `invalid` is the code of a malformed one. */
export function EmailField(options: FieldOptions & { invalid?: ErrorEntry }): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normaliseEmail(value) : value)),
    options.optional ? IsOptional() : Present(options.missing),
    ValidateBy(
      {
        name: 'email',
        validator: {
          validate: (value) => isEmail(value, { allow_utf8_local_part: false }) && !String(value).includes('\0'),
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

/** Text, trimmed. */
export function TextField(
  options: FieldOptions & { minLength?: number; maxLength: number; pattern?: string },
): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
    options.optional ? IsOptional() : Present(options.missing),
    IsString({ message: '$property must be a string' }),
    MaxLength(options.maxLength, { message: '$property must be at most $constraint1 characters' }),
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

/** A password: never trimmed, folded or truncated; its length and strength are judged by the password policy. */
export function PasswordField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Present(options.missing),
    IsString({ message: '$property must be a string' }),
    ApiProperty({
      type: String,
      format: 'password',
      minLength: 1,
      description: options.description,
      example: options.example ?? 'correct horse battery staple',
    }),
  );
}

export const PERSON_NAME_MAX_LENGTH = 100;

/** A person's name, trimmed; what else it must be is judged by the signup, after the password. */
export function PersonNameField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value)),
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
