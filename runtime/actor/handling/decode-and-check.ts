/** Decodes an intent, then checks it as untrusted input: every client with publish permission can write to a mailbox subject. */
import type { Clock } from '../../core/clock.ts';
import { checkDeadline, withLocalDeadline } from '../../core/deadline.ts';

import type { Intent } from '../../core/intent.ts';
import { decodeIntent } from '../../core/intent-codec.ts';
import {
  ControlLaneError,
  MissingKeyError,
  ReceiverMismatchError,
  SenderMismatchError,
} from '../../core/intent-errors.ts';
import { checkAgainstSchemas } from '../../core/intent-schema.ts';
import { parseMailboxSubject, receiverOf, senderOf } from '../../core/subjects.ts';
import type { Lane } from '../../mailbox/lane.ts';
import type { CompiledAgent } from '../compiled-agent.ts';

/** The clocks of the store and of this node. */
export interface Times {
  readonly clock: Clock;
  /** Time since `storedAt` by the store's clock, milliseconds. */
  readonly ageOf: (storedAt: number) => number;
}

/**
 * Checks an intent against the subject of its lane and against the agent's declaration.
 * @param intent as `decodeIntent` read it
 * @returns the intent as the agent's schemas read it, with the deadline by the node's clock
 * @throws ControlLaneError, SenderMismatchError, ReceiverMismatchError, MissingKeyError, DeadlinePassedError,
 * UnknownIntentTypeError, SchemaViolationError
 */
export function checkDelivered(
  agent: CompiledAgent,
  lane: Lane,
  storedAt: number,
  intent: Intent,
  times: Times,
): Intent {
  if (lane.at.lane === 'c') throw new ControlLaneError(lane.subject);
  checkPlace(lane.sender, lane.receiver, intent);
  if (agent.keyed && lane.at.to.key === undefined) throw new MissingKeyError(agent.kind);
  return checkAgainstSchemas(agent.kind, agent.intents, inTime(intent, storedAt, times));
}

/** Decodes a reply. @returns `undefined` for a subject that is not a lane. @throws what `decodeIntent` throws */
export function decodeReply(subject: string, payload: Uint8Array): Intent | undefined {
  const at = parseMailboxSubject(subject);
  const reply = decodeIntent(payload);
  if (at === undefined) return undefined;
  checkPlace(senderOf(at), receiverOf(at), reply);
  return reply;
}

function inTime(intent: Intent, storedAt: number, { clock, ageOf }: Times): Intent {
  if (intent.deadline === undefined) return intent;
  const ageMs = ageOf(storedAt);
  checkDeadline(intent, ageMs);
  return withLocalDeadline(intent, ageMs, clock.now());
}

/** The body must match the subject; a broadcast names no receiver. */
function checkPlace(from: string, to: string, intent: Intent): void {
  if (intent.from_agent !== from) throw new SenderMismatchError(from, intent.from_agent);
  if (intent.to_agent !== null && intent.to_agent !== to) throw new ReceiverMismatchError(to, intent.to_agent);
}
