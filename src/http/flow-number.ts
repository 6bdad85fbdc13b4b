import type { FastifyRequest } from 'fastify';
import { Flow } from './flow.js';
import { RouteSetting, settingsOf } from './route-setting.js';

/** Marks a handler as part of a flow: the error filter adds the flow's status number. */
export function PartOfFlow(flow: Flow): MethodDecorator {
  return RouteSetting({ flow });
}

/** The flow's status number for an error; an empty object outside flows. */
export function flowNumber(request: FastifyRequest, code: string): Record<string, number> {
  const { flow } = settingsOf(request.routeOptions);
  return flow ? { [flow.field]: flow.byCode[code] ?? flow.otherwise } : {};
}
