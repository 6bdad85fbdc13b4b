import { DynamicModule, Global, Module } from '@nestjs/common';
import { Settings, SettingsType } from './settings.js';

/** Provides the checked settings everywhere: each class by its own name. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(settings: Settings): DynamicModule {
    const types = settings.all.map((one) => one.constructor as SettingsType);
    const providers = types.map((type) => ({ provide: type, useValue: settings.get(type) }));
    return { module: ConfigModule, providers, exports: types };
  }
}
