import type { FastifyRequest } from 'fastify';
import { Flow } from './flow.js';
import { RouteSetting, settingsOf } from './route-setting.js';

/** Marks a handler as one of a flow, so that the error filter adds the flow's number. */
export function PartOfFlow(flow: Flow): MethodDecorator {
  return RouteSetting({ flow });
}

/** The flow's number for an error of this request; nothing outside flows. */
export function flowNumber(request: FastifyRequest, code: string): Record<string, number> {
  const { flow } = settingsOf(request.routeOptions);
  return flow ? { [flow.field]: flow.byCode[code] ?? flow.otherwise } : {};
}
