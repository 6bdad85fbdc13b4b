import { Module } from '@nestjs/common';
import { HomeController } from './home.controller.js';
import { ResetPasswordController } from './reset-password.controller.js';

/** The pages for people, beside the API for programs. */
@Module({ controllers: [HomeController, ResetPasswordController] })
export class PagesModule {}
