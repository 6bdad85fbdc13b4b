import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

/** `npm run client`: writes the typed client into a folder: the types of the OpenAPI document, and the client around them. */
const INDEX = `import { clientOf, type TalkstackOptions } from './client.js';
import type { paths } from './schema.js';

export { nextPage } from './client.js';
export type { NextPage, TalkstackOptions, Tokens } from './client.js';
export type { components, paths } from './schema.js';

/** A typed client of a Talkstack server. */
export const createTalkstackClient = (options: TalkstackOptions) => clientOf<paths>(options);
`;

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

const [folder = 'client'] = process.argv.slice(2);
const document = execFileSync(process.execPath, [here('../dist/bundle/openapi-document.js')], {
  maxBuffer: Infinity,
  encoding: 'utf8',
});
const types = astToString(await openapiTS(document));
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'schema.ts'), types);
writeFileSync(join(folder, 'index.ts'), INDEX);
copyFileSync(here('client.ts'), join(folder, 'client.ts'));
