import { Injectable, Logger } from '@nestjs/common';
import { ProviderError } from './provider-error.js';

/** What calls ask providers for. */
export type ProviderPart = 'speech-to-text' | 'text-to-speech' | 'language-model';

/** Tells the log of every failure of a provider, and counts them for the metrics. */
@Injectable()
export class ProviderFaults {
  private readonly logger = new Logger('Providers');
  private readonly byKind = new Map<string, { part: ProviderPart; kind: string; count: number }>();

  get counts(): Iterable<{ part: ProviderPart; kind: string; count: number }> {
    return this.byKind.values();
  }

  /** `provider` is its name, `next` what takes its place. An error that is not ours may quote what was said: only its class is told. */
  note(part: ProviderPart, provider: string, error: unknown, next?: string): void {
    const isOurs = error instanceof ProviderError;
    const kind = isOurs ? error.kind : 'unavailable';
    const key = `${part} ${kind}`;
    const count = (this.byKind.get(key)?.count ?? 0) + 1;
    this.byKind.set(key, { part, kind, count });
    const why = isOurs ? error.message : ((error as Error | undefined)?.name ?? 'no error');
    const then = next === undefined ? '' : `; ${next} takes its place`;
    this.logger.warn(`${part}: ${provider} failed, ${kind} (${why})${then}`);
  }
}
