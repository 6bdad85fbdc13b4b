import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { mayImport } from './tools/house-plan.mjs';

const FOLDERS = readdirSync(join(import.meta.dirname, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** One rule set a folder: the folders of src that it may not import. */
const ARROWS = FOLDERS.map((from) => {
  const forbidden = FOLDERS.filter((to) => !mayImport(from, to));
  const patterns = forbidden.map((to) => ({
    regex: `^(\\./)?(\\.\\./)+(src/)?${to}/`,
    message: `${from} may not import ${to}: see tools/house-plan.mjs.`,
  }));
  return { files: [`src/${from}/**/*.ts`], rules: { 'no-restricted-imports': ['error', { patterns }] } };
});

/** Calls that make a test: `it()`, `it.each()()`, `it.skip()`. */
const TESTS = ['callee.name', 'callee.object.name', 'callee.callee.object.name']
  .map((name) => `CallExpression[${name}=/^(it|test)$/]`)
  .join(', ');

const SCRIPTS = ['**/*.mjs', '**/*.cjs', '**/*.js'];

export default tseslint.config(
  { ignores: ['dist/', 'data/', 'coverage/', 'client/'] },
  js.configs.recommended,
  { rules: { 'max-lines': ['error', { max: 250 }] } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A type-only import of a class used in a constructor or as @Body() silently loses the metadata that Nest and the validation pipe read.
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/explicit-member-accessibility': ['error', { accessibility: 'no-public' }],
      'no-console': 'error',
    },
  },
  {
    // In a file of tests, the tests are the functions; what surrounds them is as long as there are tests.
    files: ['**/*.ts', ...SCRIPTS],
    ignores: ['test/**/*.e2e-spec.ts', 'test/**/*-story.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 40 }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MethodDefinition[kind='constructor'] > FunctionExpression[params.length>8]",
          message: 'A constructor has at most 8 dependencies.',
        },
      ],
    },
  },
  ...ARROWS,
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: globals.node } },
  {
    // Scripts of pages run in a browser.
    files: ['src/**/*.js'],
    languageOptions: { sourceType: 'script', globals: globals.browser },
    rules: { 'no-redeclare': ['error', { builtinGlobals: false }] },
  },
  {
    // A page of several scripts is made of modules.
    files: ['src/**/page/*.js'],
    languageOptions: { sourceType: 'module' },
  },
  { files: ['src/**/*.worklet.js'], languageOptions: { globals: globals.audioWorklet } },
  {
    // Answers of the service are read as they come: their shape is what the tests assert.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
    },
  },
  {
    // A title that is understood when it stands alone in a failing run: not a word or two.
    files: ['test/**/*.e2e-spec.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: `:matches(${TESTS}) > Literal:first-child[value=/^(\\S+( \\S+)?)?$/]`,
          message: 'A title of a test is a sentence with a subject, a verb and an outcome.',
        },
        {
          selector: "MemberExpression[object.name=/^(it|test|describe)$/][property.name='only']",
          message: 'It keeps the other tests of its file from being run.',
        },
      ],
    },
  },
);
