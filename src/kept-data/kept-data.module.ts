import { Global, Module } from '@nestjs/common';
import { DataExport } from './data-export.js';
import { KeptData } from './kept-data.js';

/** What is kept, declared by the modules that keep it: read by the export, by deletions and by housekeeping. */
@Global()
@Module({ providers: [DataExport, KeptData], exports: [DataExport, KeptData] })
export class KeptDataModule {}
