import { AddressSettings } from '../../http/address.settings.js';
import { Audio, toAudio } from './audio.js';
import { FliteSynthesizer } from './flite-synthesizer.js';
import { VoiceCatalogue } from './voice-catalogue.js';
import { Voice, VOICE_ID_EXAMPLE } from './voice.js';

interface FliteVoice extends Omit<Voice, 'preview_url'> {
  /** What Flite calls it. */
  flite: string;
}

const SAMPLE_TEXT = 'Hello! This is how I sound when I answer the phone.';

/** The general voices that Flite has built in; agents are linked to their ids, which therefore never change. */
const VOICES: FliteVoice[] = [
  {
    flite: 'slt',
    voice_id: VOICE_ID_EXAMPLE,
    name: 'SLT',
    labels: {
      accent: 'American',
      description: 'statistical model of a recorded speaker, 16 kHz',
      age: 'adult',
      gender: 'female',
      use_case: 'general',
    },
  },
  {
    flite: 'rms',
    voice_id: 'lo8Pd6lAe7lG8wR9KNPX',
    name: 'RMS',
    labels: {
      accent: 'American',
      description: 'statistical model of a recorded speaker, 16 kHz',
      age: 'adult',
      gender: 'male',
      use_case: 'general',
    },
  },
  {
    flite: 'awb',
    voice_id: '9uoE8CLv6jQmiaUmiasa',
    name: 'AWB',
    labels: {
      accent: 'Scottish',
      description: 'statistical model of a recorded speaker, 16 kHz',
      age: 'adult',
      gender: 'male',
      use_case: 'general',
    },
  },
  {
    flite: 'kal16',
    voice_id: '4rQPH5onGjx1saCPiFr8',
    name: 'KAL 16',
    labels: {
      accent: 'American',
      description: 'joined from recorded diphones, 16 kHz',
      age: 'adult',
      gender: 'male',
      use_case: 'general',
    },
  },
  {
    flite: 'kal',
    voice_id: 'h7MLd3DpXzj7lQfZqqLx',
    name: 'KAL',
    labels: {
      accent: 'American',
      description: 'joined from recorded diphones, 8 kHz',
      age: 'adult',
      gender: 'male',
      use_case: 'telephone',
    },
  },
];

export function isFliteVoice(voiceId: string): boolean {
  return VOICES.some(({ voice_id }) => voice_id === voiceId);
}

/** Flite's name of a voice, or of the default one where the id is not of a built-in voice. */
export function fliteVoiceOf(voiceId: string | null): string {
  return (VOICES.find(({ voice_id }) => voice_id === voiceId) ?? VOICES[0]).flite;
}

/** The catalogue that ships with the service: the voices of CMU Flite. Each sample is made when it is first asked for, and kept. */
export class FliteVoices extends VoiceCatalogue {
  private readonly previews = new Map<string, Promise<Audio>>();

  constructor(
    private readonly synthesizer: FliteSynthesizer,
    private readonly settings: AddressSettings,
  ) {
    super();
  }

  async list(): Promise<Voice[]> {
    return VOICES.map((voice) => this.toVoice(voice));
  }

  async find(voiceId: string): Promise<Voice | null> {
    const voice = this.voiceWith(voiceId);
    return voice ? this.toVoice(voice) : null;
  }

  async preview(voiceId: string): Promise<Audio | null> {
    const voice = this.voiceWith(voiceId);
    return voice ? (this.previews.get(voiceId) ?? this.makePreview(voice)) : null;
  }

  /** However many ask meanwhile, they get this one; a failed one is not kept. */
  private makePreview({ flite, voice_id }: FliteVoice): Promise<Audio> {
    const preview = this.synthesizer
      .synthesize(flite, SAMPLE_TEXT)
      .then((bytes) => toAudio('audio/wav', bytes as Buffer));
    this.previews.set(voice_id, preview);
    preview.catch(() => this.previews.delete(voice_id));
    return preview;
  }

  private voiceWith(voiceId: string): FliteVoice | undefined {
    return VOICES.find(({ voice_id }) => voice_id === voiceId);
  }

  private toVoice({ name, labels, voice_id }: FliteVoice): Voice {
    return { name, labels, voice_id, preview_url: `${this.settings.publicUrl}/voices/${voice_id}/preview` };
  }
}
