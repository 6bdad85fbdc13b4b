import { IsIn, IsOptional } from 'class-validator';
import { isAddressOrRange } from '../config/addresses.js';
import { isOrigin, Satisfies, Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';
import { HttpUrl } from '../config/url-settings.js';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Addresses. Where the service listens, and where people reach it. */
export class AddressSettings extends ModuleSettings {
  /** TCP port to listen on; 0 takes a free one. */
  @Whole(0, 65535)
  PORT: number = 3000;

  /** Address to listen on. Default: 127.0.0.1, in production 0.0.0.0. */
  @IsOptional()
  @Satisfies((value: string) => /^[\w.:-]+$/.test(value), 'an address or a host name')
  HOST?: string;

  /** Where people reach the service: base of links in messages, and issuer of tokens. Default: http://localhost:PORT. */
  @IsOptional()
  @HttpUrl({ expected: 'an http:// or https:// URL with no user, ? or #', isBase: true })
  PUBLIC_URL?: string;

  /** Your own page for new passwords in place of the built-in one; `#token=…` is appended. */
  @IsOptional()
  @HttpUrl({ expected: 'an http:// or https:// URL with no user or #', may: ['query'], isBase: false })
  RESET_PASSWORD_URL?: string;

  /** `1` allows http:// in PUBLIC_URL and RESET_PASSWORD_URL in production, where anybody on the way can read along. */
  @IsIn(['0', '1'])
  ALLOW_HTTP: '0' | '1' = '0';

  /** Origins of web pages that may call the API, with commas; `:*` is any port. Default: those of localhost, in production none. */
  @IsOptional()
  @Satisfies(
    (value: string) => value === 'none' || value.split(',').every((part) => isOrigin(part.trim())),
    'origins like https://app.example.com separated by commas, or none',
  )
  CORS_ORIGINS?: string;

  /** Strict-Transport-Security: `on` (a year), `off`, or its max-age in seconds. Default: on in production when PUBLIC_URL is https. */
  @IsOptional()
  @Satisfies((value: string) => /^(on|off|\d{1,10})$/.test(value), 'on, off or a number of seconds')
  HSTS?: string;

  /** Proxies whose X-Forwarded-For is trusted: `loopback`, a number of hops, or addresses and ranges with commas. */
  @IsOptional()
  @Satisfies(
    (value: string) =>
      value === 'loopback' ||
      /^[1-9]\d?$/.test(value) ||
      value.split(',').every((part) => isAddressOrRange(part.trim())),
    'loopback, a number of hops, or addresses and ranges separated by commas',
  )
  TRUST_PROXY?: string;

  override faults(): string[] {
    if (!this.inProduction) return [];
    const faults = this.PUBLIC_URL === undefined ? ['PUBLIC_URL must be set in production'] : [];
    for (const name of ['PUBLIC_URL', 'RESET_PASSWORD_URL'] as const) {
      if (this.ALLOW_HTTP === '0' && this[name]?.startsWith('http:')) {
        faults.push(`${name} must begin with https:// in production (ALLOW_HTTP=1 allows http://, for trying out)`);
      }
    }
    return faults;
  }

  get host(): string {
    return this.HOST ?? (this.inProduction ? '0.0.0.0' : '127.0.0.1');
  }

  /** PUBLIC_URL or its default; no slash at the end. */
  get publicUrl(): string {
    return this.PUBLIC_URL ?? `http://localhost:${this.PORT}`;
  }

  /** CORS_ORIGINS as a list. */
  get corsOrigins(): string[] {
    if (this.CORS_ORIGINS === 'none') return [];
    if (this.CORS_ORIGINS !== undefined) return this.CORS_ORIGINS.split(',').map((part) => part.trim());
    return this.inProduction ? [] : ['http://localhost:*', 'http://127.0.0.1:*'];
  }

  /** max-age of Strict-Transport-Security, seconds; undefined for no header. */
  get hstsSeconds(): number | undefined {
    const setting = this.HSTS ?? (this.inProduction && this.publicUrl.startsWith('https:') ? 'on' : 'off');
    if (setting === 'off') return undefined;
    return setting === 'on' ? YEAR_SECONDS : Number(setting);
  }
}
