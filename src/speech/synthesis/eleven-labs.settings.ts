import { IsOptional } from 'class-validator';
import { Satisfies } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';
import { SafeUrl } from '../../config/url-settings.js';

/** ElevenLabs. A provider of voices. */
export class ElevenLabsSettings extends ModuleSettings {
  /** Key to an ElevenLabs account, whose voices then take the place of the built-in ones. */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]+$/.test(value), 'printable ASCII without blanks')
  ELEVENLABS_API_KEY?: string;

  /** Where ElevenLabs’ API is. */
  @SafeUrl()
  ELEVENLABS_URL: string = 'https://api.elevenlabs.io';
}
