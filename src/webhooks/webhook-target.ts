import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { isAddress, isPublicAddress } from '../config/addresses.js';
import { WebhooksSettings } from './webhooks.settings.js';
import { NameResolver } from './name-resolver.js';
import { WEBHOOKS_ERRORS } from './webhooks.errors.js';

/** Longest webhook URL, characters. */
export const WEBHOOK_URL_MAX_LENGTH = 2048;

/** Longest host with its port: a name of 253 characters at most (RFC 1035). The work on a host grows with the square of its length. */
const AUTHORITY_MAX_LENGTH = 300;
/** Matches host and port. */
const AUTHORITY = /^[^/\\]{0,16}[/\\]*([^/\\?#]*)/;

const NOT_PUBLIC = 'must lead to a public host';

/** Names that mean something inside of a network only (RFC 6761, RFC 6762), like those of one word. */
const INTERNAL_NAME = /^[^.]*$|\.(localhost|local|internal|home\.arpa)$/;

/** Thrown when a URL that was accepted earlier must not be called now. */
export class WebhookTargetError extends Error {}

/**
 * Judges where webhooks may lead, so that nobody makes this service call what only it can reach. Names change their addresses, and
 * operators their minds: whoever connects asks `faultOf` and `addressesOf` once more.
 */
@Injectable()
export class WebhookUrls {
  private readonly allowedHosts: Set<string>;

  constructor(
    private readonly names: NameResolver,
    settings: WebhooksSettings,
  ) {
    this.allowedHosts = new Set(settings.webhookAllowedHosts);
  }

  /** The URL in the one spelling that it is kept and called in; throws WEBHOOK_URL_INVALID, with `field` at fault. */
  async accept(text: string, field: string): Promise<string> {
    const fault = await this.faultIn(text);
    if (fault === null) return new URL(text).href;
    const faults = [{ field, message: `${field} ${fault}` }];
    throw new AppError(WEBHOOKS_ERRORS.WEBHOOK_URL_INVALID, { faults });
  }

  /** What is wrong with a URL, as far as it can be seen without asking for the addresses of a name; null for nothing. */
  faultOf(url: URL): string | null {
    if (url.username !== '' || url.password !== '') return 'must have no user name and no password';
    const host = hostIn(url);
    const isAllowed = this.allowedHosts.has(host);
    if (url.protocol !== 'https:' && !(isAllowed && url.protocol === 'http:')) return 'must begin with https://';
    const isInside = isAddress(addressIn(host)) ? !isPublicAddress(addressIn(host)) : INTERNAL_NAME.test(host);
    return isInside && !isAllowed ? NOT_PUBLIC : null;
  }

  /** Addresses to connect to. Throws WebhookTargetError where the name has none, or one that is not public. */
  async addressesOf(name: string): Promise<string[]> {
    const host = withoutDots(name);
    const addresses = await this.names.addressesOf(host);
    const isAllowed = this.allowedHosts.has(host);
    if (!isAllowed && !addresses.every(isPublicAddress)) throw new WebhookTargetError(NOT_PUBLIC);
    // The operator's own names may stand in a file of this machine.
    const found = addresses.length > 0 || !isAllowed ? addresses : await localAddressesOf(host);
    if (found.length === 0) throw new WebhookTargetError('has a host without an address');
    return found;
  }

  private async faultIn(text: string): Promise<string | null> {
    if (text.length > WEBHOOK_URL_MAX_LENGTH) return `must be at most ${WEBHOOK_URL_MAX_LENGTH} characters`;
    const [, authority] = AUTHORITY.exec(text) ?? ['', text];
    if (authority.length > AUTHORITY_MAX_LENGTH || !URL.canParse(text)) return 'is not a URL';
    const url = new URL(text);
    if (url.href.length > WEBHOOK_URL_MAX_LENGTH) return `must be at most ${WEBHOOK_URL_MAX_LENGTH} characters`;
    const fault = this.faultOf(url);
    const host = hostIn(url);
    if (fault !== null || this.allowedHosts.has(host) || isAddress(addressIn(host))) return fault;
    // A name that has no address, or none yet, may have one later.
    return (await this.names.addressesOf(host)).every(isPublicAddress) ? null : NOT_PUBLIC;
  }
}

/** Returns a URL's host without dots at its end. */
function hostIn(url: URL): string {
  return withoutDots(url.hostname);
}

function withoutDots(host: string): string {
  return host.replace(/\.+$/, '');
}

function addressIn(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

async function localAddressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
