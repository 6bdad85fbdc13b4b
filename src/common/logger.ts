import { LoggerService } from '@nestjs/common';
import { Logger, LoggerOptions, pino, stdSerializers, stdTimeFunctions } from 'pino';
import { LogSettings } from './log.settings.js';
import { standardOutput } from './log-output.js';

/** Properties of an error that are logged beside its type, message and stack. */
const TOLD = ['code', 'errno', 'sqlState', 'syscall', 'address', 'port', 'command', 'responseCode'];
/** Values that databases quote in their messages. One of a unique index may be the hash of a secret, so they are masked. */
const QUOTED_VALUE = /(Duplicate entry|Incorrect [\w ]*value:|near) '[\s\S]*?'(?= for | at line |$)/gm;

function withoutValues(text: string): string {
  return text.replace(QUOTED_VALUE, "$1 '[...]'");
}

/** Other properties are left out: database errors carry their parameters, mail errors the message, parser errors the raw request. */
function serializeError(error: Error & Record<string, unknown>): unknown {
  const { type, message, stack } = stdSerializers.err(error);
  if (stack === undefined) return { message: 'Something was thrown that is no error' };
  const told = TOLD.filter((name) => error[name] !== undefined).map((name) => [name, error[name]]);
  return { type, message: withoutValues(message), stack: withoutValues(stack), ...Object.fromEntries(told) };
}

/** pino's options for every destination. */
export function loggerOptions(settings: LogSettings): LoggerOptions {
  return {
    level: settings.LOG_LEVEL,
    base: undefined,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: serializeError },
  };
}

/** Writes JSON lines to standard output. */
export function createLogger(settings: LogSettings): Logger {
  return pino(loggerOptions(settings), standardOutput());
}

/** Contexts under which Nest logs why it could not start. main.ts logs that once, so these lines are dropped. */
const TOLD_BY_MAIN: unknown[] = ['ExceptionHandler', 'NestApplication', 'TypeOrmModule'];

/** Sends Nest's own messages and those of every `new Logger(Name)` to pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    // Nest logs every module and route at the start, which helps only when debugging.
    this.logger.debug({ context }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    if (TOLD_BY_MAIN.includes(details.at(-1))) return;
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
