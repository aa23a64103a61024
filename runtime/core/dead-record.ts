/** What the dead-letter stream holds of an intent that was given up, with the keys under which it stands there. */
import { isCount, isText, isTruth, listOf, oneOfThese, orAbsent, orNull, type RecordShape } from './stored-record.ts';

export interface DeadRecord {
  readonly v: 1;
  readonly pool: string;
  readonly partition: number;
  readonly seq: number;
  readonly subject: string;
  /** `null`: the message is no intent. Letters of earlier releases do not say it. */
  readonly intent_id?: string | null;
  /** Stable: an error code, or `failed`. */
  readonly reason: string;
  readonly attempts: number;
  readonly errors: readonly string[];
  readonly died_at: string;
  /** Only of an intent that was finished, and that the archive does not take: what became of it. */
  readonly outcome?: 'handled' | 'dead';
  /** The message as it was, Base64: it may be no intent at all. */
  readonly payload: string;
  /** Only the beginning of the message is kept. */
  readonly truncated: boolean;
}

/** Every letter has a subject of its own in the log, by which a ticket finds it. */
export const deadLetterKey = ({ pool, partition, seq }: DeadPlace): string => `${pool}.${partition}.${seq}`;

/** A note on an intent that was finished is no letter: beside the one that it may have. */
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
    died_at: isText,
    outcome: orAbsent(oneOfThese('handled', 'dead')),
    payload: isText,
    truncated: isTruth,
  },
};
