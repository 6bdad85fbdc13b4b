import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { ProviderError } from './provider-error.js';

/** What a provider does for a call. */
export type ProviderPart = 'speech-to-text' | 'text-to-speech' | 'language-model';

interface Faults {
  part: ProviderPart;
  kind: string;
  count: number;
}

/** Knows which providers are in use, logs each failure of one, and counts failures for the metrics. */
@Injectable()
export class Providers implements OnApplicationBootstrap {
  private readonly logger = new Logger('Providers');
  private readonly names = new Map<ProviderPart, string[]>();
  private readonly faultsByKind = new Map<string, Faults>();

  /** Returns the names of the providers in use, in the order in which they are tried. */
  inUse(part: ProviderPart): string[] {
    return this.names.get(part) ?? [];
  }

  get faults(): Iterable<Readonly<Faults>> {
    return this.faultsByKind.values();
  }

  /** Must be called once for each part, at the start. */
  announce(part: ProviderPart, names: string[]): void {
    this.names.set(part, names);
  }

  onApplicationBootstrap(): void {
    for (const [part, names] of this.names) this.logger.log(`${part}: ${names.join(', then ') || 'none'}`);
  }

  /** Logs and counts a failure. `next` takes the provider's place. Other people's errors may quote what was said: only their class is logged. */
  failed(part: ProviderPart, name: string, error: unknown, next?: string): void {
    const isOurs = error instanceof ProviderError;
    const kind = isOurs ? error.kind : 'unavailable';
    const key = `${part} ${kind}`;
    const count = (this.faultsByKind.get(key)?.count ?? 0) + 1;
    this.faultsByKind.set(key, { part, kind, count });
    const why = isOurs ? error.message : ((error as Error | undefined)?.name ?? 'no error');
    const then = next === undefined ? '' : `; ${next} takes its place`;
    this.logger.warn(`${part}: ${name} failed, ${kind} (${why})${then}`);
  }
}
