import { AddressSettings } from './address.settings.js';

/**
 * Headers of every answer (OWASP HTTP Headers Cheat Sheet). Pages of ours loosen the policy for themselves alone. HSTS leaves out the hosts
 * below that of the service: they are not ours to speak for.
 */
export function securityHeaders({ hstsSeconds }: AddressSettings) {
  return {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    ...(hstsSeconds !== undefined && { 'strict-transport-security': `max-age=${hstsSeconds}` }),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  };
}
