/** The options of a run, checked before anything starts. */
import { readFileSync } from 'node:fs';
import { InvalidOptionError } from '../../runtime/core/errors.ts';
import { type DoorName, doorNames } from './door.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly doors: readonly DoorName[];
  /** For each door. */
  readonly mutations: number;
  readonly randomBytes: number;
  /** Tried instead of inputs of the seed, by the only door. */
  readonly given: readonly Buffer[];
}

/** As the command line gives them. */
export interface GivenFuzz {
  readonly seed?: string;
  readonly minutes?: string;
  readonly doors?: string;
  readonly mutations?: string;
  readonly bytes?: string;
  readonly input?: readonly string[];
  readonly file?: readonly string[];
}

/** @param seed when none is given. @throws InvalidOptionError */
export function compileFuzz(given: GivenFuzz, seed: number): FuzzOptions {
  const inputs = [
    ...(given.input ?? []).map((text) => Buffer.from(text, 'base64')),
    ...(given.file ?? []).map((path) => readFileSync(path)),
  ];
  const doors = doorsIn(given.doors);
  if (inputs.length > 0 && doors.length !== 1) {
    throw new InvalidOptionError('doors', 'one door, when an input is given', given.doors);
  }
  return {
    seed: number('seed', given.seed ?? String(seed), 0, 2 ** 31 - 1),
    minutes: number('minutes', given.minutes ?? '5', 0.05, 24 * 60),
    doors,
    mutations: number('mutations', given.mutations ?? '10000', 1, 1e9),
    randomBytes: number('bytes', given.bytes ?? '2000000', 1, 1e12),
    given: inputs,
  };
}

function number(option: string, text: string, min: number, max: number): number {
  const value = text === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new InvalidOptionError(option, `a number from ${min} to ${max}`, text);
}

function doorsIn(given: string | undefined): readonly DoorName[] {
  if (given === undefined) return doorNames;
  const names = given.split(',');
  const unknown = names.find((name) => !doorNames.includes(name as DoorName));
  if (unknown !== undefined) throw new InvalidOptionError('doors', `some of ${doorNames.join(', ')}`, unknown);
  return doorNames.filter((name) => names.includes(name));
}
