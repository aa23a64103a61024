/** The log of daemons and commands: pino, JSON lines on standard error. */
import { pino } from 'pino';
import type { Logger } from '../core/logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Standard error, so that standard output stays what the command prints. Written at once: a killed process loses no line. */
export function pinoLogger(level: LogLevel): Logger {
  return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
}
