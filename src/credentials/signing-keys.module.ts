import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SigningKey } from './signing-key.entity.js';
import { SigningKeysService } from './signing-keys.service.js';

/** The keys of the access tokens, apart from the rest so that the command that rotates them needs nothing else. */
@Module({
  imports: [TypeOrmModule.forFeature([SigningKey])],
  providers: [SigningKeysService],
  exports: [SigningKeysService],
})
export class SigningKeysModule {}
