/** What a run tells its node processes. */
import { z } from 'zod';
import type { BreakName } from './seams.ts';

/** JSON in `daemonVariable`. */
export interface ChaosDaemonSettings {
  /** The app's module. */
  readonly app: string;
  /** Folder of the history. */
  readonly history: string;
  /** The name of this incarnation. */
  readonly process: string;
  /** Path of its configuration file. */
  readonly config: string;
  readonly broken?: BreakName;
}

export const daemonVariable = 'PARLEY_CHAOS_DAEMON';

/** From the parent: the wall clock is wrong by so much from now on. */
export interface ClockMessage {
  readonly kind: 'clock';
  readonly offsetMs: number;
}

export const clockMessage: z.ZodType<ClockMessage> = z.object({ kind: z.literal('clock'), offsetMs: z.number() });
