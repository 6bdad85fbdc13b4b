import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { EnvironmentSettings } from './environment.settings.js';
import { ModuleSettings, Settings, SettingsType } from './settings.js';
import { unknownSettings } from './unknown-settings.js';

/** All faults of the settings, in one error, so that nobody mends them one boot at a time. */
export class InvalidSettingsError extends Error {
  constructor(readonly faults: string[]) {
    super(`The service cannot start, these settings are wrong:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

type Source = Record<string, string | undefined>;

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

/** The names of a module's settings. */
function namesOf(type: SettingsType): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

/** Reads the settings of one module, and adds what is wrong with each to `faults`. */
function read<T extends ModuleSettings>(type: SettingsType<T>, source: Source, faults: string[]): T {
  const given = namesOf(type).filter((name) => !isBlank(source[name]));
  const values = Object.fromEntries(given.map((name) => [name, source[name]?.trim()]));
  const settings = plainToInstance(type, values, { exposeDefaultValues: true });
  faults.push(...validateSync(settings).flatMap((fault) => Object.values(fault.constraints ?? {})));
  return settings;
}

/** Variables that look like settings and are none, for a warning: a misspelt one would be ignored without a word. */
export function strangeSettings(types: SettingsType[], source: Source = process.env): string[] {
  const given = Object.entries(source).map(([name, value]): [string, string] => [name, value ?? '']);
  const set = given.filter(([, value]) => !isBlank(value));
  return unknownSettings(set, types.flatMap(namesOf));
}

/** Reads `needed` of all the settings; the others are as they are by default, for a command may not have them. */
function readOnly(needed: SettingsType[], types: SettingsType[], source: Source, faults: string[]): Settings {
  const { NODE_ENV } = read(EnvironmentSettings, source, []);
  const all = types.map((type) => read(type, needed.includes(type) ? source : {}, faults));
  for (const settings of all) settings.inProduction = NODE_ENV === 'production';
  return new Settings(all);
}

/** Reads and checks all settings; throws InvalidSettingsError. Values are never repeated in a fault: they may be secrets. */
export function loadSettings(types: SettingsType[], source: Source = process.env): Settings {
  const faults: string[] = [];
  const settings = readOnly(types, types, source, faults);
  faults.push(...settings.all.flatMap((one) => one.faults()));
  if (faults.length > 0) throw new InvalidSettingsError(faults);
  return settings;
}

/** The settings that a command needs: what it does not need may be missing or wrong. */
export function loadNeeded(needed: SettingsType[], types: SettingsType[], source: Source = process.env): Settings {
  const faults: string[] = [];
  const settings = readOnly(needed, types, source, faults);
  if (faults.length > 0) throw new InvalidSettingsError(faults);
  return settings;
}

/** Puts `.env` of the working folder into the environment, in development only; variables that are set already win. */
export function readDotEnv(): void {
  const mode = process.env.NODE_ENV?.trim() || 'development';
  if (mode !== 'development' || !existsSync('.env')) return;
  for (const [name, value] of Object.entries(parseEnv(readFileSync('.env', 'utf8')))) {
    if (isBlank(process.env[name])) process.env[name] = value;
  }
}
