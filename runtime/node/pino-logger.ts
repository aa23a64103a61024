/** The log of daemons and commands: pino, JSON lines on standard error. */
import { pino } from 'pino';
import type { Logger } from '../core/logger.ts';
import { printableLine } from '../core/printable.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Lines kept while standard error takes none: later ones are let go. */
const keptBytes = 1024 * 1024;

/**
 * Standard error, so that standard output stays what the command prints. Written at once: a killed process loses no line. A
 * reader that is gone, that does not read, or a full disk stops the log and nothing else.
 */
export function pinoLogger(level: LogLevel): Logger {
  // a pipe that Node has opened does not block
  process.stderr.on('error', ignore);
  const destination = pino.destination({ dest: 2, sync: true, maxLength: keptBytes, retryEAGAIN: () => false });
  destination.on('error', ignore);
  return pino({ level, base: null, hooks: { streamWrite } }, destination);
}

/** JSON leaves some of what a terminal obeys as it is. */
const streamWrite = (line: string): string => `${printableLine(line.slice(0, -1))}\n`;

const ignore = (): void => undefined;
