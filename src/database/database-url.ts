import { isDecodable } from '../config/rules.js';
import { faultOfUrl, hostToConnect, leadsToAddress } from '../config/url-settings.js';

/** TLS of a connection to MariaDB or MySQL. */
export interface DatabaseTls {
  /** What is verified of the certificate: `chain` a trusted authority, `identity` the host name as well. */
  checks: 'nothing' | 'chain' | 'identity';
  /** PEM file of trusted authorities, instead of the well-known ones. */
  caFile?: string;
}

/** Parts of a DATABASE_URL of MariaDB or MySQL. */
export interface DatabaseServer {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** Undefined for no encryption. */
  tls?: DatabaseTls;
}

const EXPECTED = 'sqlite:PATH, mysql://USER:PASSWORD@HOST:PORT/DATABASE or the same with mariadb://';

type TlsChecks = DatabaseTls['checks'] | 'off';

/** Parameters for TLS, as spelled by MySQL's client, other drivers, and PostgreSQL; at most one may be present. */
const TLS_MODES: Record<string, Record<string, TlsChecks>> = {
  ssl: { true: 'identity', '1': 'identity', false: 'off', '0': 'off' },
  'ssl-mode': { disabled: 'off', required: 'nothing', verify_ca: 'chain', verify_identity: 'identity' },
  sslmode: { disable: 'off', require: 'nothing', 'verify-ca': 'chain', 'verify-full': 'identity' },
};
const CA_FILE = 'ssl-ca';
const PARAMETERS = [...Object.keys(TLS_MODES), CA_FILE];

function readTls(url: URL): { tls?: DatabaseTls; fault?: string } {
  const [parameter, ...others] = Object.keys(TLS_MODES).filter((name) => url.searchParams.has(name));
  const caFile = url.searchParams.get(CA_FILE) ?? undefined;
  if (others.length > 0) return { fault: `not ask for TLS twice (${[parameter, ...others].join(', ')})` };
  if (caFile === '') return { fault: `name a file in ${CA_FILE}` };
  if (parameter === undefined && caFile === undefined) return {};
  const modes = parameter === undefined ? {} : TLS_MODES[parameter];
  const mode = parameter === undefined ? 'identity' : modes[(url.searchParams.get(parameter) ?? '').toLowerCase()];
  if (mode === undefined) return { fault: `have ${parameter}=${Object.keys(modes).join(' or ')}` };
  const checks = mode === 'off' ? undefined : mode;
  if (caFile !== undefined && (checks === undefined || checks === 'nothing')) {
    return { fault: `check the certificate when it names ${CA_FILE}` };
  }
  if (checks === 'identity' && leadsToAddress(url)) {
    return { fault: 'name the host by name, for its certificate to be checked, or have ssl-mode=VERIFY_CA' };
  }
  return { tls: checks && { checks, caFile } };
}

function faultOfParameters(url: URL): string | undefined {
  const names = [...url.searchParams.keys()];
  const unknown = names.find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) return `have no parameter but ${PARAMETERS.join(', ')} (after its ?)`;
  if (new Set(names).size < names.length) return 'have no parameter twice';
  return readTls(url).fault;
}

function faultOfSqliteUrl(value: string): string | undefined {
  // Two slashes are allowed only before an absolute path.
  if (!/^sqlite:(?!:memory:|\/\/[^/])./.test(value)) return `be ${EXPECTED}`;
  return value.includes('?') ? 'have no parameters (after ?) with SQLite' : undefined;
}

/** Returns what is wrong with DATABASE_URL, to complete "DATABASE_URL must …"; undefined for nothing. */
export function faultOfDatabaseUrl(value: string): string | undefined {
  if (value.startsWith('sqlite:')) return faultOfSqliteUrl(value);
  const rule = {
    protocols: ['mysql:', 'mariadb:'],
    expected: EXPECTED,
    may: ['credentials' as const, 'query' as const],
  };
  const fault = faultOfUrl(value, rule);
  if (fault !== undefined) return fault;
  const url = new URL(value);
  return isDecodable(url.pathname) && url.pathname.length > 1 ? faultOfParameters(url) : `be ${EXPECTED}`;
}

/** Parses a valid DATABASE_URL of MariaDB or MySQL. */
export function readDatabaseServer(url: URL): DatabaseServer {
  return {
    host: hostToConnect(url) ?? '',
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    tls: readTls(url).tls,
  };
}
