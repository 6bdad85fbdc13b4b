import { Injectable, Type } from '@nestjs/common';
import { ApiProperty, ApiSchema, DECORATORS } from '@nestjs/swagger';
import { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { OwnedRow } from '../database/owned.js';
import { newestKeys, rowsByKey } from '../database/row-pages.js';
import { User } from './user.entity.js';
import { UserDataAnswer } from './users.dto.js';

/** Of each kind the newest so many are told, so that an answer ends however much was kept. */
export const MOST_OF_A_KIND = 10_000;

/** All that is kept about a user. Each kind adds its list with `ExportedAs`. */
@ApiSchema({ description: 'Each list has the newest first.' })
export class ExportedData {
  @ApiProperty({ type: UserDataAnswer })
  user: UserDataAnswer;

  @ApiProperty({
    type: [String],
    example: [],
    description: `Names of the lists that end at the newest ${MOST_OF_A_KIND}.`,
  })
  incomplete: string[];
}

/** A class of what the export tells of one thing: no secret, and no hash of a secret. */
interface Exported<Thing> extends Type<object> {
  /** With the manager it can read what belongs to the thing. */
  of(thing: Thing, manager: EntityManager): object | Promise<object>;
}

/** Which rows are kept about a user. */
interface Source<Row extends ObjectLiteral> {
  entity: EntityTarget<Row>;
  where(user: User): FindOptionsWhere<Row> | FindOptionsWhere<Row>[];
  newestBy: string[];
}

/** Rows that have the user's id. */
export function rowsOf<Row extends OwnedRow>(entity: EntityTarget<Row>): Source<Row> {
  return { entity, where: ({ id }) => ({ userId: id }) as FindOptionsWhere<Row>, newestBy: ['id'] };
}

const LIST_NAMES = new Map<Exported<never>, string>();

/** Names the list of the export that the class's objects are in, and documents it; `UserDataSources` learns where they come from. */
export function ExportedAs(name: string, description: string): (shown: Exported<never>) => void {
  return (shown) => {
    LIST_NAMES.set(shown, name);
    ApiProperty({ type: [shown], description })(ExportedData.prototype, name);
    // By name, or the order in which modules are loaded would decide, which a bundle changes.
    const properties = Reflect.getMetadata(DECORATORS.API_MODEL_PROPERTIES_ARRAY, ExportedData.prototype) as string[];
    properties.sort();
  };
}

/** What is kept about users, told by the modules that keep it when they start: users know none of them. */
@Injectable()
export class UserDataSources {
  private readonly sources: { name: string; shown: Exported<ObjectLiteral>; source: Source<ObjectLiteral> }[] = [];

  /** The class must be `ExportedAs` something. */
  register<Row extends ObjectLiteral>(shown: Exported<Row>, source: Source<Row>): void {
    const name = LIST_NAMES.get(shown);
    if (name === undefined) throw new Error(`${shown.name} has no name in the export`);
    this.sources.push({ name, shown, source });
    this.sources.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** `ExportedData` of a user as JSON, in pieces, of which each has a row at most. */
  async *toJson(manager: EntityManager, user: User): AsyncGenerator<string> {
    const incomplete: string[] = [];
    yield `{"user":${JSON.stringify(UserDataAnswer.of(user))}`;
    for (const { name, shown, source } of this.sources) {
      const { entity, newestBy } = source;
      const keys = await newestKeys(manager, entity, source.where(user), { newestBy, most: MOST_OF_A_KIND + 1 });
      if (keys.length > MOST_OF_A_KIND) incomplete.push(name);
      yield `,${JSON.stringify(name)}:[`;
      let separator = '';
      for await (const row of rowsByKey(manager, entity, keys.slice(0, MOST_OF_A_KIND))) {
        yield separator + JSON.stringify(await shown.of(row, manager));
        separator = ',';
      }
      yield ']';
    }
    yield `,"incomplete":${JSON.stringify(incomplete)}}`;
  }
}
