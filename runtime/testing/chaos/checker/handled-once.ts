/**
 * Rule: an intent is handled again only if it was in hand when a fault hit. An intent is in hand once its handling has begun, until
 * it is known to be acknowledged: its handling continues, or it ended less than `ackMs` of working store before.
 */
import type { FaultKind } from '../fault-kinds.ts';
import { type FaultSpan, type Span, storeTroubles, timeOutside } from './fault-spans.ts';
import { grouped } from './grouped.ts';
import { type MovedAway, ownershipOf } from './ownership.ts';
import { eventsOf, type Handling, type RunRecord } from './run-record.ts';
import type { Violation } from './violation.ts';

export interface Repeats {
  readonly violations: readonly Violation[];
  /** Repeated handlings of intents that were in hand. */
  readonly redelivered: number;
  /** Those of them whose first process survived: it was stopped, or cut off. */
  readonly splitHandled: number;
}

/** Archived in groups every 10 ms, acknowledged in batches every 50 ms; the rest is a margin for a busy machine. */
const ackMs = 2_000;
/** The time between a signal and the event that names it. */
const slackMs = 50;

const hitting: readonly FaultKind[] = ['kill_node', 'stop_node', 'split_brain', 'term_node'];
const survived: readonly FaultKind[] = ['stop_node', 'split_brain'];

export function handledOnce(run: RunRecord): Repeats {
  const troubles = storeTroubles(run.faults);
  const hits = grouped(
    run.faults.filter(({ fault }) => hitting.includes(fault)),
    ({ target }) => target ?? '',
  );
  const movedAway = ownershipOf(run);
  const violations: Violation[] = [];
  let [redelivered, splitHandled] = [0, 0];
  for (const { id, lane, handlings } of run.intents.values()) {
    for (let i = 1; i < handlings.length; i++) {
      const [before, again] = [handlings[i - 1] as Handling, handlings[i] as Handling];
      // a failed attempt is followed by a retry
      if (before.outcome === 'failed') continue;
      const excuse = excuseOf(before, again, hits.get(before.process) ?? [], troubles, movedAway);
      if (excuse === undefined) {
        const what = `intent ${id} of lane ${lane} was handled by ${before.process}, and again by ${again.process}`;
        violations.push({ rule: 'handled_once', what, events: eventsOf(run, id) });
        break;
      }
      redelivered++;
      if (excuse === 'split') splitHandled++;
    }
  }
  return { violations, redelivered, splitHandled };
}

type Excuse = 'hit' | 'split';

function excuseOf(
  before: Handling,
  again: Handling,
  hits: readonly FaultSpan[],
  troubles: readonly Span[],
  movedAway: MovedAway,
): Excuse | undefined {
  const hit = hits.find((fault) => wasInHand(before, again, fault, troubles));
  if (hit !== undefined) return survived.includes(hit.fault) ? 'split' : 'hit';
  // a living process remembers what it has finished, as long as it owns the partition
  if (before.process === again.process && !movedAway(before, again)) return undefined;
  const cutOff = troubles.some(
    ({ from, to }) =>
      before.began.t <= to && again.began.t >= from && (before.ended === undefined || before.ended >= from - ackMs),
  );
  return cutOff ? 'split' : undefined;
}

function wasInHand(before: Handling, again: Handling, fault: FaultSpan, troubles: readonly Span[]): boolean {
  // a process that is asked to end finishes its waiting intents
  const at = fault.fault === 'term_node' ? fault.to : fault.from;
  if (before.began.t > at + slackMs || again.began.t < fault.from - slackMs) return false;
  if (before.ended === undefined || before.ended >= at) return true;
  const working = timeOutside(troubles, before.ended, at);
  // a clean end acknowledges everything that is finished
  return fault.fault === 'term_node' ? working === 0 : working <= ackMs;
}
