import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TwilioSettings } from '../telephony/twilio/twilio.settings.js';
import { ProjectsModule } from '../projects/projects.module.js';
import { Carrier, NoCarrier } from '../telephony/carrier.js';
import { TwilioCarrier } from '../telephony/twilio/twilio-carrier.js';
import { UsersModule } from '../users/users.module.js';
import { PhoneNumber } from './phone-number.entity.js';
import { PhoneNumbersController } from './phone-numbers.controller.js';
import { KEPT_PHONE_NUMBERS } from './phone-numbers.kept.js';
import { PhoneNumbersService } from './phone-numbers.service.js';

/** Twilio, if there is an account. */
function carrier(settings: TwilioSettings): Carrier {
  return settings.TWILIO_ACCOUNT_SID === undefined ? new NoCarrier() : new TwilioCarrier(settings);
}

/** Phone numbers of projects, and their links to agents. */
@Module({
  imports: [TypeOrmModule.forFeature([PhoneNumber]), ProjectsModule, UsersModule],
  controllers: [PhoneNumbersController],
  providers: [
    KEPT_PHONE_NUMBERS,
    PhoneNumbersService,
    { provide: Carrier, inject: [TwilioSettings], useFactory: carrier },
  ],
  exports: [PhoneNumbersService],
})
export class PhoneNumbersModule {}
