import { NameResolver } from '../../src/webhooks/name-resolver.js';

/** A domain name system that knows what a test tells it: nothing, at first. */
export class TestNames extends NameResolver {
  private readonly known = new Map<string, string[]>();
  /** Names that were asked for. */
  readonly asked: string[] = [];

  set(name: string, ...addresses: string[]): void {
    this.known.set(name, addresses);
  }

  override addressesOf(name: string): Promise<string[]> {
    this.asked.push(name);
    return Promise.resolve(this.known.get(name) ?? []);
  }
}
