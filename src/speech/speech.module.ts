import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Providers } from '../common/providers.js';
import { SystemTimers } from '../common/timers.js';
import { isKnown } from '../config/api-server.js';
import { AddressSettings } from '../http/address.settings.js';
import { Recognizers } from './recognition/recognizers.js';
import { BuiltInSpeech } from './synthesis/built-in-speech.js';
import { CallSpeech } from './synthesis/call-speech.js';
import { ElevenLabsApi } from './synthesis/eleven-labs-api.js';
import { ElevenLabsSpeech } from './synthesis/eleven-labs-speech.js';
import { ElevenLabsVoices } from './synthesis/eleven-labs-voices.js';
import { ElevenLabsSettings } from './synthesis/eleven-labs.settings.js';
import { FliteSynthesizer } from './synthesis/flite-synthesizer.js';
import { FliteVoices } from './synthesis/flite-voices.js';
import { ListedVoices } from './synthesis/listed-voices.js';
import { SpeechCache } from './synthesis/speech-cache.js';
import { SpeechServer } from './synthesis/speech-server.js';
import type { VoiceProvider } from './synthesis/speech-synthesizer.js';
import { SynthesisSettings } from './synthesis/synthesis.settings.js';
import { VoiceCatalogue } from './synthesis/voice-catalogue.js';

/** The voices of the ElevenLabs account where there is a key to it, else those of TTS_URL, else those that ship with the service. */
function voiceCatalogue(
  elevenLabs: ElevenLabsSettings,
  synthesis: SynthesisSettings,
  addresses: AddressSettings,
  clock: Clock,
  flite: FliteSynthesizer,
): VoiceCatalogue {
  const { ELEVENLABS_API_KEY: apiKey, url } = elevenLabs;
  if (apiKey !== undefined) return new ElevenLabsVoices(new ElevenLabsApi(url, apiKey), clock);
  return isKnown(synthesis.server) ? new ListedVoices(synthesis.voices) : new FliteVoices(flite, addresses);
}

/** All that can speak, in the order in which they are tried. The built-in voices are always there. */
function callSpeech(
  elevenLabs: ElevenLabsSettings,
  synthesis: SynthesisSettings,
  voices: VoiceCatalogue,
  cache: SpeechCache,
  builtIn: BuiltInSpeech,
  providers: Providers,
  clock: Clock,
): CallSpeech {
  const all: VoiceProvider[] = [];
  if (elevenLabs.ELEVENLABS_API_KEY !== undefined) all.push(new ElevenLabsSpeech(elevenLabs, voices, cache));
  const { server } = synthesis;
  if (isKnown(server)) all.push(new SpeechServer(server, synthesis, cache));
  return new CallSpeech([...all, builtIn], { providers, clock, timers: new SystemTimers() });
}

/** What calls hear and speak with. */
@Module({
  providers: [
    Recognizers,
    FliteSynthesizer,
    BuiltInSpeech,
    SpeechCache,
    {
      provide: VoiceCatalogue,
      inject: [ElevenLabsSettings, SynthesisSettings, AddressSettings, Clock, FliteSynthesizer],
      useFactory: voiceCatalogue,
    },
    {
      provide: CallSpeech,
      inject: [ElevenLabsSettings, SynthesisSettings, VoiceCatalogue, SpeechCache, BuiltInSpeech, Providers, Clock],
      useFactory: callSpeech,
    },
  ],
  exports: [Recognizers, VoiceCatalogue, CallSpeech],
})
export class SpeechModule {}
