import { Injectable } from '@nestjs/common';
import { EntityManager, ObjectLiteral } from 'typeorm';
import { newestKeys, rowsByKey } from '../database/row-pages.js';
import { ExportedProperty, exportedProperty, MAX_EXPORTED_ROWS } from './exported-data.js';
import { KeptData } from './kept-data.js';
import { Conditions, KeptRows, Person, Shown } from './kept-rows.js';

/** One property of an export, and where its rows come from. */
interface Source extends ExportedProperty {
  entity: KeptRows<ObjectLiteral>['entity'];
  where: Conditions<ObjectLiteral>;
  shown: Shown<ObjectLiteral>;
  newestBy: string[];
}

function sourcesOf(person: Person, { entity, ofUser, exported }: KeptRows<ObjectLiteral>): Source[] {
  if (!ofUser || typeof exported === 'string') return [];
  const { as: shown, newestBy } = exported;
  return [{ entity, where: ofUser(person), shown, newestBy, ...exportedProperty(shown) }];
}

/** Writes what is kept about a user. */
@Injectable()
export class DataExport {
  constructor(private readonly keptData: KeptData) {}

  /** `ExportedData` of a user as JSON, in pieces of at most one row. */
  async *toJson(manager: EntityManager, person: Person): AsyncGenerator<string> {
    const sources = this.keptData.kinds.flatMap((kind) => sourcesOf(person, kind));
    sources.sort((a, b) => Number(a.isList) - Number(b.isList) || (a.name < b.name ? -1 : 1));
    const incomplete: string[] = [];
    yield '{';
    for (const source of sources) {
      const { name, entity, where, newestBy } = source;
      const keys = await newestKeys(manager, entity, where, { newestBy, most: MAX_EXPORTED_ROWS + 1 });
      if (keys.length > MAX_EXPORTED_ROWS) incomplete.push(name);
      yield `${JSON.stringify(name)}:`;
      yield* this.rows(manager, source, keys.slice(0, MAX_EXPORTED_ROWS));
      yield ',';
    }
    yield `"incomplete":${JSON.stringify(incomplete)}}`;
  }

  private async *rows(manager: EntityManager, source: Source, keys: string[]): AsyncGenerator<string> {
    if (source.isList) yield '[';
    let separator = '';
    for await (const row of rowsByKey(manager, source.entity, keys)) {
      yield separator + JSON.stringify(await source.shown.of(row, manager));
      separator = ',';
    }
    if (source.isList) yield ']';
  }
}
