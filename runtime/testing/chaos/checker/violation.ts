/** A violation of a rule, with the events that prove it. */
import type { HistoryEvent } from '../history-event.ts';

export type Rule =
  /** Every accepted intent is handled or becomes a dead letter. */
  | 'nothing_lost'
  /** No refused intent is handled. */
  | 'refused_is_refused'
  /** In each lane, handling begins in the order of acceptance. */
  | 'lane_order'
  /** An intent is handled again only if it was in hand when a fault hit its process or its store. */
  | 'handled_once'
  /** Every finished intent is in the archive or among the dead letters, and every recorded one was finished. */
  | 'record_complete'
  /** Only an intent that always fails becomes a dead letter. */
  | 'no_unjust_death'
  /** A ticket reports `handled` only for a handled intent. */
  | 'ticket_true'
  /** A node reports `ok` only while it makes progress. */
  | 'health_true'
  /** At the end no intent waits. */
  | 'all_drained'
  /** A process ends in time when asked to, and only then. */
  | 'process_lives'
  /** All replicas hold the same messages. */
  | 'replicas_equal';

export interface Violation {
  readonly rule: Rule;
  /** A sentence. */
  readonly what: string;
  /** In order of time. */
  readonly events: readonly HistoryEvent[];
}
