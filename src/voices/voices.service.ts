import { Injectable } from '@nestjs/common';
import { AppError } from '../common/app-error.js';
import { ListQuery, nextNumber, Page } from '../http/paging.js';
import { success } from '../openapi/answers.js';
import { Audio } from '../speech/synthesis/audio.js';
import { VoiceCatalogue } from '../speech/synthesis/voice-catalogue.js';
import { Voice } from '../speech/synthesis/voice.js';
import { VOICES_ERRORS } from '../speech/synthesis/voices.errors.js';
import { VoiceAnswer, VoicesAnswer } from './voices.dto.js';

/** The voices that agents can speak with. */
@Injectable()
export class VoicesService {
  constructor(private readonly catalogue: VoiceCatalogue) {}

  list(): Promise<Voice[]> {
    return this.catalogue.list();
  }

  /** Returns null for an unknown id. */
  find(voiceId: string): Promise<Voice | null> {
    return this.catalogue.find(voiceId);
  }

  async listVoices(query: ListQuery): Promise<Page<VoicesAnswer>> {
    const { page, pageSize } = query;
    const all = await this.list();
    const voices = all.slice((page - 1) * pageSize, page * pageSize);
    const body = success('These are the voices.', { voices });
    return { body, total: all.length, next: nextNumber(query, all.length) };
  }

  async getVoice(voiceId: string): Promise<VoiceAnswer> {
    const voice = await this.find(voiceId);
    if (!voice) throw new AppError(VOICES_ERRORS.VOICE_NOT_FOUND);
    return success('This is the voice.', { voice });
  }

  async playPreview(voiceId: string): Promise<Audio> {
    const preview = await this.catalogue.preview(voiceId);
    if (!preview) throw new AppError(VOICES_ERRORS.VOICE_NOT_FOUND);
    return preview;
  }
}
