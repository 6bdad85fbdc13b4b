import { Module } from '@nestjs/common';
import { ResetPasswordController } from './reset-password.controller.js';

/** The pages for people, beside the API for programs. */
@Module({ controllers: [ResetPasswordController] })
export class PagesModule {}
