import { Module } from '@nestjs/common';
import { SpeechModule } from '../speech/speech.module.js';
import { VoicesController } from './voices.controller.js';
import { VoicesService } from './voices.service.js';

/** Voices that agents can speak with, and samples of them. */
@Module({
  imports: [SpeechModule],
  controllers: [VoicesController],
  providers: [VoicesService],
  exports: [VoicesService],
})
export class VoicesModule {}
