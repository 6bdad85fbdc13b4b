import { Module } from '@nestjs/common';
import { Recognizers } from './recognition/recognizers.js';

/** What calls hear and speak with. */
@Module({ providers: [Recognizers], exports: [Recognizers] })
export class SpeechModule {}
