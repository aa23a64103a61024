/** Capability: acts on the outside world for the current intent, subject to policy. */
import { proposeAct } from '../../core/act-proposal.ts';
import type { ActSeries } from '../../core/act-series.ts';
import type { ActResult } from '../../core/acting.ts';
import type { Intent } from '../../core/intent.ts';
import { tracedPart } from '../../core/tracing.ts';
import type { HandlingContext } from '../context.ts';
import type { ContextPorts } from './ports.ts';
import { whenOwned } from './sending.ts';
import type { Worker } from './steps.ts';

export interface Actor extends Worker {
  /** Counts from 1. */
  readonly attempt: number;
  readonly acts: ActSeries;
  /** Returns the intent as received. */
  received(): Intent;
}

export const actAs =
  ({ tracing, acting }: Pick<ContextPorts, 'tracing' | 'acting'>, actor: Actor): HandlingContext['act'] =>
  async (action, reasons) => {
    if (actor.obstacle !== undefined) throw actor.obstacle;
    const { self: agent, attempt, signal, lease } = actor;
    const intent = actor.received();
    const proposal = proposeAct(action, reasons);
    const { name, resource, cause } = proposal.action;
    const place = actor.acts.next(cause?.intent_id ?? intent.intent_id, name, resource);
    const whenStillOwned = async (): Promise<void> => lease?.whenFresh();
    const call = { agent, intent, attempt, proposal, place, signal, whenOwned: whenStillOwned };
    const begin = (): Promise<ActResult> => whenOwned(lease, () => acting.act(call));
    return tracedPart(tracing.part(`execute_tool ${name}`, agent), begin);
  };
