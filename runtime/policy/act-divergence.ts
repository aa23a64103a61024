/** Calls a human when another act was begun in the place of this one: no program can decide which of the two is right. */
import type { Intent } from '../core/intent.ts';
import type { JsonObject } from '../core/json.ts';
import { ActDivergedError } from './act-errors.ts';
import { recorded } from './act-recorded.ts';
import type { Act } from './known-act.ts';

/** Calls a human: another act was begun in the place of this one. */
export type DivergedCall = (call: {
  readonly agent: string;
  readonly intent: Intent;
  readonly message: string;
  readonly detail: JsonObject;
}) => Promise<void>;

/**
 * Records a call to a human durably, then refuses the act.
 * @param begun the hash of the act that was begun
 * @throws ActDivergedError; ActNotRecordedError when the call to a human could not be recorded
 */
export async function refuseDiverged(
  { agent, intent, proposal, key, identity, record }: Act,
  begun: string,
  diverged: DivergedCall,
): Promise<never> {
  const { name, resource } = proposal.action;
  const detail = {
    ...identity,
    key,
    begun,
    wanted: proposal.hash,
    arguments: proposal.action.arguments,
    trace_id: record?.trace_id ?? null,
  };
  const message = `agent "${agent}" wants another "${name}" upon "${resource}" than it began for the same intent: not done`;
  await recorded(name, 'another was begun in its place, and no human could be called', () =>
    diverged({ agent, intent, message, detail }),
  );
  throw new ActDivergedError(name, resource, key, begun);
}
