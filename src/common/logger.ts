import { LoggerService } from '@nestjs/common';
import { Logger, LoggerOptions, pino, stdSerializers } from 'pino';
import { Env } from '../config/env.js';

/** A database error carries the statement's parameters, hashes and addresses among them; they stay out of the log. */
function serializeError(error: Error): unknown {
  const plain: Record<string, unknown> = { ...stdSerializers.err(error) };
  for (const name of ['parameters', 'sql', 'query', 'driverError', 'response', 'envelope', 'rejectedErrors']) {
    delete plain[name];
  }
  return plain;
}

/** How lines are made, wherever they go. */
export function loggerOptions(env: Env): LoggerOptions {
  return {
    level: env.LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: serializeError },
  };
}

/** JSON lines on standard output. */
export function createLogger(env: Env): Logger {
  return pino(loggerOptions(env));
}

/** Lets Nest's own messages and every `new Logger(Name)` speak through pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    // Nest tells of every module and route at start; that is news only when debugging.
    this.logger.debug({ context }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    const err = message instanceof Error ? message : details.find((detail) => detail instanceof Error);
    this.logger.error({ err, context: details.at(-1) === err ? undefined : details.at(-1) }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}
