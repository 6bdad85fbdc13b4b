/** The settings of one module. Each property is named like its environment variable; its initial value is the default. */
export abstract class ModuleSettings {
  /** True when NODE_ENV is `production`. The loader sets it. */
  inProduction = false;

  /** Returns faults of settings that are valid one by one but not together. No fault repeats a value: it may be a secret. */
  faults(): string[] {
    return [];
  }
}

export type SettingsType<T extends ModuleSettings = ModuleSettings> = new () => T;

/** The checked settings of all modules. */
export class Settings {
  private readonly byType: Map<SettingsType, ModuleSettings>;

  constructor(all: ModuleSettings[]) {
    this.byType = new Map(all.map((settings) => [settings.constructor as SettingsType, settings]));
  }

  get<T extends ModuleSettings>(type: SettingsType<T>): T {
    const settings = this.byType.get(type);
    if (!settings) throw new Error(`${type.name} is not in the list of settings (src/settings.ts).`);
    return settings as T;
  }

  get all(): ModuleSettings[] {
    return [...this.byType.values()];
  }
}
