import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../common/app-error.js';
import { Database } from '../../database/database.js';
import { rangeOf } from '../../http/byte-range.js';
import { Public } from '../../http/public.decorator.js';
import { streamWhileConnected } from '../../http/streamed-answer.js';
import { CALLS_ERRORS } from '../calls.errors.js';
import { type LinkQuery, RecordingLinks } from './recording-links.js';
import { RecordingStore } from './recording-store.js';
import { Recording } from './recording.entity.js';

/** Pages of any origin may play it; proxies must not cache it. */
const HEADERS = {
  'content-type': 'audio/wav',
  'content-security-policy': "default-src 'none'; media-src 'self'; frame-ancestors 'none'",
  'accept-ranges': 'bytes',
  'cache-control': 'private, no-cache',
  'cross-origin-resource-policy': 'cross-origin',
};

/** Plays recordings to whoever has a link. The links are in the data of calls; the document does not list what they lead to. */
@Public()
@ApiExcludeController()
@Controller('recordings')
export class RecordingsController {
  constructor(
    private readonly links: RecordingLinks,
    private readonly store: RecordingStore,
    private readonly database: Database,
  ) {}

  /** Responds with the WAV file, or the range of it that was asked for. */
  @Get(':file')
  async play(
    @Param('file') file: string,
    @Query() query: LinkQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const callId = this.links.check(file, query);
    const recording = await this.database.reader.manager.findOneBy(Recording, { callId });
    const stored = recording && recording.state !== 'writing' ? await this.store.open(recording.id) : null;
    if (!recording || !stored) throw new AppError(CALLS_ERRORS.RECORDING_NOT_FOUND);
    const etag = `"${recording.id}-${stored.bytes}"`;
    void reply.headers({ ...HEADERS, etag });
    if (request.headers['if-none-match']?.includes(etag)) return void reply.status(304).send();
    const range = rangeOf(request.headers, etag, stored.bytes);
    const [first, last] = range ?? [0, stored.bytes - 1];
    void reply.header('content-length', last - first + 1);
    if (range) void reply.status(206).header('content-range', `bytes ${first}-${last}/${stored.bytes}`);
    // Fastify reads a stream to its end and sends nothing of it; of a text it would count the length.
    if (request.method === 'HEAD') return void reply.send(Readable.from([]));
    const stream = await streamWhileConnected(request, reply, () => stored.read(first, last));
    void reply.send(stream);
  }
}
