import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';

/** A compiled template. */
export type Template = (values: object) => string;

function read(file: string): string {
  return readFileSync(fileURLToPath(new URL(`./templates/${file}.hbs`, import.meta.url)), 'utf8');
}

type Format = 'html' | 'text';

function environment(format: Format): typeof Handlebars {
  const handlebars = Handlebars.create();
  handlebars.registerPartial('layout', read(`layout.${format}`));
  return handlebars;
}

/** One per format, so that its layout is compiled once. */
const ENVIRONMENTS = { html: environment('html'), text: environment('text') };

/** Compiled so far: a process that starts several services, as tests do, compiles each once. */
const COMPILED = new Map<string, Template>();

/**
 * Compiles `templates/<name>.<format>.hbs` with the layout `layout.<format>.hbs`. Strict: a missing value is an error, not a gap in the
 * message. HTML is escaped, text is not.
 */
export function loadTemplate(name: string, format: Format): Template {
  const file = `${name}.${format}`;
  const options = { strict: true, preventIndent: true, noEscape: format === 'text' };
  const template = COMPILED.get(file) ?? ENVIRONMENTS[format].compile(read(file), options);
  COMPILED.set(file, template);
  return template;
}
