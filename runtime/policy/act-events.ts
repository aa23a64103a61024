/** Events of acts, for observers. */
import type { Effect } from '../core/acting.ts';

/** How an act ended: `failed` means that the actuator threw, or that it could not be recorded. */
export type ActOutcome = 'done' | 'denied' | 'failed';

/** Called synchronously; must not throw. */
export interface ActEvents {
  /** Policy decided about an act of the agent, or decided again after an approval. */
  actDecided(agent: string, effect: Effect): void;
  actEnded(agent: string, action: string, outcome: ActOutcome): void;
}
