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
/** What stands between the slashes behind the scheme and the path. */
const AUTHORITY = /^[^/\\]{0,16}[/\\]*([^/\\?#]*)/;

/** Names that mean something inside of a network only (RFC 6761, RFC 6762), like those of one word. */
const INTERNAL_NAME = /^[^.]*$|\.(localhost|local|internal|home\.arpa)$/;

/**
 * Judges where webhooks may lead, so that nobody makes this service call what only it can reach. Names change their addresses:
 * whoever connects must judge the address that it connects to by `isPublicAddress` once more.
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
    const fault = await this.faultOf(text);
    if (fault === null) return new URL(text).href;
    const faults = [{ field, message: `${field} ${fault}` }];
    throw new AppError(WEBHOOKS_ERRORS.WEBHOOK_URL_INVALID, { faults });
  }

  /** The operator named this host in WEBHOOK_ALLOWED_HOSTS. */
  isAllowedHost(url: URL): boolean {
    return this.allowedHosts.has(hostIn(url));
  }

  private async faultOf(text: string): Promise<string | null> {
    if (text.length > WEBHOOK_URL_MAX_LENGTH) return `must be at most ${WEBHOOK_URL_MAX_LENGTH} characters`;
    const [, authority] = AUTHORITY.exec(text) ?? ['', text];
    if (authority.length > AUTHORITY_MAX_LENGTH || !URL.canParse(text)) return 'is not a URL';
    const url = new URL(text);
    if (url.href.length > WEBHOOK_URL_MAX_LENGTH) return `must be at most ${WEBHOOK_URL_MAX_LENGTH} characters`;
    if (url.username !== '' || url.password !== '') return 'must have no user name and no password';
    const isAllowed = this.isAllowedHost(url);
    if (url.protocol !== 'https:' && !(isAllowed && url.protocol === 'http:')) return 'must begin with https://';
    return isAllowed || (await this.isPublicHost(hostIn(url))) ? null : 'must lead to a public host';
  }

  /** A name that has no address, or none yet, may have one later. */
  private async isPublicHost(host: string): Promise<boolean> {
    const address = host.replace(/^\[|\]$/g, '');
    if (isAddress(address)) return isPublicAddress(address);
    if (INTERNAL_NAME.test(host)) return false;
    return (await this.names.addressesOf(host)).every(isPublicAddress);
  }
}

/** The host of a URL without the dots that may stand behind it. */
function hostIn(url: URL): string {
  return url.hostname.replace(/\.+$/, '');
}
