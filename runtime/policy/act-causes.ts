/** Finds the intents that an agent may act for: the intent in hand, or one that was recorded while it was in hand. */
import type { Cause } from '../core/acting.ts';
import { hashOf } from '../core/canonical-json.ts';
import type { Intent } from '../core/intent.ts';
import type { JsonObject } from '../core/json.ts';
import { snapshotJson } from '../core/json-snapshot.ts';
import { isRecord, isText, type RecordShape, readStored } from '../core/stored-record.ts';
import { ForeignCauseError } from './act-errors.ts';
import type { ActStore } from './act-store.ts';

/** A cause with its sender. */
export interface KnownCause extends Cause {
  /** The sender of the intent: the act is done on its behalf. */
  readonly from_agent: string;
}

/** Describes the intent in hand as a cause. @throws NotJsonError when its constraints cannot be recorded */
function causeInHand(intent: Intent): KnownCause {
  const { intent_id, root_intent_id = intent_id, from_agent, constraints } = intent;
  return Object.freeze({
    intent_id,
    root_intent_id,
    from_agent,
    constraints: snapshotJson(constraints, 'constraints'),
  });
}

/**
 * Finds the cause of an act.
 * @param named the cause that the act names; without one, the cause is the intent in hand
 * @throws ForeignCauseError; errors of the store
 */
export async function findCause(
  store: ActStore,
  agent: string,
  intent: Intent,
  named: Cause | undefined,
): Promise<KnownCause> {
  if (named === undefined) return causeInHand(intent);
  const { intent_id: id } = named;
  const known = id === intent.intent_id ? causeInHand(intent) : await keptCause(store, agent, id);
  if (known === undefined) throw new ForeignCauseError(agent, id, 'it is not in hand, and was never recorded for it');
  if (named.root_intent_id !== known.root_intent_id) throw new ForeignCauseError(agent, id, 'it has another root');
  if (hashOf(named.constraints) !== hashOf(known.constraints)) {
    throw new ForeignCauseError(agent, id, 'it came with other constraints');
  }
  return known;
}

/** Records the intent in hand, once. @throws ForeignCauseError when another intent is recorded under its id */
export async function keepCause(store: ActStore, agent: string, intent: Intent): Promise<Cause> {
  const { from_agent, ...cause } = causeInHand(intent);
  const known = { ...cause, from_agent };
  const key = keyOf(agent, intent.intent_id);
  if (await store.writeIf(key, JSON.stringify({ v: 1, agent, ...known }), 0)) return Object.freeze(cause);
  const kept = await keptCause(store, agent, intent.intent_id);
  if (kept !== undefined && hashOf(kept as unknown as JsonObject) === hashOf(known)) return Object.freeze(cause);
  throw new ForeignCauseError(agent, intent.intent_id, 'another intent of that id is recorded for it');
}

const keyOf = (agent: string, intentId: string): string => `cause.${hashOf([agent, intentId]).slice(0, 40)}`;

interface KeptCause extends KnownCause {
  readonly v: 1;
  readonly agent: string;
}

const causeShape: RecordShape<KeptCause> = {
  what: 'kept cause',
  fields: { agent: isText, intent_id: isText, root_intent_id: isText, from_agent: isText, constraints: isRecord },
};

/** Reads a recorded cause. @throws UnreadableRecordError because an unreadable record may be the one that is asked for */
async function keptCause(store: ActStore, agent: string, intentId: string): Promise<KnownCause | undefined> {
  const key = keyOf(agent, intentId);
  const found = await store.read(key);
  if (found === undefined) return undefined;
  const kept = readStored(causeShape, { key, text: found.value });
  if (kept.agent !== agent || kept.intent_id !== intentId) return undefined;
  const { v: _version, agent: _agent, ...known } = kept;
  return snapshotJson(known, 'cause') as unknown as KnownCause;
}
