import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { OperatorError } from '../common/operator-error.js';

/** Creates the folder and its parents, readable only by the owner, if missing. Throws OperatorError when that fails. */
export function makePrivateFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OperatorError(`The folder ${folder} cannot be made: ${(error as Error).message}`);
  }
}

/**
 * Creates the file, readable only by the owner, if missing. Leaves the mode of a file of another owner, or on a file system without modes, to
 * the administrator. Throws OperatorError when the file cannot be opened.
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
    // A file of another owner, or a file system without modes.
  }
}
