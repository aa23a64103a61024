/** Parses numbers in command arguments. */
import { InvalidArgumentError } from 'commander';

/** Parses a whole number from 1. @throws InvalidArgumentError */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}
