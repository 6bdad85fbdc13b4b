/** Something that whoever runs the service has to mend; its message tells all, and no stack is printed with it. */
export class OperatorError extends Error {}
