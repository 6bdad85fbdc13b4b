import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { User } from './user.entity.js';
import { KEPT_USERS } from './users.kept.js';
import { UsersService } from './users.service.js';

/** People with an account. */
@Module({
  imports: [TypeOrmModule.forFeature([User])],
  providers: [KEPT_USERS, UsersService],
  exports: [UsersService],
})
export class UsersModule {}
