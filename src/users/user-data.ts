import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { User } from './user.entity.js';

/** Of each kind the newest so many are told, so that an answer fits into the memory however much was kept. */
export const MOST_OF_A_KIND = 10_000;

/** One kind of things that are kept about a user, for the export of their data. */
export interface UserDataSource<Thing> {
  /** Its key in the export: `projects`, say. */
  name: string;
  /** The newest first, at most `most`. */
  find(manager: EntityManager, user: User, most: number): Promise<Thing[]>;
  /** What the export tells of one: no secret, and no hash of a secret. */
  show(thing: Thing): object;
}

/** What is kept about users, told by the modules that keep it when they start: users know none of them. */
@Injectable()
export class UserDataSources {
  private readonly sources: UserDataSource<unknown>[] = [];

  register<Thing>(source: UserDataSource<Thing>): void {
    this.sources.push(source);
  }

  /** All things of a user by kind, and under `incomplete` the kinds of which there are more. */
  async collect(manager: EntityManager, user: User): Promise<Record<string, object[] | string[]>> {
    const lists: Record<string, object[]> = {};
    const incomplete: string[] = [];
    for (const source of this.sources) {
      const found = await source.find(manager, user, MOST_OF_A_KIND + 1);
      if (found.length > MOST_OF_A_KIND) incomplete.push(source.name);
      lists[source.name] = found.slice(0, MOST_OF_A_KIND).map((thing) => source.show(thing));
    }
    return { ...lists, incomplete };
  }
}
