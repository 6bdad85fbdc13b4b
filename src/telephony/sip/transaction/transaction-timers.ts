/** Round trip that is assumed, in milliseconds (RFC 3261 section 17.1.1.1 and table 4). */
export const T1_MS = 500;
export const T2_MS = 4000;
export const T4_MS = 5000;
/** Timers B, F, H, J, L and M: how long a transaction is tried or remembered. */
export const TRANSACTION_MS = 64 * T1_MS;
/** Timer D: how long an ACK is sent again. */
export const ACK_AGAIN_MS = 32_000;
