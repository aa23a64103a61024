/** Options of a run: defaults with their reasons, checked before anything starts. */
import { InvalidOptionError } from '../../core/errors.ts';
import { type FaultKind, faultNames } from './fault-kinds.ts';
import { type BreakName, breakNames } from './seams.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly minutes: number;
  readonly nodes: number;
  readonly servers: 1 | 3;
  /** Intents per second from outside; agents send about as many themselves. */
  readonly rate: number;
  /** Injects only these faults. */
  readonly faults: readonly FaultKind[];
  /** Breaks a promise of the runtime on purpose: the run must detect it. */
  readonly broken: BreakName | undefined;
  /** The module of the app; the built-in one by default. */
  readonly app: string | undefined;
  /** Keep logs and the history. */
  readonly keep: boolean;
}

/** Options as a command line passes them. */
export type GivenChaos = Readonly<Partial<Record<keyof ChaosOptions, string | boolean>>>;

/** Checks options, fills in defaults. @throws InvalidOptionError */
export function compileChaos(given: GivenChaos): ChaosOptions {
  const servers = numberIn('servers', given.servers, 1, 1, 3);
  if (servers === 2) throw new InvalidOptionError('servers', '1 or 3: two of two are no majority when one is away', 2);
  return Object.freeze({
    seed: numberIn('seed', given.seed, 1, 0, 2 ** 31),
    minutes: fraction('minutes', given.minutes, 1, 0.1, 24 * 60),
    nodes: numberIn('nodes', given.nodes, 2, 1, 16),
    servers: servers as 1 | 3,
    rate: numberIn('rate', given.rate, 40, 1, 10_000),
    faults: faultsIn(given.faults),
    broken: breakIn(given.broken),
    app: typeof given.app === 'string' ? given.app : undefined,
    keep: given.keep === true,
  });
}

function numberIn(
  option: string,
  given: string | boolean | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  const value = fraction(option, given, fallback, min, max);
  if (Number.isInteger(value)) return value;
  throw new InvalidOptionError(option, 'a whole number', given);
}

function fraction(
  option: string,
  given: string | boolean | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (given === undefined) return fallback;
  const value = given === '' ? Number.NaN : Number(given);
  if (value >= min && value <= max) return value;
  throw new InvalidOptionError(option, `a number from ${min} to ${max}`, given);
}

function faultsIn(given: string | boolean | undefined): readonly FaultKind[] {
  if (given === undefined) return faultNames;
  const names = String(given)
    .split(',')
    .filter((name) => name !== '');
  const unknown = names.find((name) => !faultNames.includes(name as FaultKind));
  if (unknown !== undefined) throw new InvalidOptionError('faults', `some of ${faultNames.join(', ')}`, unknown);
  return names as FaultKind[];
}

function breakIn(given: string | boolean | undefined): BreakName | undefined {
  if (given === undefined) return undefined;
  const found = breakNames.find((name) => name === given);
  if (found === undefined) throw new InvalidOptionError('broken', `one of ${breakNames.join(', ')}`, given);
  return found;
}
