/** The interface of an adapter's test to the contract suite: connections to one store, with a way to wait for it. */
import type { Transport } from '../../runtime/transport/index.ts';

export interface ContractRig {
  /** Prefixes every subject; no other rig uses it at the same time. */
  readonly mesh: string;
  /** Another connection to the same store, as another process would have. */
  connect(): Promise<Transport>;
  /**
   * Resolves when what was on its way has arrived: a second of its clock in the simulation, a round trip on every connection
   * with a server. Makes a test of absence sharper; no test needs it to pass.
   */
  settle(): Promise<void>;
  /** Resolves when `condition` holds, rejects naming `what` when it does not within 10 s. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Closes every connection and removes what the mesh stored. */
  dispose(): Promise<void>;
}

export type MakeRig = () => Promise<ContractRig>;
