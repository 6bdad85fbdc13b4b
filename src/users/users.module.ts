import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { UserDataSources } from './user-data.js';
import { User } from './user.entity.js';
import { UsersService } from './users.service.js';

/** People with an account. */
@Module({
  imports: [TypeOrmModule.forFeature([User])],
  providers: [UserDataSources, UsersService],
  exports: [UserDataSources, UsersService],
})
export class UsersModule {}
