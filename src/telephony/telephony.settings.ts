import { isIP } from 'node:net';
import { IsIn, IsOptional } from 'class-validator';
import { Satisfies, Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';
import { readTrunks, type TrunkAccount } from './sip/trunk-account.js';

const MAX_VALUE = 1_000_000;

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

/** Phone lines. How calls are made: the browser phone, or SIP trunks of any carrier. */
export class TelephonySettings extends ModuleSettings {
  /**
   * How calls are made: `sip` by SIP_TRUNKS; `browser` by a phone on a page of this service, outside production only. Unset: `sip` where
   * SIP_TRUNKS is set, else `browser` outside production, else nothing.
   */
  @IsOptional()
  @IsIn(['browser', 'sip'], { message: '$property must be browser or sip' })
  CALL_ENGINE?: 'browser' | 'sip';

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
  @Whole(1, MAX_VALUE)
  SIP_TRUNK_CPS: number = 5;

  override faults(): string[] {
    const { address } = this.listen;
    const isAnyAddress = address === '0.0.0.0' || address === '::';
    const isUnreachable = this.SIP_TRUNKS !== undefined && isAnyAddress && this.SIP_PUBLIC_ADDRESS === undefined;
    const faults = isUnreachable ? ['SIP_PUBLIC_ADDRESS must be set where SIP_LISTEN is every address'] : [];
    if (this.CALL_ENGINE === 'sip' && this.SIP_TRUNKS === undefined) faults.push('CALL_ENGINE=sip needs SIP_TRUNKS');
    const isOpen = this.inProduction && this.CALL_ENGINE === 'browser';
    if (isOpen)
      faults.push('CALL_ENGINE must not be browser in production: its phone rings for whoever opens the page');
    return faults;
  }

  /** How calls are made; null in production as long as nobody set it up. */
  get callEngine(): 'browser' | 'sip' | null {
    if (this.CALL_ENGINE) return this.CALL_ENGINE;
    if (this.SIP_TRUNKS !== undefined) return 'sip';
    return this.inProduction ? null : 'browser';
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
