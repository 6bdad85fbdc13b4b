import { MINUTE_MS } from '../common/clock.js';

/** What one kind of letter is made of, beside its two templates. */
interface LetterType {
  /** Never contains what people typed: mail apps show it in notifications, on locked screens too. */
  subject: (product: string, secret: string) => string;
  /** What its secret is to the reader, or that it is the reader's address; null when it has none. */
  secret: 'code' | 'link' | 'recipient' | null;
  /** Further values of its templates, as they are when nobody gives them. */
  params: Record<string, string | number>;
}

/** Blank in letters about signups from before it was kept. */
const SIGNUP_ORIGIN = { signedUpAt: '', network: '', program: '' };

/** Every letter of the service; `templates/<kind>.html.hbs` and `.text.hbs` have the wording. */
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
    // Flags: only other sessions ended; the API key ended; it goes on working; a reset would end it.
    params: { others: 0, keyEnded: 0, keyStays: 0, resetEndsKey: 0 },
  },
  'account-exists': {
    subject: (product) => `You already have a ${product} account`,
    secret: null,
    params: SIGNUP_ORIGIN,
  },
  // Sent when nothing may be kept of its recipient any more: the address is the secret, and the row names nobody.
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
/** Control characters, line breaks, and the marks that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** Letters, marks, apostrophes, hyphens and blanks. No digit and no dot: mail apps turn `prize24.com` into a link. */
const GREETABLE_NAME = /^[\p{L}\p{M}'’ʼ\- ]+$/u;

/**
 * The first line of a message. Anybody can sign up with any name and a stranger's address, so a name that a mail app could turn into a
 * link is left out: the service must not deliver advertisements.
 */
export function greeting(name: string): string {
  const line = name.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim();
  const isName = line.length <= GREETED_NAME_MAX_LENGTH && GREETABLE_NAME.test(line);
  return isName ? `Hello ${line},` : 'Hello,';
}

/** A length of time as people say it; never less than a minute. */
export function inWords(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE_MS));
  if (minutes === 1) return '1 minute';
  return minutes < 120 ? `${minutes} minutes` : `${Math.floor(minutes / 60)} hours`;
}

const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** A moment as people write it, in UTC: nobody told us the reader's time zone. */
export function momentInWords(moment: Date): string {
  return `${MOMENT.format(moment)} UTC`;
}
