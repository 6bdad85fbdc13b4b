import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { EnvironmentSettings } from './environment.settings.js';
import { InvalidSettingsError } from './invalid-settings-error.js';
import { ModuleSettings, Settings, SettingsType } from './settings.js';
import { unknownSettings } from './unknown-settings.js';

type Source = Record<string, string | undefined>;

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

/** Returns the names of a module's settings. */
function namesOf(type: SettingsType): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', true, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

/** Reads the settings of one module and adds their faults to `faults`. */
function read<T extends ModuleSettings>(type: SettingsType<T>, source: Source, faults: string[]): T {
  const given = namesOf(type).filter((name) => !isBlank(source[name]));
  const values = Object.fromEntries(given.map((name) => [name, source[name]?.trim()]));
  const settings = plainToInstance(type, values, { exposeDefaultValues: true });
  faults.push(...validateSync(settings).flatMap((fault) => Object.values(fault.constraints ?? {})));
  return settings;
}

/** Returns variables that look like misspelt settings, for a warning: without it they would be ignored silently. */
export function strangeSettings(types: SettingsType[], source: Source = process.env): string[] {
  const given = Object.entries(source).map(([name, value]): [string, string] => [name, value ?? '']);
  const set = given.filter(([, value]) => !isBlank(value));
  return unknownSettings(set, types.flatMap(namesOf));
}

/** Reads the settings of the modules in `needed`; all others keep their defaults. */
function readOnly(needed: SettingsType[], types: SettingsType[], source: Source, faults: string[]): Settings {
  const { NODE_ENV } = read(EnvironmentSettings, source, []);
  const all = types.map((type) => read(type, needed.includes(type) ? source : {}, faults));
  for (const settings of all) settings.inProduction = NODE_ENV === 'production';
  return new Settings(all);
}

/** Reads and checks all settings; throws InvalidSettingsError. No fault repeats a value: it may be a secret. */
export function loadSettings(types: SettingsType[], source: Source = process.env): Settings {
  const faults: string[] = [];
  const settings = readOnly(types, types, source, faults);
  faults.push(...settings.all.flatMap((one) => one.faults()));
  if (faults.length > 0) throw new InvalidSettingsError(faults);
  return settings;
}

/** Reads and checks only the settings that a command needs; others may be missing or wrong. */
export function loadNeeded(needed: SettingsType[], types: SettingsType[], source: Source = process.env): Settings {
  const faults: string[] = [];
  const settings = readOnly(needed, types, source, faults);
  if (faults.length > 0) throw new InvalidSettingsError(faults);
  return settings;
}
