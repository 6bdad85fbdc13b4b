import { VoiceCatalogue } from './voice-catalogue.js';
import { Voice } from './voice.js';

const LABELS = { accent: '', description: '', age: '', gender: '', use_case: '' };

/** Voices of which only the names are known. */
export class ListedVoices extends VoiceCatalogue {
  constructor(private readonly names: string[]) {
    super();
  }

  async list(): Promise<Voice[]> {
    return this.names.map((name) => ({ name, labels: { ...LABELS }, voice_id: name, preview_url: '' }));
  }

  async find(voiceId: string): Promise<Voice | null> {
    return (await this.list()).find(({ voice_id }) => voice_id === voiceId) ?? null;
  }

  async preview(): Promise<null> {
    return null;
  }
}
