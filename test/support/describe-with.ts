/** `describe` where a program (or a device) is there. Elsewhere the tests are skipped, loudly; in CI they fail. */
export function describeWith(program: string, isInstalled: boolean): jest.Describe {
  if (isInstalled || process.env.CI === 'true') return describe;
  process.stderr.write(`\n!!! There is no ${program} here: THE TESTS THAT NEED IT ARE SKIPPED.\n\n`);
  return describe.skip;
}
