import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { InvalidSettingsError } from './invalid-settings-error.js';

const FILE = '.env';

/** Returns the encoding that a byte order mark names; UTF-8 without one. */
function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function decode(bytes: Buffer): string {
  try {
    const text = new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text.replaceAll('\r\n', '\n');
  } catch {
    // Invalid bytes are reported below.
  }
  throw new InvalidSettingsError([`the file ${FILE} must be text in UTF-8, or in UTF-16 with a byte order mark`]);
}

/** In development, loads `.env` of the working folder into the environment. Variables that are already set win. */
export function readDotEnv(): void {
  const mode = process.env.NODE_ENV?.trim() || 'development';
  if (mode !== 'development' || !existsSync(FILE)) return;
  for (const [name, value] of Object.entries(parseEnv(decode(readFileSync(FILE))))) {
    if ((process.env[name] ?? '').trim() === '') process.env[name] = value;
  }
}
