/** A call of `act`, as a context passes it to the executor of acts. */
import type { ActProposal } from './act-proposal.ts';
import type { ActPlace } from './act-series.ts';
import type { Intent } from './intent.ts';

export interface ActCall {
  readonly agent: string;
  readonly intent: Intent;
  readonly attempt: number;
  /** Frozen: later changes to the agent's own objects have no effect. */
  readonly proposal: ActProposal;
  readonly place: ActPlace;
  readonly signal: AbortSignal;
  /** Resolves while this node owns the partition of the agent: an approval may have taken long. @throws PartitionLostError */
  readonly whenOwned: () => Promise<void>;
}
