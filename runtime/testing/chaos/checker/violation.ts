/** A rule that a run broke, with the events that show it. */
import type { HistoryEvent } from '../history-event.ts';

export type Rule =
  /** What was accepted is handled or a dead letter. */
  | 'nothing_lost'
  /** What was refused is not handled. */
  | 'refused_is_refused'
  /** Each lane's intents begin to be handled in the order in which they were accepted. */
  | 'lane_order'
  /** Nothing is handled again but what was in hand when its process or its store was hit. */
  | 'handled_once'
  /** What is finished is in the archive or among the dead letters, and what is there was finished. */
  | 'record_complete'
  /** Only what always fails becomes a dead letter. */
  | 'no_unjust_death'
  /** A ticket says `handled` of what was handled. */
  | 'ticket_true'
  /** `ok` is said only while things move. */
  | 'health_true'
  /** At the end nothing waits. */
  | 'all_drained'
  /** A process ends when it is told to, in time, and only then. */
  | 'process_lives'
  /** Replicas hold the same. */
  | 'replicas_equal';

export interface Violation {
  readonly rule: Rule;
  /** A sentence. */
  readonly what: string;
  /** In order of time. */
  readonly events: readonly HistoryEvent[];
}
