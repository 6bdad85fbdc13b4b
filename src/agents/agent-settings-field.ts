import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy } from 'class-validator';
import { AppError } from '../common/app-error.js';
import { COMMON_ERRORS } from '../common/common.errors.js';
import { type AgentSettings, SETTING_RULES } from './agent-settings.js';

/** Alias of `analysis` in the public documentation. */
const ANALYSIS_ALIAS = 'custom_analysis_datastructure';
/** Maximum size of the settings as JSON in UTF-8: what a text column holds on MariaDB. */
const SETTINGS_MAX_BYTES = 65_535;
const EXAMPLE = { firstMessage: 'Good morning {{name}}, this is Jo of the clinic.', maxSeconds: 300 };

/** Settings in a request; null removes one. */
export type SettingChanges = Record<string, unknown>;

const isNothing = (value: unknown): boolean => value === null || (typeof value === 'string' && value.trim() === '');

function ruleOf(name: string) {
  const known = name === ANALYSIS_ALIAS ? 'analysis' : name;
  return Object.hasOwn(SETTING_RULES, known) ? { known, rule: SETTING_RULES[known as keyof AgentSettings] } : null;
}

/** Returns what is wrong with the settings of a request; null for nothing. */
function faultOf(field: string, value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${field} must be an object`;
  const faults = Object.entries(value).map(([name, one]) => {
    const rule = ruleOf(name)?.rule;
    if (!rule) return `${field} must have ${Object.keys(SETTING_RULES).join(', ')} only`;
    return isNothing(one) || rule.read(one) !== undefined ? null : `${field}.${name} must be ${rule.mustBe}`;
  });
  if ('analysis' in value && ANALYSIS_ALIAS in value) faults.push(`${field} must have analysis once`);
  const found = faults.filter((fault) => fault !== null);
  return found.length > 0 ? [...new Set(found)].join('; ') : null;
}

/** The stored settings of an agent. */
export function settingsOf({ settings }: { settings: string | null }): AgentSettings {
  return settings === null ? {} : (JSON.parse(settings) as AgentSettings);
}

/** Applies a change to stored settings: sets what was sent, and removes what is null. Throws VALIDATION_FAILED when the result is too long. */
export function changeSettings(kept: string | null, changes: SettingChanges | null): string | null {
  if (changes === null) return null;
  const settings = new Map<string, unknown>(Object.entries(settingsOf({ settings: kept })));
  for (const [name, value] of Object.entries(changes)) {
    const { known, rule } = ruleOf(name) ?? {};
    if (!known || !rule) continue;
    if (isNothing(value)) settings.delete(known);
    else settings.set(known, rule.read(value));
  }
  const text = JSON.stringify(Object.fromEntries(settings));
  if (Buffer.byteLength(text) <= SETTINGS_MAX_BYTES) return settings.size > 0 ? text : null;
  const message = `settings must be at most ${SETTINGS_MAX_BYTES} bytes of JSON`;
  throw new AppError(COMMON_ERRORS.VALIDATION_FAILED, { faults: [{ field: 'settings', message }] });
}

/** OpenAPI schema of settings, in requests and responses. */
export const SETTINGS_SCHEMA = {
  type: 'object',
  properties: Object.fromEntries(Object.entries(SETTING_RULES).map(([name, { schema }]) => [name, schema])),
  additionalProperties: false,
  maxProperties: Object.keys(SETTING_RULES).length,
  example: EXAMPLE,
} as const;

const ALIAS = { ...SETTING_RULES.analysis.schema, description: 'The same as `analysis`, in place of it.' };
/** As requests have it: null too. In OpenAPI 3.0 `nullable` counts only beside a `type`, so that of two forms the first takes null. */
function asSent(schema: object): object {
  if (!('oneOf' in schema && Array.isArray(schema.oneOf))) return { ...schema, nullable: true };
  const [first, ...others] = schema.oneOf as object[];
  return { ...schema, oneOf: [{ ...first, nullable: true }, ...others] };
}

/** Settings of an agent. Unknown ones are faults. */
export function SettingsField({ description }: { description: string }): PropertyDecorator {
  const properties = Object.fromEntries(
    Object.entries({ ...SETTINGS_SCHEMA.properties, [ANALYSIS_ALIAS]: ALIAS }).map(([name, schema]) => [
      name,
      asSent(schema),
    ]),
  );
  return applyDecorators(
    // The raw value, so that class-transformer does not traverse it.
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]),
    IsOptional(),
    ValidateBy({
      name: 'agentSettings',
      validator: {
        validate: (value) => faultOf('settings', value) === null,
        defaultMessage: (args) => faultOf('settings', args?.value) ?? '',
      },
    }),
    ApiPropertyOptional({ ...SETTINGS_SCHEMA, properties, nullable: true, description }),
  );
}
