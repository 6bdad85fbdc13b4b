/** The settings of one module: properties that are named as their environment variables are. The values here are the defaults. */
export abstract class ModuleSettings {
  /** NODE_ENV is `production`; the loader says so to every module. */
  inProduction = false;

  /** Returns what is wrong between settings that are right one by one; no value is repeated, for it may be a secret. */
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
