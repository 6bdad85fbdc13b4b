import { Injectable, Type } from '@nestjs/common';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { EntityManager, EntityTarget, FindOptionsOrder, FindOptionsWhere } from 'typeorm';
import { OwnedRow } from '../database/owned.js';
import { User } from './user.entity.js';
import { UserDataAnswer } from './users.dto.js';

/** Of each kind the newest so many are told, so that an answer fits into the memory however much was kept. */
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
  of(thing: Thing): object;
}

/** Finds what is kept about the user: the newest first, at most `most`. */
type Find<Thing> = (manager: EntityManager, user: User, most: number) => Promise<Thing[]>;

/** Finds rows that have the user's id. */
export function rowsOf<Row extends OwnedRow>(entity: EntityTarget<Row>): Find<Row> {
  const order = { id: 'DESC' } as FindOptionsOrder<Row>;
  return (manager, { id }, take) => {
    return manager.find(entity, { where: { userId: id } as FindOptionsWhere<Row>, order, take });
  };
}

const LIST_NAMES = new Map<Exported<never>, string>();

/** Names the list of the export that the class's objects are in, and documents it; `UserDataSources` learns where they come from. */
export function ExportedAs(name: string, description: string): (shown: Exported<never>) => void {
  return (shown) => {
    LIST_NAMES.set(shown, name);
    ApiProperty({ type: [shown], description })(ExportedData.prototype, name);
  };
}

/** What is kept about users, told by the modules that keep it when they start: users know none of them. */
@Injectable()
export class UserDataSources {
  private readonly sources: { name: string; shown: Exported<unknown>; find: Find<unknown> }[] = [];

  /** The class must be `ExportedAs` something. */
  register<Thing>(shown: Exported<Thing>, find: Find<Thing>): void {
    const name = LIST_NAMES.get(shown);
    if (name === undefined) throw new Error(`${shown.name} has no name in the export`);
    this.sources.push({ name, shown, find });
  }

  /** All things of a user by kind, and under `incomplete` the kinds of which there are more. */
  async collect(manager: EntityManager, user: User): Promise<ExportedData> {
    const lists: Record<string, object[]> = {};
    const incomplete: string[] = [];
    for (const { name, shown, find } of this.sources) {
      const found = await find(manager, user, MOST_OF_A_KIND + 1);
      if (found.length > MOST_OF_A_KIND) incomplete.push(name);
      lists[name] = found.slice(0, MOST_OF_A_KIND).map((thing) => shown.of(thing));
    }
    return { user: UserDataAnswer.of(user), ...lists, incomplete };
  }
}
