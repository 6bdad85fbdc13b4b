import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const PROGRAM = 'pocketsphinx_continuous';
/** Below where packages put it: beside the program, or in /usr. */
const MODEL = 'share/pocketsphinx/model/en-us';

/** Where the program and the parts of its model are. */
export interface PocketsphinxFiles {
  program: string;
  acoustic: string;
  language: string;
  dictionary: string;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function filesIn(program: string, model: string): PocketsphinxFiles | null {
  const files = {
    acoustic: join(model, 'en-us'),
    language: join(model, 'en-us.lm.bin'),
    dictionary: join(model, 'cmudict-en-us.dict'),
  };
  return Object.values(files).every((file) => existsSync(file)) ? { program, ...files } : null;
}

/** Looks for the program in `path` (as PATH lists folders), and for its English model; null where one of them is not there. */
export function findPocketsphinx(path = process.env.PATH ?? ''): PocketsphinxFiles | null {
  const folders = path.split(delimiter).filter((folder) => folder.startsWith('/'));
  const program = folders.map((folder) => join(folder, PROGRAM)).find(isExecutable);
  if (program === undefined) return null;
  const prefix = dirname(dirname(realpathSync(program)));
  return filesIn(program, join(prefix, MODEL)) ?? filesIn(program, join('/usr', MODEL));
}
