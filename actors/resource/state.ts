/** What an agent of a resource holds while it is active. */
import type { HandlingContext } from '../../runtime/actor/context.ts';
import type { Json } from '../../runtime/core/json.ts';
import type { MeshServices } from '../protocol/services.ts';
import type { Pending } from './options.ts';
import type { OpenOutcome } from './outcomes.ts';

/** Held in memory: a restarted agent has lost pending proposals, so their senders propose again. */
export interface ResourceState {
  pending: Pending[];
  outcomes: OpenOutcome[];
  /** What was done lately. */
  acts: { readonly traceId: string; readonly tick: number; readonly text: string }[];
}

export type Context = Pick<
  HandlingContext<ResourceState, Json, MeshServices>,
  'act' | 'ask' | 'tell' | 'state' | 'memory' | 'services'
>;
