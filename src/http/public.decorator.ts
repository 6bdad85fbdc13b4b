import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';

export const IS_PUBLIC = 'isPublic';

/** Makes a route public; every other route requires credentials. With `takesBearer` the handler reads a token if one is sent. */
export function Public({ takesBearer = false } = {}): MethodDecorator & ClassDecorator {
  const bearer = takesBearer ? [ApiSecurity('bearer')] : [];
  return applyDecorators(SetMetadata(IS_PUBLIC, true), ...bearer, ApiSecurity({}));
}
