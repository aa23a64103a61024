/** Checks a run against all rules. */
import type { HistoryEvent } from '../history-event.ts';
import { handledOnce } from './handled-once.ts';
import { healthTrue } from './health-true.ts';
import { laneOrder } from './lane-order.ts';
import { type Mortality, nothingLost } from './nothing-lost.ts';
import { allDrained, deadlinesKept, processesLive, replicasEqual, ticketsTrue } from './promises-kept.ts';
import { isHandled, type RunEnd, recordOf } from './run-record.ts';
import type { Violation } from './violation.ts';

export interface Checked {
  /** Ordered by their first event in the history. */
  readonly violations: readonly Violation[];
  readonly counts: CheckedCounts;
}

export interface CheckedCounts {
  readonly accepted: number;
  readonly handled: number;
  readonly dead: number;
  readonly redelivered: number;
  readonly split_handled: number;
  readonly refused: number;
}

export function check(events: readonly HistoryEvent[], end: RunEnd, mortality: Mortality): Checked {
  const run = recordOf(events, end);
  const { violations: repeats, redelivered, splitHandled } = handledOnce(run);
  const violations = [
    ...nothingLost(run, mortality),
    ...laneOrder(run),
    ...repeats,
    ...ticketsTrue(run),
    ...deadlinesKept(run),
    ...healthTrue(run),
    ...processesLive(run),
    ...allDrained(run),
    ...replicasEqual(run),
  ];
  const intents = [...run.intents.values()];
  return {
    violations: violations.sort((a, b) => shownAt(a) - shownAt(b)),
    counts: {
      accepted: intents.filter(({ accepted }) => accepted !== undefined).length,
      handled: intents.filter(isHandled).length,
      dead: intents.filter(({ dead }) => dead !== undefined).length,
      redelivered,
      split_handled: splitHandled,
      refused: intents.filter(({ accepted, unaccepted }) => accepted === undefined && unaccepted !== undefined).length,
    },
  };
}

const shownAt = ({ events }: Violation): number => events.at(-1)?.t ?? Number.POSITIVE_INFINITY;
