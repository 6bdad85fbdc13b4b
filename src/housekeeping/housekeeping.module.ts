import { Module } from '@nestjs/common';
import { HousekeepingService } from './housekeeping.service.js';

/** Keeps the tables from growing without end. */
@Module({ providers: [HousekeepingService] })
export class HousekeepingModule {}
