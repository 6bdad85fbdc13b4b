import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { Flow } from './flow.js';

/** What decorators say of a handler to whoever sets up its route. */
export interface RouteSettings {
  bodyLimit?: number;
  flow?: Flow;
  hashesPassword?: boolean;
  hasEffect?: boolean;
}

/** Adds to what the handler's other decorators say. (Nest's own `RouteConfig` takes the place of what another one said.) */
export function RouteSetting(settings: RouteSettings): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...routeSettings(handler), ...settings }, handler);
  };
}

/** What the decorators of a handler said. */
export function routeSettings(handler: object): RouteSettings {
  return (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as RouteSettings | undefined) ?? {};
}

/** What the decorators said, as Fastify hands it to hooks. */
export function settingsOf(route: { config?: unknown } | undefined): RouteSettings {
  return route?.config ?? {};
}
