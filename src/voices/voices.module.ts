import { Module } from '@nestjs/common';
import { SpeechModule } from '../speech/speech.module.js';
import { VoicesController } from './voices.controller.js';
import { VoicesService } from './voices.service.js';

/** The voices that agents can speak with, and what they sound like. */
@Module({
  imports: [SpeechModule],
  controllers: [VoicesController],
  providers: [VoicesService],
  exports: [VoicesService],
})
export class VoicesModule {}
