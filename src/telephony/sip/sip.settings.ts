import { isIP } from 'node:net';
import { IsIn, IsOptional } from 'class-validator';
import { Satisfies, Whole } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';
import { readTrunks, type TrunkAccount } from './trunk-account.js';

const MOST = 1_000_000;

function isPortRange(value: string): boolean {
  const match = /^(\d{4,5})-(\d{4,5})$/.exec(value);
  return (
    match !== null && Number(match[1]) >= 1024 && Number(match[2]) <= 65_535 && Number(match[2]) > Number(match[1])
  );
}

function isListenAddress(value: string): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[\d.]+):(\d{1,5})$/i.exec(value);
  return match !== null && isIP(match[1].replace(/^\[|\]$/g, '')) !== 0 && Number(match[2]) <= 65_535;
}

/** SIP trunks. Phone lines of any carrier that speaks SIP. */
export class SipSettings extends ModuleSettings {
  /**
   * Trunks in the order in which they are tried, with commas: `sip:user:password@host:port;transport=udp`, transport `udp`, `tcp` or
   * `tls`; without user and password for trunks that know us by our address. `%`, `@`, `:` and `,` in a password are written as `%25` …
   */
  @IsOptional()
  @Satisfies(
    (value: string) => readTrunks(value) !== null,
    'URIs such as sip:user:password@sip.example.com:5060;transport=udp',
  )
  SIP_TRUNKS?: string;

  /** Address and port that SIP listens on, UDP and TCP: `0.0.0.0:5060` for all of this machine. */
  @Satisfies(isListenAddress, 'an IP address and a port, such as 0.0.0.0:5060')
  SIP_LISTEN: string = '127.0.0.1:5060';

  /** IP address by which trunks reach this machine, where that is another than SIP_LISTEN: behind a NAT, or with 0.0.0.0. */
  @IsOptional()
  @Satisfies((value: string) => isIP(value) !== 0, 'an IP address')
  SIP_PUBLIC_ADDRESS?: string;

  /** UDP ports of the sound, two a call. */
  @Satisfies(isPortRange, 'two ports from 1024 to 65535, such as 16384-32767')
  RTP_PORTS: string = '16384-32767';

  /** `on`: register at each trunk, for those that find us that way. */
  @IsIn(['on', 'off'], { message: '$property must be on or off' })
  SIP_REGISTER: 'on' | 'off' = 'off';

  /** Calls that start on one trunk within a second; the others wait. */
  @Whole(1, MOST)
  SIP_TRUNK_CPS: number = 5;

  override faults(): string[] {
    const { address } = this.listen;
    const isAnyAddress = address === '0.0.0.0' || address === '::';
    const isUnreachable = this.SIP_TRUNKS !== undefined && isAnyAddress && this.SIP_PUBLIC_ADDRESS === undefined;
    return isUnreachable ? ['SIP_PUBLIC_ADDRESS must be set where SIP_LISTEN is every address'] : [];
  }

  get trunks(): TrunkAccount[] {
    return readTrunks(this.SIP_TRUNKS ?? '') ?? [];
  }

  get listen(): { address: string; port: number } {
    const at = this.SIP_LISTEN.lastIndexOf(':');
    return {
      address: this.SIP_LISTEN.slice(0, at).replace(/^\[|\]$/g, ''),
      port: Number(this.SIP_LISTEN.slice(at + 1)),
    };
  }

  get rtpPorts(): { first: number; last: number } {
    const [first, last] = this.RTP_PORTS.split('-').map(Number);
    return { first, last };
  }
}
