import { Logger, Module, OnApplicationShutdown } from '@nestjs/common';
import { SystemTimers } from '../../common/timers.js';
import { TelephonySettings } from '../telephony.settings.js';
import { SipLine } from './sip-line.js';

/** Phone lines of carriers: one SIP user agent for all trunks. */
@Module({
  providers: [
    {
      provide: SipLine,
      inject: [TelephonySettings],
      useFactory: (settings: TelephonySettings) => {
        const logger = new Logger('Sip');
        return SipLine.open({
          trunks: settings.trunks,
          listen: settings.listen,
          publicAddress: settings.SIP_PUBLIC_ADDRESS,
          rtpPorts: settings.rtpPorts,
          isRegistering: settings.SIP_REGISTER === 'on',
          callsPerSecond: settings.SIP_TRUNK_CPS,
          timers: new SystemTimers(),
          note: (text) => logger.warn(text),
        });
      },
    },
  ],
  exports: [SipLine],
})
export class SipModule implements OnApplicationShutdown {
  constructor(private readonly line: SipLine) {}

  /** Calls have ended by now (CallRunner): what is left is the signalling itself. */
  onApplicationShutdown(): Promise<void> {
    return this.line.close();
  }
}
