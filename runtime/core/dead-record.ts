/** The record of a dead-lettered intent in the dead-letter stream, with its keys. */
import { isBoolean, isCount, isText, listOf, oneOfThese, orAbsent, orNull, type RecordShape } from './stored-record.ts';

export interface DeadRecord {
  readonly v: 1;
  readonly pool: string;
  readonly partition: number;
  readonly seq: number;
  readonly subject: string;
  /** `null`: the message is not an intent. Records of earlier releases omit the field. */
  readonly intent_id?: string | null;
  /** Stable: an error code, or `failed`. */
  readonly reason: string;
  readonly attempts: number;
  readonly errors: readonly string[];
  /** The stack traces of the newest errors, the newest last, empty for an error without one. Absent when no error has one. */
  readonly stacks?: readonly string[];
  readonly died_at: string;
  /** Set only for a finished intent that the archive refuses: its outcome. */
  readonly outcome?: 'handled' | 'dead';
  /** The original message, Base64: it may not be an intent at all. */
  readonly payload: string;
  /** True when only the beginning of the message is kept. */
  readonly truncated: boolean;
}

/** The key of a dead letter: each has its own subject in the log, so that a ticket finds it. */
export const deadLetterKey = ({ pool, partition, seq }: DeadPlace): string => `${pool}.${partition}.${seq}`;

/** The key of a note on a finished intent. It differs from the key of a dead letter, because the intent may have both. */
export const deadNoteKey = (place: DeadPlace): string => `${deadLetterKey(place)}.note`;

type DeadPlace = Pick<DeadRecord, 'pool' | 'partition' | 'seq'>;

export const deadShape: RecordShape<DeadRecord> = {
  what: 'dead letter',
  fields: {
    pool: isText,
    partition: isCount,
    seq: isCount,
    subject: isText,
    intent_id: orAbsent(orNull(isText)),
    reason: isText,
    attempts: isCount,
    errors: listOf(isText),
    stacks: orAbsent(listOf(isText)),
    died_at: isText,
    outcome: orAbsent(oneOfThese('handled', 'dead')),
    payload: isText,
    truncated: isBoolean,
  },
};
