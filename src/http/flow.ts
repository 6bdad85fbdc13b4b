/** A documented status number in every response of a flow, errors included (for example `loginStatus`). */
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
