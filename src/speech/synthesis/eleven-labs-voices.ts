import { Logger } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import { Clock, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../common/clock.js';
import { ElevenLabsApi } from './eleven-labs-api.js';
import { VoiceCatalogue } from './voice-catalogue.js';
import { Voice } from './voice.js';
import { VOICES_ERRORS } from './voices.errors.js';

const FRESH_MS = HOUR_MS;
/** Minimum time between two requests to ElevenLabs, whatever the outcome. */
const PAUSE_MS = MINUTE_MS;

/** The voices of an ElevenLabs account, remembered for an hour, and for longer while ElevenLabs is away. */
export class ElevenLabsVoices extends VoiceCatalogue {
  private readonly logger = new Logger(ElevenLabsVoices.name);
  private voices?: Map<string, Voice>;
  private listedAt = -Infinity;
  private askedAt = -Infinity;
  private asking?: Promise<void>;
  private isAway = false;

  constructor(
    private readonly api: ElevenLabsApi,
    private readonly clock: Clock,
  ) {
    super();
  }

  async list(): Promise<Voice[]> {
    return [...(await this.known(FRESH_MS)).values()];
  }

  /** A voice that is not in the list may have been added to the account since. */
  async find(voiceId: string): Promise<Voice | null> {
    return (await this.known(FRESH_MS)).get(voiceId) ?? (await this.known(PAUSE_MS)).get(voiceId) ?? null;
  }

  /** ElevenLabs plays its samples itself. */
  async preview(): Promise<null> {
    return null;
  }

  /** The voices as they were at most so long ago; older ones if ElevenLabs has no answer. */
  private async known(maxAgeMs: number): Promise<Map<string, Voice>> {
    if (this.isOver(this.listedAt, maxAgeMs) && this.isOver(this.askedAt, PAUSE_MS)) {
      this.asking ??= this.ask().finally(() => (this.asking = undefined));
      await this.asking;
    }
    if (this.voices) return this.voices;
    const retryAt = this.askedAt + PAUSE_MS;
    const retryAfterSeconds = Math.max(1, Math.ceil((retryAt - this.clock.now().getTime()) / SECOND_MS));
    throw new AppError(VOICES_ERRORS.VOICES_UNAVAILABLE, { retryAfterSeconds });
  }

  /** A clock that is put back must not make it wait for longer. */
  private isOver(since: number, milliseconds: number): boolean {
    const age = this.clock.now().getTime() - since;
    return age < 0 || age >= milliseconds;
  }

  private async ask(): Promise<void> {
    try {
      const voices = await this.api.listVoices();
      this.voices = new Map(voices.map((voice) => [voice.voice_id, voice]));
      this.listedAt = this.clock.now().getTime();
      this.noteBack();
    } catch (error) {
      this.noteAway(error as Error);
    }
    this.askedAt = this.clock.now().getTime();
  }

  private noteAway(error: Error): void {
    if (this.isAway) return;
    this.isAway = true;
    // fetch's own message says only that it failed.
    const cause = error.cause as NodeJS.ErrnoException | undefined;
    const reason = cause?.message || cause?.code || error.message;
    const meanwhile = this.voices ? 'the voices known so far are' : 'no voices are';
    this.logger.warn(`ElevenLabs does not list its voices (${reason}); until it does, ${meanwhile} answered.`);
  }

  private noteBack(): void {
    if (!this.isAway) return;
    this.isAway = false;
    this.logger.warn('ElevenLabs lists its voices again.');
  }
}
