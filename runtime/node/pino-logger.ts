/** The logger of daemons or commands: pino, JSON lines on standard error. */
import { pino } from 'pino';
import type { Logger } from '../core/logger.ts';
import { printableLine } from '../core/printable.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Limit of buffered lines while standard error is blocked: later ones are dropped. */
const keptBytes = 1024 * 1024;

/**
 * Writes to standard error, so that standard output holds only the command's own output. Writes synchronously: a killed process
 * loses no line. A reader that has gone or does not read, or a full disk, stops only the log.
 */
export function pinoLogger(level: LogLevel): Logger {
  // a pipe that Node has opened does not block
  process.stderr.on('error', ignore);
  const destination = pino.destination({ dest: 2, sync: true, maxLength: keptBytes, retryEAGAIN: () => false });
  destination.on('error', ignore);
  return pino({ level, base: null, hooks: { streamWrite } }, destination);
}

/** JSON keeps some control characters that a terminal obeys. */
const streamWrite = (line: string): string => `${printableLine(line.slice(0, -1))}\n`;

const ignore = (): void => undefined;
