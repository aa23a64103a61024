/** The log of a node that was given none: warnings and errors as lines for people, on standard error. */
import { writeSync } from 'node:fs';
import type { LogFields, Logger } from '../core/logger.ts';
import { printableLine } from '../core/printable.ts';
import { cut, placeOf } from '../core/stack.ts';

const standardError = 2;
const valueChars = 500;

/** @param write receives each line with its line break */
export function standardErrorLog(write: (line: string) => void = writeLine): Logger {
  const at =
    (level: 'warn' | 'error') =>
    (fields: LogFields, message: string): void =>
      write(`${printableLine(`parley: ${level}: ${message}${inBrackets(fields)}`)}\n`);
  return Object.freeze({ debug: ignore, info: ignore, warn: at('warn'), error: at('error') });
}

const ignore = (): void => undefined;

/** Loses the line when nobody reads, or the disk is full: a log must not end its process. */
function writeLine(line: string): void {
  try {
    writeSync(standardError, line);
  } catch {
    return;
  }
}

function inBrackets({ stack, ...fields }: LogFields): string {
  const place = typeof stack === 'string' ? placeOf(stack) : undefined;
  const words = Object.entries({ ...fields, at: place })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${cut(textOf(value), valueChars)}`);
  return words.length === 0 ? '' : ` (${words.join(' ')})`;
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"()=]+$/.test(value)) return value;
  if (typeof value === 'bigint') return `${value}n`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
