import { IsOptional } from 'class-validator';
import { Satisfies } from './rules.js';
import { ModuleSettings } from './settings.js';
import { HttpUrl } from './url-settings.js';

/** Product. How messages and pages name the product that this service is a part of. */
export class ProductSettings extends ModuleSettings {
  /** Name in messages and on pages; 1 to 40 letters, digits, blanks and `.&+'-`. */
  @Satisfies(
    (value: string) => /^[\p{L}\p{M}\p{N} .&+'-]{1,40}$/u.test(value),
    "1 to 40 letters, digits, blanks and .&+'-",
  )
  PRODUCT_NAME: string = 'Talkstack';

  /** URL of the page where people sign in, linked on the page for a new password and in messages. Unset: no link. */
  @IsOptional()
  @HttpUrl({ expected: 'an http:// or https:// URL with no user or #', may: ['query'], isBase: false })
  SIGN_IN_URL?: string;
}
