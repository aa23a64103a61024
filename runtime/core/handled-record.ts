/** The record of a handled intent, from which a ticket's status reads `handled`. */
import { isText, type RecordShape } from './stored-record.ts';

/** The record in the log. */
export interface HandledRecord {
  readonly v: 1;
  readonly intent_id: string;
}

/** Builds the key from the intent's pool, partition and sequence number. */
export const handledKey = (pool: string, partition: number, seq: number): string => `${pool}.${partition}.${seq}`;

export const handledShape: RecordShape<HandledRecord> = {
  what: 'mark of a handled intent',
  fields: { intent_id: isText },
};
