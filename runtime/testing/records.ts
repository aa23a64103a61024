/** The records of the simulated store, in a form for tests. */
import type { DeadRecord } from '../core/dead-record.ts';
import type { Escalation } from '../core/escalation.ts';
import type { Intent } from '../core/intent.ts';
import { decodeIntent } from '../core/intent-codec.ts';
import type { JsonObject } from '../core/json.ts';
import type { LoggedRecord } from '../transport/index.ts';

/** A dead letter. */
export interface DeadIntent extends Omit<DeadRecord, 'payload'> {
  /** `undefined` when the message was not an intent. */
  readonly intent: Intent | undefined;
}

const parse = <T>({ payload }: LoggedRecord): T => JSON.parse(Buffer.from(payload).toString('utf8')) as T;

export const readDecision = (record: LoggedRecord): JsonObject => parse<JsonObject>(record);

export const readEscalation = (record: LoggedRecord): Escalation => parse<Escalation>(record);

export function readDead(record: LoggedRecord): DeadIntent {
  const { payload, ...rest } = parse<DeadRecord>(record);
  try {
    return { ...rest, intent: decodeIntent(Buffer.from(payload, 'base64')) };
  } catch {
    return { ...rest, intent: undefined };
  }
}
