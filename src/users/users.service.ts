import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { EntityManager, Repository } from 'typeorm';
import { Rows } from '../database/rows.js';
import { User } from './user.entity.js';

/** Finds users. Only people who proved their address are users. */
@Injectable()
export class UsersService {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  findById(id: string): Promise<User | null> {
    return new Rows(this.users.manager).find(User, { id });
  }

  /** By address in its normalised form; inside a unit of work with its manager. */
  findByEmail(email: string, manager: EntityManager = this.users.manager): Promise<User | null> {
    return new Rows(manager).find(User, { email });
  }
}
