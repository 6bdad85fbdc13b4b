import { IsOptional, MinLength } from 'class-validator';
import { ModuleSettings } from '../config/settings.js';

/** Secrets that were once published in this repository. */
const PUBLIC_SECRETS = ['only for trying out, replace me before anybody relies on it'];

/** Secret. */
export class SecretsSettings extends ModuleSettings {
  /** Secret from which all keys derive, at least 32 characters. In development made once and kept beside the database. */
  @IsOptional()
  @MinLength(32)
  APP_SECRET?: string;

  /** The secret before APP_SECRET, while it is being changed: what was made under either goes on working. Unset it when all instances run with the new one. */
  @IsOptional()
  @MinLength(32)
  APP_SECRET_PREVIOUS?: string;

  override faults(): string[] {
    if (!this.inProduction) return [];
    if (this.APP_SECRET === undefined) return ['APP_SECRET must be set in production'];
    if (!PUBLIC_SECRETS.includes(this.APP_SECRET)) return [];
    return ['APP_SECRET must be replaced: this one was published as an example (openssl rand -base64 48 makes one)'];
  }
}
