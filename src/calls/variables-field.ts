import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy } from 'class-validator';
import { isWellFormed } from '../http/characters.js';

export type Variables = Record<string, string | number | boolean>;

export const MAX_VARIABLES = 100;
/** Of all of them as JSON in UTF-8: what a column of type text holds on MariaDB. */
export const VARIABLES_MAX_BYTES = 65_535;

/** Returns values as texts for an instruction. */
export function textsOf(variables: Variables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]));
}

/** Returns what is wrong with the values for an instruction's variables; null when nothing is. */
function faultOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
  const entries = Object.entries(value);
  if (entries.length > MAX_VARIABLES) return `must have at most ${MAX_VARIABLES} values`;
  const isScalar = (one: unknown) => ['string', 'number', 'boolean'].includes(typeof one);
  if (!entries.every(([, one]) => isScalar(one))) return 'must have strings, numbers and booleans only';
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > VARIABLES_MAX_BYTES) return `must be at most ${VARIABLES_MAX_BYTES} bytes of JSON`;
  const texts = entries.flatMap(([name, one]) => (typeof one === 'string' ? [name, one] : [name]));
  return texts.every(isWellFormed) ? null : 'must be well-formed Unicode';
}

/** Values for the variables of an agent's instruction. */
export function VariablesField(): PropertyDecorator {
  return applyDecorators(
    // Keeps the value as it was sent: class-transformer would convert it.
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key] ?? undefined),
    IsOptional(),
    ValidateBy({
      name: 'variables',
      validator: {
        validate: (value) => faultOf(value) === null,
        defaultMessage: (args) => `${args?.property} ${faultOf(args?.value)}`,
      },
    }),
    ApiPropertyOptional({
      type: 'object',
      maxProperties: MAX_VARIABLES,
      additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
      description: `Values for the \`{{variables}}\` of the agent’s instruction, at most ${VARIABLES_MAX_BYTES} bytes of JSON. Further ones are kept with the call.`,
      example: { name: 'Ada' },
    }),
  );
}
