import { DynamicModule, Global, Module } from '@nestjs/common';
import { Settings, SettingsType } from './settings.js';

/** Provides the checked settings to all modules: each settings class can be injected. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(settings: Settings): DynamicModule {
    const types = settings.all.map((one) => one.constructor as SettingsType);
    const providers = types.map((type) => ({ provide: type, useValue: settings.get(type) }));
    return { module: ConfigModule, providers, exports: types };
  }
}
