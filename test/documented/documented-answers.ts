import { ApiAnswer } from '../support/api-client.js';

export const TEXT = expect.stringMatching(/./);

/** A success that has nothing to tell. */
export const DONE = { status: 200, body: { message: TEXT, status: 'success' } };

/** Fails unless the answer is an error as the documentation shows them, with the flow's number where there is one. */
export function expectError({ status, body }: ApiAnswer, wanted: number, number: object = {}): void {
  expect({ status, body }).toMatchObject({ status: wanted, body: { status: 'error', message: TEXT, ...number } });
}
