import { isAddress } from './addresses.js';
import { hostOf } from './rules.js';
import { faultOfUrl, hostToConnect } from './url-settings.js';

/** Timeouts of the mail server, milliseconds, under nodemailer's names. */
const TIMES = {
  dnsTimeout: { default: 10_000, least: 1000, most: 60_000 },
  connectionTimeout: { default: 10_000, least: 1000, most: 60_000 },
  greetingTimeout: { default: 10_000, least: 1000, most: 60_000 },
  // RFC 5321, section 4.5.3.2.6: a server may take ten minutes to acknowledge a message; a client that hangs up earlier sends it twice.
  socketTimeout: { default: 600_000, least: 60_000, most: 600_000 },
};

type Read = (text: string) => string | number | boolean | undefined;

/** A parameter of SMTP_URL. `read` returns undefined for a wrong value; `expected` says what it must be. */
interface Parameter {
  expected: string;
  read: Read;
}

const oneOf = (...values: string[]): Parameter => ({
  expected: values.join(' or '),
  read: (text) => values.find((value) => value.toLowerCase() === text.toLowerCase()),
});
const YES_OR_NO: Parameter = {
  expected: 'true or false',
  read: (text) => ({ true: true, false: false })[text.toLowerCase()],
};
const NAME: Parameter = {
  expected: 'a host name',
  read: (text) => (text.length <= 253 && /^[\w.-]+$/.test(text) ? hostOf(text) : undefined),
};
const milliseconds = ({ least, most }: { least: number; most: number }): Parameter => ({
  expected: `milliseconds from ${least} to ${most}`,
  read: (text) => (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : undefined),
});

/** Parameters that may follow the `?` of SMTP_URL: those of nodemailer's options that a mail server can need. */
const PARAMETERS: Record<string, Parameter> = {
  requireTLS: YES_OR_NO,
  ignoreTLS: YES_OR_NO,
  'tls.rejectUnauthorized': YES_OR_NO,
  'tls.servername': NAME,
  'tls.minVersion': oneOf('TLSv1.2', 'TLSv1.3'),
  authMethod: oneOf('PLAIN', 'LOGIN', 'CRAM-MD5'),
  name: NAME,
  localAddress: { expected: 'an IP address', read: (text) => (isAddress(text) ? text : undefined) },
  ...Object.fromEntries(Object.entries(TIMES).map(([name, bounds]) => [name, milliseconds(bounds)])),
};

/** Unknown parameters that an error may quote. Anything else may be part of a password with an unescaped `?`. */
const IS_TOLD = /^[A-Za-z.]{1,40}$/;

function faultOfParameter(name: string, text: string): string | undefined {
  if (!Object.hasOwn(PARAMETERS, name)) {
    return `not have the parameter ${name}; there are ${Object.keys(PARAMETERS).join(', ')}`;
  }
  const { read, expected } = PARAMETERS[name];
  return read(text) === undefined ? `have ${name}=… ${expected}` : undefined;
}

function faultOfQuery({ search, searchParams }: URL): string | undefined {
  const names = [...searchParams.keys()];
  if (search.includes('@') || names.some((name) => !IS_TOLD.test(name))) {
    return `have nothing but ${Object.keys(PARAMETERS).join(', ')} after its ? (in a password it is %3F)`;
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) return `not have the parameter ${twice} twice`;
  const [fault] = [...searchParams].flatMap(([name, text]) => faultOfParameter(name, text) ?? []);
  if (fault !== undefined) return fault;
  const isSet = (name: string) => PARAMETERS[name].read(searchParams.get(name) ?? '') === true;
  return isSet('requireTLS') && isSet('ignoreTLS') ? 'not have both requireTLS and ignoreTLS' : undefined;
}

/** Returns what is wrong with SMTP_URL, as the end of "SMTP_URL must …"; undefined when it is valid. */
export function faultOfSmtpUrl(value: string): string | undefined {
  const expected = 'smtp://HOST:PORT or smtps://HOST:PORT';
  const fault = faultOfUrl(value, { protocols: ['smtp:', 'smtps:'], expected, may: ['credentials', 'query'] });
  if (fault !== undefined) return fault;
  const url = new URL(value);
  return /^\/?$/.test(url.pathname) ? faultOfQuery(url) : `be ${expected}`;
}

/** The parts of a checked SMTP_URL, under nodemailer's names. */
export interface SmtpServer {
  host: string;
  port?: number;
  secure: boolean;
  auth?: { user: string; pass: string };
  tls: Record<string, string | number | boolean>;
  options: Record<string, string | number | boolean>;
}

/** Parses a checked SMTP_URL. */
export function readSmtpServer(value: string): SmtpServer {
  const url = new URL(value);
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const given = [...url.searchParams].map(([name, text]) => [name, PARAMETERS[name].read(text)!] as const);
  const isOfTls = ([name]: readonly [string, unknown]) => name.startsWith('tls.');
  const times = Object.entries(TIMES).map(([name, time]) => [name, time.default] as const);
  return {
    host: hostToConnect(url) ?? '',
    port: url.port === '' ? undefined : Number(url.port),
    secure: url.protocol === 'smtps:',
    auth: user + pass === '' ? undefined : { user, pass },
    tls: Object.fromEntries(given.filter(isOfTls).map(([name, value]) => [name.slice('tls.'.length), value])),
    options: Object.fromEntries([...times, ...given.filter((entry) => !isOfTls(entry))]),
  };
}
