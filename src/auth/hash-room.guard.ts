import { CanActivate, Injectable, UseGuards } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.js';

/** Refuses at the door what would only be refused at the hash: under overload, work that leads nowhere must cost next to nothing. */
@Injectable()
export class HashRoomGuard implements CanActivate {
  constructor(private readonly hasher: PasswordHasher) {}

  canActivate(): boolean {
    this.hasher.refuseIfFull();
    return true;
  }
}

/** Marks a handler that hashes a password. Below `@Throttled`, so that it comes first and a refusal counts as no try. */
export const HashesPassword = (): MethodDecorator => UseGuards(HashRoomGuard);
