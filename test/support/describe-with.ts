/** `describe` where a program is installed. Elsewhere the tests are skipped, loudly; in CI they fail. */
export function describeWith(program: string, isInstalled: boolean): jest.Describe {
  if (isInstalled || process.env.CI === 'true') return describe;
  process.stderr.write(`\n!!! ${program} is not installed: THE TESTS THAT NEED IT ARE SKIPPED.\n\n`);
  return describe.skip;
}
