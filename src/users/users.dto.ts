import { ApiProperty } from '@nestjs/swagger';
import { ID_EXAMPLES } from '../http/fields.js';
import { ExportedAlone } from '../kept-data/exported-data.js';
import { User } from './user.entity.js';

/** The user as most responses show it. */
export class UserAnswer {
  @ApiProperty({ format: 'email', example: 'ada@example.com' })
  email: string;

  @ApiProperty({ example: 'Ada' })
  name: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'Id of the active project.',
  })
  active_project: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-01-01T00:01:00.000Z' })
  updated_at: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  company_name: string | null;

  static of(
    user: Pick<User, 'email' | 'name' | 'activeProject' | 'createdAt' | 'updatedAt' | 'companyName'>,
  ): UserAnswer {
    return {
      email: user.email,
      name: user.name,
      active_project: user.activeProject,
      created_at: user.createdAt.toISOString(),
      updated_at: user.updatedAt.toISOString(),
      company_name: user.companyName,
    };
  }
}

/** `userData` in responses: the API's documentation shows it in two shapes, and this has the fields of both. */
@ExportedAlone('user')
export class UserDataAnswer extends UserAnswer {
  @ApiProperty({ format: 'uuid', example: ID_EXAMPLES.userId })
  id: string;

  @ApiProperty({ example: true, description: 'The address is proved.' })
  verified: boolean;

  static override of(user: User): UserDataAnswer {
    return { id: user.id, ...UserAnswer.of(user), verified: true };
  }
}
