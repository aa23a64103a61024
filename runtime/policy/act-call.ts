/** A call of `act`, with what the runtime found out about it. */
import type { ActProposal } from '../core/act-proposal.ts';
import type { ActPlace } from '../core/act-series.ts';
import type { Intent } from '../core/intent.ts';
import type { KnownCause } from './act-causes.ts';
import type { ActIdentity, ActRecord } from './act-records.ts';

/** The call as a context makes it; `runtime/actor/contexts/acting.ts`. */
export interface ActCall {
  readonly agent: string;
  readonly intent: Intent;
  readonly attempt: number;
  readonly proposal: ActProposal;
  readonly place: ActPlace;
  readonly signal: AbortSignal;
  /** Resolves while this node owns the partition of the agent: an approval may have taken long. @throws PartitionLostError */
  readonly whenOwned: () => Promise<void>;
}

/** An act that policy may decide: its cause and its key are known, and no other act was begun in its place. */
export interface Act extends ActCall {
  readonly cause: KnownCause;
  readonly identity: ActIdentity;
  readonly key: string;
  /** The record of an earlier attempt. */
  readonly record: ActRecord | undefined;
}
