import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';

export const IS_PUBLIC = 'isPublic';

/** Opens a route to everybody. Every other route wants credentials. With `takesBearer` it looks at a token if one is sent. */
export function Public({ takesBearer = false } = {}): MethodDecorator & ClassDecorator {
  const bearer = takesBearer ? [ApiSecurity('bearer')] : [];
  return applyDecorators(SetMetadata(IS_PUBLIC, true), ...bearer, ApiSecurity({}));
}
