import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { EntityManager, Repository } from 'typeorm';
import { Rows } from '../database/rows.js';
import { User } from './user.entity.js';

/** Finds users: people who have verified their address. */
@Injectable()
export class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  findById(id: string): Promise<User | null> {
    return new Rows(this.users.manager).find(User, { id });
  }

  /** `email` must be normalised. Inside a unit of work, pass its manager. */
  findByEmail(email: string, manager: EntityManager = this.users.manager): Promise<User | null> {
    return new Rows(manager).find(User, { email });
  }
}
