import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { FromBearer } from '../credentials/bearer.js';
import { type Caller, FromCaller } from '../credentials/caller.js';
import { AUTHENTICATION_TAG } from '../credentials/credentials.docs.js';
import { BearerOnly } from '../credentials/credentials.guard.js';
import { type Client, FromClient } from '../http/client.js';
import { PartOfFlow } from '../http/flow-number.js';
import { Public } from '../http/public.decorator.js';
import { Answer } from '../openapi/answers.js';
import { Documented } from '../openapi/operation.js';
import { FromDevice } from '../throttling/presented-device.js';
import { Throttled } from '../throttling/throttled.decorator.js';
import * as docs from './auth.docs.js';
import * as dto from './auth.dto.js';
import { LOGIN_FLOW, SIGNUP_FLOW, VERIFICATION_FLOW } from './flows.js';
import { HashesPassword } from './hashing-limit.js';
import { LoginService } from './login.service.js';
import { PasswordChangeService } from './password-change.service.js';
import { PasswordResetService } from './password-reset.service.js';
import { ResendService } from './resend.service.js';
import { SessionFlowsService } from './session-flows.service.js';
import { SignupService } from './signup.service.js';
import { VerificationService } from './verification.service.js';

@ApiTags(AUTHENTICATION_TAG.name)
@Controller('auth')
export class AuthController {
  constructor(
    private readonly signup: SignupService,
    private readonly verification: VerificationService,
    private readonly resend: ResendService,
    private readonly login: LoginService,
    private readonly sessions: SessionFlowsService,
    private readonly passwordChange: PasswordChangeService,
    private readonly passwordReset: PasswordResetService,
  ) {}

  @Public()
  @Post('signup')
  @HttpCode(200)
  @Throttled('signup')
  @HashesPassword()
  @PartOfFlow(SIGNUP_FLOW)
  @Documented(docs.SIGNUP)
  signUp(@Body() body: dto.SignupDto, @FromClient() client: Client): Promise<dto.SignupAnswer> {
    return this.signup.signUp(body, client);
  }

  @Public({ takesBearer: true })
  @Post('verify-email')
  @HttpCode(200)
  @Throttled('verify-email')
  @PartOfFlow(VERIFICATION_FLOW)
  @Documented(docs.VERIFY_EMAIL)
  verifyEmail(
    @Body() body: dto.VerifyEmailDto,
    @FromBearer() token: string | undefined,
    @FromClient() client: Client,
  ): Promise<dto.VerifyEmailAnswer> {
    return this.verification.verifyEmail(body, token, client);
  }

  @Public({ takesBearer: true })
  @Post('resend-code')
  @HttpCode(200)
  @Throttled('resend-code')
  @Documented(docs.RESEND_CODE)
  resendCode(
    @Body() body: dto.ResendCodeDto,
    @FromBearer() token: string | undefined,
    @FromClient() client: Client,
  ): Promise<Answer> {
    return this.resend.resendCode(body, token, client);
  }

  @Public()
  @Post('login')
  @HttpCode(200)
  @Throttled('login')
  @HashesPassword()
  @PartOfFlow(LOGIN_FLOW)
  @Documented(docs.LOGIN)
  logIn(
    @Body() body: dto.LoginDto,
    @FromDevice() deviceToken: string | undefined,
    @FromClient() client: Client,
  ): Promise<dto.LoginAnswer> {
    return this.login.logIn({ ...body, deviceToken }, client);
  }

  @Public()
  @Post('refresh-token')
  @HttpCode(200)
  @Throttled('refresh-token')
  @Documented(docs.REFRESH_TOKEN)
  refreshToken(@Body() body: dto.RefreshTokenDto, @FromClient() client: Client): Promise<dto.RefreshTokenAnswer> {
    return this.sessions.refreshToken(body, client);
  }

  @Post('change-password')
  @HttpCode(200)
  @Throttled('own-password')
  @HashesPassword()
  @Documented(docs.CHANGE_PASSWORD)
  changePassword(
    @Body() body: dto.ChangePasswordDto,
    @FromCaller() caller: Caller,
    @FromClient() client: Client,
  ): Promise<Answer> {
    return this.passwordChange.changePassword(body, caller, client);
  }

  @Public()
  @Post('forgot-password')
  @HttpCode(200)
  @Throttled('forgot-password')
  @Documented(docs.FORGOT_PASSWORD)
  forgotPassword(@Body() body: dto.ForgotPasswordDto, @FromClient() client: Client): Promise<Answer> {
    return this.passwordReset.forgotPassword(body, client);
  }

  @Public()
  @Post('reset-password')
  @HttpCode(200)
  @Throttled('reset-password')
  @HashesPassword()
  @Documented(docs.RESET_PASSWORD)
  resetPassword(@Body() body: dto.ResetPasswordDto, @FromClient() client: Client): Promise<Answer> {
    return this.passwordReset.resetPassword(body, client);
  }

  @BearerOnly()
  @Post('logout')
  @HttpCode(200)
  @Documented(docs.LOGOUT)
  logOut(@FromCaller() caller: Caller, @FromClient() client: Client): Promise<Answer> {
    return this.sessions.logOut(caller, client);
  }

  @BearerOnly()
  @Post('logout-all')
  @HttpCode(200)
  @Documented(docs.LOGOUT_ALL)
  logOutEverywhere(@FromCaller() caller: Caller, @FromClient() client: Client): Promise<Answer> {
    return this.sessions.logOutEverywhere(caller, client);
  }
}
