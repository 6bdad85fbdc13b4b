import { Module } from '@nestjs/common';
import { DevelopmentFrame } from './development-frame.js';
import { HomeController } from './home.controller.js';
import { PageAssetsController } from './page-assets.controller.js';
import { ResetPasswordController } from './reset-password.controller.js';

/** Pages for people, and the layout of the development pages of other modules. */
@Module({
  controllers: [HomeController, PageAssetsController, ResetPasswordController],
  providers: [DevelopmentFrame],
  exports: [DevelopmentFrame],
})
export class PagesModule {}
