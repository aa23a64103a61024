/** Parses numbers on the command line; refuses others with a sentence. */
import { InvalidArgumentError } from 'commander';

export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Parses `10,1000`: different numbers, in the given order. */
export function numbers(min: number, max: number): (text: string) => readonly number[] {
  const one = whole(min, max);
  return (text) => [...new Set(text.split(',').map((part) => one(part.trim())))];
}
