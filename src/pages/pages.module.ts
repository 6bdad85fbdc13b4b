import { Module } from '@nestjs/common';
import { DevelopmentFrame } from './development-frame.js';
import { HomeController } from './home.controller.js';
import { PageAssetsController } from './page-assets.controller.js';
import { ResetPasswordController } from './reset-password.controller.js';

/** The pages for people, beside the API for programs, and the frame for pages that other modules show while developing. */
@Module({
  controllers: [HomeController, PageAssetsController, ResetPasswordController],
  providers: [DevelopmentFrame],
  exports: [DevelopmentFrame],
})
export class PagesModule {}
