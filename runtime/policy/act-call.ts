/** An act under way: as it was called, with what was found out for it. */
import type { ActProposal } from '../core/act-proposal.ts';
import type { ActPlace } from '../core/act-series.ts';
import type { Intent } from '../core/intent.ts';
import type { KnownCause } from './act-causes.ts';
import type { ActIdentity, ActRecord } from './act-records.ts';

/** As a context makes it; `runtime/actor/contexts/acting.ts`. */
export interface ActCall {
  readonly agent: string;
  readonly intent: Intent;
  readonly attempt: number;
  readonly proposal: ActProposal;
  readonly place: ActPlace;
  readonly signal: AbortSignal;
  /** Resolves while its agent's partition is this node's: an approval may have taken long. @throws PartitionLostError */
  readonly whenOwned: () => Promise<void>;
}

/** An act that may be decided: it has a cause and a key, and nothing else was begun in its place. */
export interface Act extends ActCall {
  readonly cause: KnownCause;
  readonly identity: ActIdentity;
  readonly key: string;
  /** Of an earlier attempt. */
  readonly record: ActRecord | undefined;
}
