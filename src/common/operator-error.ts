/** An error that the operator has to mend. Only its message is printed, without a stack. */
export class OperatorError extends Error {}
