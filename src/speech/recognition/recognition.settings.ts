import { IsIn } from 'class-validator';
import { ModuleSettings } from '../../config/settings.js';

/** Speech to text. */
export class RecognitionSettings extends ModuleSettings {
  /** `on`: where this program and its English model are installed, it recognizes what people say. `off`: it does not. */
  @IsIn(['on', 'off'], { message: '$property must be on or off' })
  POCKETSPHINX: 'on' | 'off' = 'on';
}
