/** The settings that a run passes to its node processes. */
import { z } from 'zod';
import type { BreakName } from './seams.ts';

/** The settings as JSON in `daemonVariable`. */
export interface ChaosDaemonSettings {
  /** The module of the app. */
  readonly app: string;
  /** The folder of the history. */
  readonly history: string;
  /** The name of this incarnation. */
  readonly process: string;
  /** The path of the configuration file of the process. */
  readonly config: string;
  readonly broken?: BreakName;
}

export const daemonVariable = 'PARLEY_CHAOS_DAEMON';

/** A message from the parent: the wall clock is wrong by this offset from now on. */
export interface ClockMessage {
  readonly kind: 'clock';
  readonly offsetMs: number;
}

export const clockMessage: z.ZodType<ClockMessage> = z.object({ kind: z.literal('clock'), offsetMs: z.number() });
