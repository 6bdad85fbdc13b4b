import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync } from 'class-validator';
import { Env, LOCAL_SENDER } from './env.js';
import { unknownSettings } from './unknown-settings.js';

/** All faults of the settings, in one error, so that nobody mends them one boot at a time. */
export class InvalidSettingsError extends Error {
  constructor(readonly faults: string[]) {
    super(`The service cannot start, these settings are wrong:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

function isBlank(value: string | undefined): boolean {
  return value === undefined || value.trim() === '';
}

/** Secrets that stood in this repository for everybody to read. */
const PUBLIC_SECRETS = ['only for trying out, replace me before anybody relies on it'];

/** What production asks for beyond what each setting must be. */
function faultsInProduction(env: Env): string[] {
  const faults: string[] = [];
  for (const name of ['SMTP_URL', 'APP_SECRET', 'PUBLIC_URL'] as const) {
    if (env[name] === undefined) faults.push(`${name} must be set in production`);
  }
  if (env.MAIL_FROM === LOCAL_SENDER) faults.push('MAIL_FROM must be set in production');
  if (env.APP_SECRET !== undefined && PUBLIC_SECRETS.includes(env.APP_SECRET)) {
    faults.push(
      'APP_SECRET must be replaced: this one was published as an example (openssl rand -base64 48 makes one)',
    );
  }
  for (const name of ['PUBLIC_URL', 'RESET_PASSWORD_URL'] as const) {
    if (env.ALLOW_HTTP === '0' && env[name] !== undefined && !/^https:/i.test(env[name])) {
      faults.push(`${name} must begin with https:// in production (ALLOW_HTTP=1 allows http://, for trying out)`);
    }
  }
  if (env.ARGON2_MEMORY_KIB < 7168) faults.push('ARGON2_MEMORY_KIB must not be less than 7168 in production');
  return faults;
}

/** Rules that one setting alone cannot break. */
function faultsBetween(env: Env): string[] {
  const faults = env.inProduction ? faultsInProduction(env) : [];
  if (env.SESSION_MAX_DAYS < env.SESSION_IDLE_DAYS) {
    faults.push('SESSION_MAX_DAYS must not be less than SESSION_IDLE_DAYS');
  }
  if ((env.TWILIO_ACCOUNT_SID === undefined) !== (env.TWILIO_AUTH_TOKEN === undefined)) {
    faults.push('TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be set together');
  }
  return faults;
}

type Source = Record<string, string | undefined>;

/** The names of all settings. */
function settingNames(): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Env, '', true, false);
  return [...new Set(rules.map((rule) => rule.propertyName))];
}

/** Reads the named settings, and tells what is wrong with each; the others are as they are by default. */
function read(names: string[], source: Source): { env: Env; faults: string[] } {
  const given = names.filter((name) => !isBlank(source[name])).map((name) => [name, source[name]?.trim()]);
  const env = plainToInstance(Env, Object.fromEntries(given), { exposeDefaultValues: true });
  const faults = validateSync(env).flatMap((fault) => Object.values(fault.constraints ?? {}));
  return { env, faults };
}

/** Variables that look like settings and are none, for a warning: a misspelt one would be ignored without a word. */
export function strangeSettings(source: Source = process.env): string[] {
  const given = Object.entries(source).map(([name, value]): [string, string] => [name, value ?? '']);
  const set = given.filter(([, value]) => !isBlank(value));
  return unknownSettings(set, settingNames());
}

/** Reads and checks the settings; throws InvalidSettingsError. Values are never repeated in a fault: they may be secrets. */
export function loadEnv(source: Source = process.env): Env {
  const { env, faults } = read(settingNames(), source);
  faults.push(...faultsBetween(env));
  if (faults.length > 0) throw new InvalidSettingsError(faults);
  return env;
}

/** The settings that a command needs: what it does not need may be missing or wrong. */
export function loadSettings(needed: (keyof Env)[], source: Source = process.env): Env {
  const { env, faults } = read(needed, source);
  if (faults.length > 0) throw new InvalidSettingsError(faults);
  return env;
}

/** Puts `.env` of the working folder into the environment, in development only; variables that are set already win. */
export function readDotEnv(): void {
  const mode = process.env.NODE_ENV?.trim() || 'development';
  if (mode !== 'development' || !existsSync('.env')) return;
  for (const [name, value] of Object.entries(parseEnv(readFileSync('.env', 'utf8')))) {
    if (isBlank(process.env[name])) process.env[name] = value;
  }
}
