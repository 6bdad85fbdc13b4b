import { AddressSettings } from './address.settings.js';

/**
 * Security headers of every response (OWASP HTTP Headers Cheat Sheet). Pages relax the policy only for themselves. HSTS excludes subdomains,
 * which may not be ours.
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
