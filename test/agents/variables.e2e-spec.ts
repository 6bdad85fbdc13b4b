import { render, variablesOf } from '../../src/agents/instruction-variables.js';

const LONGEST = 65_535;
/** Text as long as an instruction may be, made of a piece over and over. */
const fullOf = (piece: string) => piece.repeat(Math.ceil(LONGEST / piece.length)).slice(0, LONGEST);

function errorOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('There was no error.');
}

describe('The variables of an instruction', () => {
  it.each([
    ['Hello {{name}}!', ['name']],
    ['{{ name }}, {{\tname\n}}, {{\u00a0name}}', ['name']],
    ['{{b}} {{a}} {{b}}', ['b', 'a']],
    [
      '{{first_name}} {{last-name}} {{customer.city}} {{_x}} {{2nd}} {{A1}}',
      ['first_name', 'last-name', 'customer.city', '_x', '2nd', 'A1'],
    ],
    ['{{größe}} {{имя}} {{名前}} {{cafe\u0301}}', ['größe', 'имя', '名前', 'cafe\u0301']],
    ['{{Name}} {{name}}', ['Name', 'name']],
    ['{{__proto__}} {{constructor}} {{toString}}', ['__proto__', 'constructor', 'toString']],
    ['{{{name}}} {{{{other}}}}', ['name', 'other']],
    ['{{a}}{{b}}', ['a', 'b']],
    ['{{ {{inner}} }}', ['inner']],
  ])('of %j are %j', (text, names) => expect(variablesOf(text)).toEqual(names));

  it.each([
    '',
    '{{}}',
    '{{ }}',
    '{name}',
    '{ {name} }',
    '{{name}',
    '{{first name}}',
    '{{-name}}',
    '{{.}}',
    '{{#if x}}',
    '{{/if}}',
    '{{>part}}',
    '{{&name}}',
    '{{!note}}',
    '{{a+b}}',
    '{{a()}}',
    '{{a[0]}}',
    '{{"a"}}',
    '{{a|upper}}',
    '{{\u0000}}',
    '{{😀}}',
    '{{a\ud800}}',
    '${name} <%= name %> %name% :name',
  ])('are none in %j: it is plain text', (text) => {
    expect(variablesOf(text)).toEqual([]);
    expect(render(text, { name: 'x', a: 'y', x: 'z' })).toBe(text);
  });

  it.each([
    ...['{', '}', '{{', '}}', '{{ ', '{{a', '{{ a ', '{{{}', '{{a.', '{{a}', '{{a}}', '{{}}'],
    ...[' ', 'a', '{{\u00a0', '{{a\u0301', '{{é '],
  ])('are found, or not, in no time in the longest text that is full of %j', (piece) => {
    const text = fullOf(piece);
    expect(variablesOf(text)).toEqual(piece === '{{a}}' ? ['a'] : []);
    expect(variablesOf(`{{${text}`).length).toBeLessThan(2);
    expect(variablesOf(`${text}}}`).length).toBeLessThan(2);
  });

  it('have no other limit than the size of the instruction', () => {
    const names = Array.from({ length: 7_000 }, (_, i) => `v${i}`);
    const text = names.map((name) => `{{${name}}}`).join('');
    expect(text.length).toBeLessThan(LONGEST);
    expect(variablesOf(text)).toEqual(names);
    expect(render(text, Object.fromEntries(names.map((name) => [name, ''])))).toBe('');
  });
});

describe('An instruction with values', () => {
  it('replaces every occurrence of a variable by its value', () => {
    expect(render('{{a}} and {{ b }} and {{a}}{{c.d}}', { a: '1', b: '', 'c.d': '3', unused: 'x' })).toBe(
      '1 and  and 13',
    );
  });

  it('inserts values literally, without evaluating or replacing anything in them', () => {
    const values = { a: '{{b}}', b: '{{a}}', c: "$& $1 $` $' $$ \\n \\u0041", d: '{{', e: 'a}}', f: '😀\u0000' };
    expect(render('{{a}}{{b}}|{{c}}|{{d}}{{e}}|{{f}}', values)).toBe(
      "{{b}}{{a}}|$& $1 $` $' $$ \\n \\u0041|{{a}}|😀\u0000",
    );
  });

  it('reports each variable without a value once', () => {
    const error = errorOf(() => render('{{a}} {{b}} {{c}} {{a}}', { b: 'x' }));
    expect(error).toMatchObject({
      status: 400,
      code: 'VARIABLES_MISSING',
      faults: [
        { field: 'dynamicVariables.a', message: 'a is missing' },
        { field: 'dynamicVariables.c', message: 'c is missing' },
      ],
    });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('takes %s for a name like any other', (name) => {
    expect(errorOf(() => render(`{{${name}}}`, {}))).toMatchObject({
      faults: [{ field: `dynamicVariables.${name}`, message: `${name} is missing` }],
    });
    const values = JSON.parse(`{"${name}":"own"}`) as Record<string, string>;
    expect(render(`{{${name}}}`, values)).toBe('own');
    expect(({} as any).own).toBeUndefined();
  });

  it('is refused when its values would make it too large', () => {
    const text = fullOf('{{a}}');
    expect(errorOf(() => render(text, { a: 'x'.repeat(60_000) }))).toMatchObject({ code: 'VARIABLES_TOO_LONG' });
    expect(render('{{a}}', { a: 'x'.repeat(60_000) })).toHaveLength(60_000);
  });
});
