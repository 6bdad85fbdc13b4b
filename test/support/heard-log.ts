import { Logger } from '@nestjs/common';

/** Keeps the lines that classes log outside of a service. */
export function heardLog(): string[] {
  const lines: string[] = [];
  const hear = (line: string) => void lines.push(line);
  Logger.overrideLogger({ log: hear, warn: hear, error: hear });
  return lines;
}
