import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { AddressSettings } from '../http/address.settings.js';
import { BuiltInSpeech } from '../speech/synthesis/built-in-speech.js';
import { ElevenLabsSettings } from '../speech/synthesis/eleven-labs.settings.js';
import { ElevenLabsApi } from '../speech/synthesis/eleven-labs-api.js';
import { ElevenLabsVoices } from '../speech/synthesis/eleven-labs-voices.js';
import { FliteSynthesizer } from '../speech/synthesis/flite-synthesizer.js';
import { FliteVoices } from '../speech/synthesis/flite-voices.js';
import { VoiceCatalogue } from '../speech/synthesis/voice-catalogue.js';
import { VoicesController } from './voices.controller.js';
import { VoicesService } from './voices.service.js';

/** Those of the ElevenLabs account where there is a key to it, else those that ship with the service. */
function voiceCatalogue(
  settings: ElevenLabsSettings,
  addresses: AddressSettings,
  clock: Clock,
  synthesizer: FliteSynthesizer,
): VoiceCatalogue {
  const { ELEVENLABS_API_KEY: apiKey, ELEVENLABS_URL: url } = settings;
  if (apiKey === undefined) return new FliteVoices(synthesizer, addresses);
  return new ElevenLabsVoices(new ElevenLabsApi(url, apiKey), clock);
}

/** The voices that agents can speak with, and what they sound like. */
@Module({
  controllers: [VoicesController],
  providers: [
    VoicesService,
    FliteSynthesizer,
    BuiltInSpeech,
    {
      provide: VoiceCatalogue,
      inject: [ElevenLabsSettings, AddressSettings, Clock, FliteSynthesizer],
      useFactory: voiceCatalogue,
    },
  ],
  exports: [VoicesService, BuiltInSpeech],
})
export class VoicesModule {}
