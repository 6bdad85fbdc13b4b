import { MINUTE_MS } from '../common/clock.js';

/** What a kind of message needs beside its two templates. */
interface LetterType {
  /** Must not contain what people typed: mail apps show it in notifications, even on locked screens. */
  subject: (product: string, secret: string) => string;
  /** What the secret is: a code, a token, or the recipient's address; null for none. */
  secret: 'code' | 'link' | 'recipient' | null;
  /** Further values of the templates, with their defaults. */
  params: Record<string, string | number>;
}

/** Blank for signups that are older than the columns. */
const SIGNUP_ORIGIN = { signedUpAt: '', network: '', program: '' };

/** All kinds of messages; their wording is in `templates/<kind>.html.hbs` and `.text.hbs`. */
export const LETTERS = {
  'verification-code': {
    subject: (product, code) => `${code} is your ${product} code`,
    secret: 'code',
    params: SIGNUP_ORIGIN,
  },
  'choose-password': { subject: (product) => `Choose your ${product} password`, secret: 'link', params: {} },
  'password-reset': { subject: (product) => `Reset your ${product} password`, secret: 'link', params: {} },
  'password-changed': {
    subject: (product) => `Your ${product} password was changed`,
    secret: null,
    // Flags: only other sessions were ended; the API key was ended; it keeps working; a reset would end it.
    params: { others: 0, keyEnded: 0, keyStays: 0, resetEndsKey: 0 },
  },
  'account-exists': {
    subject: (product) => `You already have a ${product} account`,
    secret: null,
    params: SIGNUP_ORIGIN,
  },
  // Nothing may be kept about its recipient, so the address is the secret, and the row names nobody.
  'account-deleted': {
    subject: (product) => `Your ${product} account was deleted`,
    secret: 'recipient',
    params: {},
  },
  'session-stolen': { subject: (product) => `We signed out one of your ${product} sessions`, secret: null, params: {} },
  'api-key-created': {
    subject: (product) => `A new ${product} API key was created`,
    secret: null,
    params: { prefix: '', replaced: 0 },
  },
} satisfies Record<string, LetterType>;

export type LetterKind = keyof typeof LETTERS;

export function isLetterKind(text: string): text is LetterKind {
  return Object.hasOwn(LETTERS, text);
}

const GREETED_NAME_MAX_LENGTH = 64;
/** Control characters, line breaks, and marks that change the writing direction. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** Letters, marks, apostrophes, hyphens and blanks. No digit and no dot: mail apps turn `prize24.com` into a link. */
const GREETABLE_NAME = /^[\p{L}\p{M}'’ʼ\- ]+$/u;

/**
 * The greeting. It leaves out a name that a mail app could turn into a link: anybody can sign up with any name and a stranger's address, and
 * the service must not deliver advertisements.
 */
export function greeting(name: string): string {
  const line = name.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
  const isName = line.length <= GREETED_NAME_MAX_LENGTH && GREETABLE_NAME.test(line);
  return isName ? `Hello ${line},` : 'Hello,';
}

/** A duration in words; at least a minute. */
export function inWords(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE_MS));
  if (minutes === 1) return '1 minute';
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}

const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** A time in words, in UTC: the reader's time zone is unknown. */
export function momentInWords(moment: Date): string {
  return `${MOMENT.format(moment)} UTC`;
}
