import { applyDecorators } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { isSafeUrl, Satisfies } from './rules.js';
import { HttpUrl } from './url-settings.js';

/** Accepts the base URL of an OpenAI-compatible API, up to `/v1`. */
export function ApiUrl(): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    HttpUrl({ expected: 'an http:// or https:// URL with no user, ? or #', isBase: true }),
  );
}

/** Accepts an API key that can be sent in an HTTP header. */
export function ApiKey(): PropertyDecorator {
  const isKey = (value: string) => /^[\x21-\x7e]+$/.test(value);
  return applyDecorators(IsOptional(), Satisfies(isKey, 'printable ASCII without blanks'));
}

export function ModelName(): PropertyDecorator {
  const isName = (value: string) => /^[\x21-\x7e]{1,200}$/.test(value);
  return applyDecorators(IsOptional(), Satisfies(isName, 'printable ASCII without blanks'));
}

/** An API that settings describe. Without `url` and `model` it is not configured. */
export interface ApiServer {
  url?: string;
  apiKey?: string;
  model?: string;
}

/** A configured API. */
export type KnownApiServer = ApiServer & { url: string; model: string };

export function isKnown(server: ApiServer): server is KnownApiServer {
  return server.url !== undefined && server.model !== undefined;
}

/** Returns faults among the three settings of an API: URL, MODEL and API_KEY after a prefix (`LLM`, `TTS`, `STT`). */
export function faultsOfServer(prefix: string, { url, apiKey, model }: ApiServer): string[] {
  const faults: string[] = [];
  if ((url === undefined) !== (model === undefined))
    faults.push(`${prefix}_URL and ${prefix}_MODEL must be set together`);
  if (apiKey !== undefined && url === undefined) faults.push(`${prefix}_API_KEY needs ${prefix}_URL`);
  if (apiKey !== undefined && url !== undefined && !isSafeUrl(url)) {
    faults.push(`${prefix}_URL must be https:// (or http:// to this machine) where ${prefix}_API_KEY is set`);
  }
  return faults;
}
