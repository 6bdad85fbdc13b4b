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
