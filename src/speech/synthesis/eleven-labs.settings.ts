import { IsOptional } from 'class-validator';
import { isSafeUrl, Satisfies } from '../../config/rules.js';
import { ModuleSettings } from '../../config/settings.js';

/** ElevenLabs. A provider of voices. */
export class ElevenLabsSettings extends ModuleSettings {
  /** Key to an ElevenLabs account, whose voices then take the place of the built-in ones. */
  @IsOptional()
  @Satisfies((value: string) => /^[\x21-\x7e]+$/.test(value), 'printable ASCII without blanks')
  ELEVENLABS_API_KEY?: string;

  /** Where ElevenLabs’ API is. */
  @Satisfies(isSafeUrl, 'an https:// URL (or http:// to this machine) with no user, ? or #')
  ELEVENLABS_URL: string = 'https://api.elevenlabs.io';
}
