import { Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';
import { SECOND_MS } from '../common/clock.js';

const TIMEOUT_MS = 3 * SECOND_MS;

/** The domain name system. It is asked without a thread of the pool that hashes passwords, so that no slow name server holds one. */
@Injectable()
export class NameResolver {
  /** All addresses of a host name; none when it has none, or they were not told in time. */
  async addressesOf(name: string): Promise<string[]> {
    const resolver = new Resolver({ timeout: SECOND_MS, tries: 2 });
    const timer = setTimeout(() => resolver.cancel(), TIMEOUT_MS);
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    clearTimeout(timer);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  }
}
