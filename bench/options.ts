/** Numbers on the command line: refused with a sentence when they are none. */
import { InvalidArgumentError } from 'commander';

export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** `10,1000`: different ones, in the order given. */
export function numbers(min: number, max: number): (text: string) => readonly number[] {
  const one = whole(min, max);
  return (text) => [...new Set(text.split(',').map((part) => one(part.trim())))];
}
