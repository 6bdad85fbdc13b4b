// `npm run settings:docs`: writes docs/settings.md and .env.example from the settings classes, in the order of src/settings.ts: their
// documentation comments and defaults, and what tools/settings-notes.md adds to a section. With --check nothing is written; it ends with 1
// when one of the two is not current.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const ROOT = dirname(import.meta.dirname);
const SOURCES = join(ROOT, 'src');

const INTRODUCTION = `# Settings

Settings come from environment variables. In development they also come from a file \`.env\` in the working folder, which never overrides the
environment. They are checked once at the start. A wrong setting stops the start, and all faults are named at once. A blank variable counts
as unset.

\`npm run settings:docs\` writes this page and \`.env.example\`. The tables come from the comments in \`src/**/*.settings.ts\`, the other text
from \`tools/settings-notes.md\`.
`;

function read(file) {
  return readFileSync(join(ROOT, file), 'utf8');
}

function commentOf(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  return ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, ' ') ?? '';
}

/** Constants at the top of a file that a default may name: numbers, products and strings. */
function constantsOf(source) {
  return Object.fromEntries(
    source.statements
      .filter(ts.isVariableStatement)
      .flatMap((statement) => [...statement.declarationList.declarations])
      .filter(({ initializer }) => initializer)
      .map(({ name, initializer }) => [name.getText(), initializer.getText()]),
  );
}

/** What a property is by default, as an environment variable spells it. */
function defaultOf({ initializer }, constants) {
  if (!initializer) return '';
  const text = initializer.getText().replaceAll(/\b[A-Z_]{2,}\b/g, (name) => constants[name] ?? name);
  if (/^'.*'$/.test(text)) return text.slice(1, -1);
  const factors = text.replaceAll('_', '').split('*').map(Number);
  const value = factors.reduce((product, factor) => product * factor, 1);
  if (Number.isNaN(value)) throw new Error(`The default of a setting cannot be read: ${text}`);
  return String(value);
}

/** The settings class of a file. Its comment begins with the title of its section. */
function sectionIn(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true);
  const type = source.statements.find(ts.isClassDeclaration);
  const [, title, introduction] = /^(.+?)\.(?: (.*))?$/.exec(commentOf(type)) ?? [];
  if (!title) throw new Error(`${file}: the comment of the class must begin with a title and a full stop.`);
  const constants = constantsOf(source);
  const settings = type.members
    .filter((member) => ts.isPropertyDeclaration(member) && /^[A-Z][A-Z0-9_]+$/.test(member.name.getText()))
    .map((member) => ({
      name: member.name.getText(),
      meaning: commentOf(member),
      default: defaultOf(member, constants),
    }));
  const silent = settings.find(({ meaning }) => meaning.length < 10);
  if (silent) throw new Error(`${file}: ${silent.name} must say in a comment what it is for.`);
  return { type: type.name.getText(), title, introduction, settings };
}

/** The sections in the order of the list in src/settings.ts. */
function sectionsInOrder() {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.settings.ts'),
  );
  const sections = files.map((file) => sectionIn(join(SOURCES, file)));
  const [, list] = /SETTINGS: SettingsType\[\] = \[([^\]]*)\]/.exec(read('src/settings.ts'));
  const order = list.split(',').map((name) => name.trim());
  const missing = sections.find(({ type }) => !order.includes(type));
  if (missing) throw new Error(`${missing.type} is not in the list of src/settings.ts.`);
  return sections.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

/** What is said beyond the tables, by the title of its section. */
function readNotes() {
  const [, ...parts] = read('tools/settings-notes.md').split(/^## /m);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]));
}

function table(settings) {
  const rows = settings.map(({ name, default: value, meaning }) => {
    const cells = [`\`${name}\``, value && `\`${value}\``, meaning.replaceAll('|', '\\|')];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| Variable | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function page(sections) {
  const notes = readNotes();
  const parts = sections.map(({ title, introduction, settings }) =>
    [`## ${title}`, introduction, table(settings), notes.get(title)].filter(Boolean).join('\n\n'),
  );
  const stray = [...notes.keys()].find((title) => !sections.some((section) => section.title === title));
  if (stray) throw new Error(`tools/settings-notes.md: no section of settings is called ${stray}.`);
  return [INTRODUCTION, ...parts].join('\n\n');
}

function example(sections) {
  const parts = sections.map(({ title, settings }) => {
    const lines = settings.map(({ name, default: value, meaning }) => `# ${meaning}\n# ${name}=${value}\n`);
    return `##### ${title}\n\n${lines.join('\n')}`;
  });
  return `# Every setting with its default. Copy this file to .env and uncomment what you change.\n\n${parts.join('\n')}`;
}

const sections = sectionsInOrder();
const style = { ...(await resolveConfig(join(ROOT, 'docs/settings.md'))), parser: 'markdown' };
const outputs = { 'docs/settings.md': await format(page(sections), style), '.env.example': example(sections) };

for (const [name, text] of Object.entries(outputs)) {
  if (!process.argv.includes('--check')) writeFileSync(join(ROOT, name), text);
  else if (!existsSync(join(ROOT, name)) || read(name) !== text) {
    process.exitCode = 1;
    process.stderr.write(`${name} is not current. Run npm run settings:docs.\n`);
  }
}
