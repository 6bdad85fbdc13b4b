import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants.js';
import type { Flow } from './flow.js';

/** Settings of a route, made by decorators of its handler. */
export interface RouteSettings {
  bodyLimit?: number;
  flow?: Flow;
  hashesPassword?: boolean;
  hasEffect?: boolean;
}

/** Adds settings to those of the handler's other decorators. (Nest's own `RouteConfig` replaces them.) */
export function RouteSetting(settings: RouteSettings): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...routeSettings(handler), ...settings }, handler);
  };
}

/** The settings of a handler. */
export function routeSettings(handler: object): RouteSettings {
  return (Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as RouteSettings | undefined) ?? {};
}

/** The settings, as Fastify passes them to hooks. */
export function settingsOf(route: { config?: unknown } | undefined): RouteSettings {
  return route?.config ?? {};
}
