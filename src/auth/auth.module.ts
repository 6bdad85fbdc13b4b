import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { AccessTokens } from '../credentials/access-tokens.js';
import { ApiKey } from '../credentials/api-key.entity.js';
import { ApiKeysService } from '../credentials/api-keys.service.js';
import { KEPT_CREDENTIALS } from '../credentials/credentials.kept.js';
import { CredentialsGuard } from '../credentials/credentials.guard.js';
import { JwksController } from '../credentials/jwks.controller.js';
import { RefreshTokens } from '../credentials/refresh-tokens.js';
import { Session } from '../credentials/session.entity.js';
import { SessionsService } from '../credentials/sessions.service.js';
import { SigningKeysModule } from '../credentials/signing-keys.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountDeletion } from './account-deletion.js';
import { AccountEvents } from './account-events.js';
import { AccountNotices } from './account-notices.js';
import { AccountOpening } from './account-opening.js';
import { AccountController } from './account.controller.js';
import { AccountService } from './account.service.js';
import { AddressLimitsService } from './address-limits.service.js';
import { AdministrationService } from './administration.service.js';
import { AuthController } from './auth.controller.js';
import { KEPT_AUTH } from './auth.kept.js';
import { CodeMessages } from './code-messages.js';
import { CodeTries } from './code-tries.js';
import { Codes } from './codes.js';
import { ExportPlaces } from './export-places.js';
import { ExportService } from './export.service.js';
import { LoginService } from './login.service.js';
import { NewPassword } from './new-password.js';
import { NewSignups } from './new-signups.js';
import { OwnApiKeyService } from './own-api-key.service.js';
import { OwnPassword } from './own-password.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { PendingPasswords } from './pending-passwords.js';
import { ResendService } from './resend.service.js';
import { ResetLinks } from './reset-links.js';
import { ResetToken } from './reset-token.entity.js';
import { SessionFlowsService } from './session-flows.service.js';
import { SignupAttempt } from './signup-attempt.entity.js';
import { SignupAttempts } from './signup-attempts.service.js';
import { SignupDrafts } from './signup-drafts.js';
import { SignupService } from './signup.service.js';
import { VerificationService } from './verification.service.js';

/** Accounts, sessions, tokens and API keys. Registers the guard of the whole service. */
@Module({
  imports: [
    JwtModule.register({}),
    TypeOrmModule.forFeature([SignupAttempt, Session, ResetToken, ApiKey]),
    AuditModule,
    SigningKeysModule,
    UsersModule,
  ],
  controllers: [AuthController, AccountController, JwksController],
  providers: [
    { provide: APP_GUARD, useClass: CredentialsGuard },
    AccessTokens,
    AccountDeletion,
    AccountEvents,
    AccountNotices,
    AccountOpening,
    AccountService,
    AddressLimitsService,
    AdministrationService,
    ApiKeysService,
    CodeMessages,
    CodeTries,
    Codes,
    ExportPlaces,
    ExportService,
    LoginService,
    NewPassword,
    NewSignups,
    OwnApiKeyService,
    OwnPassword,
    PasswordChangeService,
    PasswordHasher,
    PasswordPolicy,
    PasswordResetService,
    PendingPasswords,
    RefreshTokens,
    ResendService,
    ResetLinks,
    SessionFlowsService,
    SessionsService,
    SignupAttempts,
    SignupDrafts,
    SignupService,
    VerificationService,
    ...KEPT_CREDENTIALS,
    ...KEPT_AUTH,
  ],
  exports: [ApiKeysService, PasswordHasher, SessionsService],
})
export class AuthModule {}
