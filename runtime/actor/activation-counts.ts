/** Counts the agents of a node by state, with the ids of those that are down. */
import type { Down } from './unavailable-agents.ts';

export interface Instance {
  readonly id: string;
  readonly status: 'idle' | 'busy' | Down;
  readonly progress: string;
}

export interface ActivationCounts {
  readonly active: number;
  /** Number since the node started. */
  readonly strayErrors: number;
}
