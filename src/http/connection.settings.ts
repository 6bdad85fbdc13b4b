import { Whole } from '../config/rules.js';
import { ModuleSettings } from '../config/settings.js';

/** Connections. Limits for one client, and for all together. */
export class ConnectionSettings extends ModuleSettings {
  /** Open connections in all. Beyond them the one that has been idle longest is closed; where none is idle, the new one is refused. */
  @Whole(10, 1_000_000)
  MAX_CONNECTIONS: number = 10_000;

  /** The same for one IP (IPv6: one /64). Proxies named in TRUST_PROXY may have any number. */
  @Whole(1, 1_000_000)
  MAX_CONNECTIONS_PER_IP: number = 256;

  /** Time for a client to send the headers of a request, and for a new connection to send anything at all; milliseconds. */
  @Whole(100, 600_000)
  HEADERS_TIMEOUT_MS: number = 10_000;

  /** A connection without a request is closed after this time; longer than that of a load balancer in front. Milliseconds. */
  @Whole(100, 3_600_000)
  KEEP_ALIVE_TIMEOUT_MS: number = 72_000;

  /** A client that takes nothing more of its response for so long loses its connection; milliseconds. */
  @Whole(100, 600_000)
  UNREAD_TIMEOUT_MS: number = 30_000;

  /** Longest time from a request to the end of its response, however slowly the client reads; milliseconds. */
  @Whole(1000, 24 * 3_600_000)
  RESPONSE_TIMEOUT_MS: number = 600_000;
}
