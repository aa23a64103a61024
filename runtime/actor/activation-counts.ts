/** What a node says of its agents: how many, and which. */
import type { Down } from './unavailable-agents.ts';

export interface Instance {
  readonly id: string;
  readonly status: 'idle' | 'busy' | Down;
  readonly progress: string;
}

export interface ActivationCounts {
  readonly active: number;
  readonly restarting: number;
  readonly paused: number;
  readonly pausedLanes: number;
  /** Since the start. */
  readonly strayErrors: number;
}
