/** The options of an embedded PGlite, with their defaults. */
import { type Clock, systemClock } from '../core/clock.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import type { PgliteStartError } from './pglite-errors.ts';

export interface PgliteOptions {
  /** Its store, lock and `run.json` are in `postgres` below it. */
  readonly dataDir: string;
  /** How long a start waits for the folder's lock: a command that reads the folder holds it for a moment. */
  readonly patienceMs?: number;
  /** Write `run.json`, so that other processes find it. */
  readonly announce?: boolean;
  /** PGlite is started again when a statement takes longer. */
  readonly statementMs?: number;
  /** A client that leaves its transaction open for so long without a statement is disconnected. */
  readonly idleMs?: number;
  /** Interval of Postgres' checkpoints. */
  readonly checkpointMs?: number;
  /** How long a statement that runs at the stop has to end. */
  readonly stopMs?: number;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** It is given up: ten starts in a row have failed. */
  readonly onFailed?: (error: PgliteStartError) => void;
}

export type SettledPgliteOptions = Required<Omit<PgliteOptions, 'onFailed'>> & Pick<PgliteOptions, 'onFailed'>;

export const pgliteDefaults: Omit<SettledPgliteOptions, 'dataDir' | 'onFailed'> = Object.freeze({
  patienceMs: 15_000,
  announce: true,
  statementMs: 60_000,
  idleMs: 10_000,
  checkpointMs: 30_000,
  stopMs: 5_000,
  clock: systemClock,
  log: silentLogger,
});
