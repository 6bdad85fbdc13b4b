import { FactoryProvider, InjectionToken, OnModuleInit } from '@nestjs/common';
import { ObjectLiteral } from 'typeorm';
import { KeptData } from './kept-data.js';
import { KeptRows } from './kept-rows.js';

/** Declares rows when its module starts: modules start after those that they are built upon. */
class KeptDeclaration implements OnModuleInit {
  constructor(
    private readonly keptData: KeptData,
    private readonly rows: KeptRows<ObjectLiteral>,
  ) {}

  onModuleInit(): void {
    this.keptData.declare(this.rows);
  }
}

/** The provider with which a module declares one kind of its rows; `inject` are the services that the declaration uses. */
export function keeps<Row extends ObjectLiteral, Services extends unknown[]>(
  declaration: (...services: Services) => KeptRows<Row>,
  inject: { [Place in keyof Services]: InjectionToken<Services[Place]> },
): FactoryProvider {
  return {
    provide: Symbol('kept rows'),
    inject: [KeptData, ...inject],
    useFactory: (keptData: KeptData, ...services: Services) =>
      new KeptDeclaration(keptData, declaration(...services) as unknown as KeptRows<ObjectLiteral>),
  };
}
