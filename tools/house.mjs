// `npm run house`: prints the proportions of the code and whether it keeps to the plan of its folders (tools/house-plan.mjs). Ends with 1
// when files or folders import each other in a circle, or a folder imports one that the plan does not let it import.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import ts from 'typescript';
import { mayImport } from './house-plan.mjs';

const ROOT = dirname(import.meta.dirname);
const SOURCES = join(ROOT, 'src');

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => relative(ROOT, join(SOURCES, file)));

function parse(file) {
  return ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.ESNext, true);
}

const parsed = new Map(files.map((file) => [file, parse(file)]));

function lineCount(source, node = source) {
  const start = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
  return source.getLineAndCharacterOfPosition(node.getEnd()).line - start + 1;
}

function visit(node, look) {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** What a node imports: by `import` or `export … from`, or by an `import()` of a module or a type. */
function importedBy(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return node.argument.literal;
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
    ? node.arguments[0]
    : undefined;
}

/** Files of ours that a file imports, if only for their types. */
function importsOf(file) {
  const found = [];
  visit(parsed.get(file), (node) => {
    const spec = importedBy(node);
    if (!spec?.text?.startsWith('.')) return;
    found.push(normalize(join(dirname(file), spec.text)).replace(/\.js$/, '.ts'));
  });
  return found.filter((target) => parsed.has(target));
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));
const folderOf = (file) => file.split('/').slice(1, -1)[0] ?? '.';

/** Strongly connected parts of more than one node (Tarjan's algorithm): each is a circle. */
function circlesIn(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const circles = [];
  const connect = (node) => {
    index.set(node, index.size).get(node);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) connect(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) circles.push(circle.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) connect(node);
  return circles;
}

const folders = new Map();
for (const [file, targets] of imports) {
  const known = folders.get(folderOf(file)) ?? new Set();
  for (const target of targets) if (folderOf(target) !== folderOf(file)) known.add(folderOf(target));
  folders.set(folderOf(file), known);
}
folders.delete('.');

const functions = [];
const constructors = [];
for (const [file, source] of parsed) {
  visit(source, (node) => {
    if (ts.isConstructorDeclaration(node)) constructors.push([node.parameters.length, file]);
    if (ts.isFunctionLike(node) && node.body)
      functions.push([lineCount(source, node), `${file} ${node.name?.getText() ?? ''}`]);
  });
}

function proportions(values) {
  const sorted = values.map(([value]) => value).sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const [, name] = values.find(([value]) => value === sorted.at(-1)) ?? [];
  return `${sorted.length}, median ${at(0.5)}, p90 ${at(0.9)}, most ${sorted.at(-1) ?? 0} (${name})`;
}

const fileCircles = circlesIn(imports);
const folderCircles = circlesIn(folders);
const strayArrows = [...folders].flatMap(([from, targets]) =>
  [...targets].filter((to) => !mayImport(from, to)).map((to) => `${from} -> ${to}`),
);

const lines = [
  `Lines a file:              ${proportions([...parsed].map(([file, source]) => [lineCount(source), file]))}`,
  `Lines a function:          ${proportions(functions)}`,
  `Constructor dependencies:  ${proportions(constructors)}`,
  `Circles of files:          ${fileCircles.length}`,
  ...fileCircles.map((circle) => `  ${circle.join(', ')}`),
  `Circles of folders:        ${folderCircles.length}`,
  ...folderCircles.map((circle) => `  ${circle.join(', ')}`),
  `Arrows against the plan:   ${strayArrows.length}`,
  ...strayArrows.map((arrow) => `  ${arrow}`),
  `README.md:                 ${(statSync(join(ROOT, 'README.md')).size / 1000).toFixed(1)} kB`,
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = fileCircles.length + folderCircles.length + strayArrows.length > 0 ? 1 : 0;
