import type { FastifyRequest } from 'fastify';
import { RouteSetting, settingsOf } from './route-setting.js';

/** A documented status number that rides along with every answer of a flow, errors included (`loginStatus`, say). */
export interface Flow {
  /** Name of the field. */
  field: string;
  /** The enum: names and numbers. */
  numbers: Record<string, number>;
  /** Number by error code. */
  byCode: Record<string, number>;
  /** Number of every other error. */
  otherwise: number;
}

/** Marks a handler as one of a flow, so that the error filter adds the flow's number. */
export function PartOfFlow(flow: Flow): MethodDecorator {
  return RouteSetting({ flow });
}

/** The flow's number for an error of this request; nothing outside flows. */
export function flowNumber(request: FastifyRequest, code: string): Record<string, number> {
  const { flow } = settingsOf(request.routeOptions);
  return flow ? { [flow.field]: flow.byCode[code] ?? flow.otherwise } : {};
}
