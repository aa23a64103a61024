/** The options of an embedded PGlite: given, checked, with their defaults. */
import { type Clock, systemClock } from '../core/clock.ts';
import { type Logger, silentLogger } from '../core/logger.ts';
import {
  checkClock,
  checkFunction,
  checkLog,
  checkOptions,
  compileOptions,
  namesOf,
  needText,
  type OptionRules,
  whole,
  yesOrNo,
} from '../core/options.ts';
import type { PgliteStartError } from './pglite-errors.ts';

interface PgliteTimes {
  /** How long a start waits for the folder's lock: a command that reads the folder holds it for a moment. */
  readonly patienceMs: number;
  /** PGlite is started again when a statement takes longer. */
  readonly statementMs: number;
  /** A client that leaves its transaction open for so long without a statement is disconnected. */
  readonly idleMs: number;
  /** Interval of Postgres' checkpoints. */
  readonly checkpointMs: number;
  /** How long a statement that runs at the stop has to end. */
  readonly stopMs: number;
}

export interface PgliteOptions extends Partial<PgliteTimes> {
  /** Its store, lock and `run.json` are in `postgres` below it. */
  readonly dataDir: string;
  /** Write `run.json`, so that other processes find it. */
  readonly announce?: boolean;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** It is given up: ten starts in a row have failed. */
  readonly onFailed?: (error: PgliteStartError) => void;
}

export type SettledPgliteOptions = Required<Omit<PgliteOptions, 'onFailed'>> & {
  readonly onFailed: PgliteOptions['onFailed'];
};

const dayMs = 86_400_000;

const rules: OptionRules<PgliteTimes> = {
  patienceMs: whole(15_000, 0, dayMs, 'milliseconds'),
  statementMs: whole(60_000, 1, dayMs, 'milliseconds'),
  idleMs: whole(10_000, 1, dayMs, 'milliseconds'),
  checkpointMs: whole(30_000, 1, dayMs, 'milliseconds'),
  stopMs: whole(5_000, 0, dayMs, 'milliseconds'),
};

const optionNames = namesOf<PgliteOptions>({
  dataDir: true,
  patienceMs: true,
  announce: true,
  statementMs: true,
  idleMs: true,
  checkpointMs: true,
  stopMs: true,
  clock: true,
  log: true,
  onFailed: true,
});

/** @throws InvalidOptionError */
export function settlePglite(given: PgliteOptions): SettledPgliteOptions {
  checkOptions('startPglite', given, optionNames);
  const { dataDir, announce, clock, log, onFailed, ...times } = given;
  needText('dataDir', dataDir);
  checkClock(clock);
  checkLog(log);
  checkFunction('onFailed', onFailed);
  return {
    dataDir,
    announce: yesOrNo('announce', announce, true),
    clock: clock ?? systemClock,
    log: log ?? silentLogger,
    onFailed,
    ...compileOptions('startPglite', rules, times),
  };
}
