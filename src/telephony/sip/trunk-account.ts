import type { SipCredentials } from './digest.js';
import { uriHost } from './sip-uri.js';
import type { SipProtocol } from './transport/hop.js';

const TRUNK =
  /^sips?:(?:([^:@,;\s]+)(?::([^:@,;\s]*))?@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?(?:;transport=(udp|tcp|tls))?$/i;

/** One trunk as the settings tell it. */
export interface TrunkAccount {
  /** Host and port, which name the trunk in logs and metrics. */
  name: string;
  host: string;
  port: number | null;
  protocol: SipProtocol;
  credentials: SipCredentials | null;
}

function readTrunk(text: string): TrunkAccount | null {
  const match = TRUNK.exec(text.trim());
  if (!match) return null;
  const [, user, password = '', host, port, transport] = match;
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  const number = port === undefined ? null : Number(port);
  if (number !== null && (number < 1 || number > 65_535)) return null;
  try {
    const credentials =
      user === undefined ? null : { user: decodeURIComponent(user), password: decodeURIComponent(password) };
    const usual = /^sips:/i.test(text.trim()) ? 'tls' : 'udp';
    const protocol = (transport?.toLowerCase() ?? usual) as SipProtocol;
    return {
      name: number === null ? bare : `${uriHost(bare)}:${number}`,
      host: bare,
      port: number,
      protocol,
      credentials,
    };
  } catch {
    return null;
  }
}

/** Reads SIP_TRUNKS; null where one of them is malformed. */
export function readTrunks(text: string): TrunkAccount[] | null {
  const trunks = text === '' ? [] : text.split(',').map(readTrunk);
  return trunks.every((trunk) => trunk !== null) ? trunks : null;
}

/** The URI of somebody at a trunk; nobody's for the trunk itself. */
export function trunkUri({ host, port, protocol }: TrunkAccount, user = ''): string {
  const transport = protocol === 'udp' ? '' : `;transport=${protocol}`;
  return `sip:${user === '' ? '' : `${user}@`}${uriHost(host)}${port === null ? '' : `:${port}`}${transport}`;
}
