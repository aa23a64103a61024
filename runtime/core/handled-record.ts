/** The mark of an intent that was handled: it makes a ticket say so. */
import { isText, type RecordShape } from './stored-record.ts';

/** What the log holds of one. */
export interface HandledRecord {
  readonly v: 1;
  readonly intent_id: string;
}

/** By the intent's place. */
export const handledKey = (pool: string, partition: number, seq: number): string => `${pool}.${partition}.${seq}`;

export const handledShape: RecordShape<HandledRecord> = {
  what: 'mark of a handled intent',
  fields: { intent_id: isText },
};
