/** All faults of the settings in one error, so that nobody mends them one start at a time. */
export class InvalidSettingsError extends Error {
  constructor(readonly faults: string[]) {
    super(`The service cannot start, these settings are wrong:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}
