// Writes docs/settings.md and .env.example from the settings classes: their documentation comments, defaults and order. With --check
// nothing is written; it ends with 1 when one of the two is not current.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const ROOT = dirname(import.meta.dirname);
const SETTINGS_FILES = /(\.settings|config\/env|config\/[\w-]+-settings)\.ts$/;

/** Properties of the settings classes of one file: upper-case names with a documentation comment. */
function settingsIn(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true);
  const settings = [];
  source.forEachChild((node) => {
    if (!ts.isClassDeclaration(node)) return;
    for (const member of node.members) {
      if (!ts.isPropertyDeclaration(member) || !/^[A-Z][A-Z0-9_]+$/.test(member.name.getText())) continue;
      const [comment] = ts.getJSDocCommentsAndTags(member);
      settings.push({
        section: classTitle(node),
        name: member.name.getText(),
        meaning: ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, ' ') ?? '',
        default: defaultOf(member.initializer),
      });
    }
  });
  return settings;
}

/** The first sentence of the class's comment. */
function classTitle(node) {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  const text = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, ' ') ?? node.name.text;
  return text.replace(/\..*$/, '');
}

function defaultOf(initializer) {
  if (!initializer) return '';
  const text = initializer.getText().replaceAll(/(?<=\d)_(?=\d)/g, '');
  return /^['"`]/.test(text) ? text.slice(1, -1) : evaluate(initializer);
}

/** Numbers may be written as a constant of the file or a product. */
function evaluate(initializer) {
  const source = initializer.getSourceFile();
  const constants = Object.fromEntries(
    source.statements
      .filter(ts.isVariableStatement)
      .flatMap((statement) => [...statement.declarationList.declarations])
      .filter((declaration) => declaration.initializer && /^[\d_* ()]+$/.test(declaration.initializer.getText()))
      .map((declaration) => [declaration.name.getText(), declaration.initializer.getText()]),
  );
  const text = initializer.getText().replaceAll(/[A-Z_]{2,}/g, (name) => constants[name] ?? name);
  return String(
    text
      .replaceAll('_', '')
      .split('*')
      .map(Number)
      .reduce((product, factor) => product * factor, 1),
  );
}

function sectionsOf(settings) {
  const sections = new Map();
  for (const setting of settings) sections.set(setting.section, [...(sections.get(setting.section) ?? []), setting]);
  return sections;
}

function page(settings) {
  const parts = [...sectionsOf(settings)].map(([section, rows]) => {
    const lines = rows.map((row) => {
      const cells = [`\`${row.name}\``, row.default && `\`${row.default}\``, row.meaning.replaceAll('|', '\\|')];
      return `| ${cells.join(' | ')} |`;
    });
    return `## ${section}\n\n| Variable | Default | Meaning |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
  });
  return `# Settings

Settings come from environment variables; in development also from a file \`.env\` in the working folder, which never overrides the
environment. They are checked once at the start: a wrong setting stops the start, and all faults are named at once. A blank variable counts
as unset. This page and \`.env.example\` are generated from the settings classes by \`npm run settings:docs\`.

${parts.join('\n')}`;
}

function example(settings) {
  const lines = settings.map(({ name, default: value, meaning }) => `# ${meaning}\n# ${name}=${value}\n`);
  return `# Every setting with its default. Copy this file to .env and uncomment what you change.\n\n${lines.join('\n')}`;
}

const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => SETTINGS_FILES.test(file))
  .sort((a, b) => Number(b.startsWith('config/')) - Number(a.startsWith('config/')) || a.localeCompare(b));
const settings = files.flatMap((file) => settingsIn(join(ROOT, 'src', file)));
const outputs = { 'docs/settings.md': page(settings), '.env.example': example(settings) };

let isCurrent = true;
for (const [name, text] of Object.entries(outputs)) {
  const path = join(ROOT, name);
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  else if (readFileSync(path, 'utf8') !== text) {
    isCurrent = false;
    process.stderr.write(`${name} is not current. Run npm run settings:docs.\n`);
  }
}
process.exitCode = isCurrent ? 0 : 1;
