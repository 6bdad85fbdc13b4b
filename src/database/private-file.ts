import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { OperatorError } from '../common/operator-error.js';

/** Makes the folder, and those above it, unless it is there, for its owner's eyes only; throws OperatorError when that cannot be. */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OperatorError(`The folder ${folder} cannot be made: ${(error as Error).message}`);
  }
}

/**
 * Makes the file unless it is there, for its owner's eyes only. One of another owner, or on a file system without modes, is left as it is:
 * the folder's administrator decides there. Throws OperatorError when the file cannot be opened.
 */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    throw new OperatorError(`The file ${file} cannot be written: ${(error as Error).message}`);
  }
  try {
    chmodSync(file, 0o600);
  } catch {
    // Another owner's, or a file system that has no modes.
  }
}
