/** Rule: within a lane, handling begins in the order in which the store accepted the intents. */
import { grouped } from './grouped.ts';
import { type IntentRecord, positionOf, type RunRecord } from './run-record.ts';
import type { Violation } from './violation.ts';

interface Begun {
  readonly intent: IntentRecord;
  readonly seq: number;
  /** When its first handling began. */
  readonly at: number;
}

export function laneOrder(run: RunRecord): readonly Violation[] {
  const lanes = grouped(begunIn(run), ({ intent }) => intent.lane ?? '');
  return [...lanes].flatMap(([lane, begun]) => disorder(lane, begun));
}

function begunIn(run: RunRecord): readonly Begun[] {
  return [...run.intents.values()].flatMap((intent) => {
    const [seq, first] = [positionOf(run, intent), intent.handlings[0]];
    return seq === undefined || first === undefined ? [] : [{ intent, seq, at: first.began.t }];
  });
}

/** Finds the first pair of a lane in the wrong order. */
function disorder(lane: string, begun: readonly Begun[]): readonly Violation[] {
  const inOrder = [...begun].sort((a, b) => a.seq - b.seq);
  let latest = inOrder[0];
  for (const next of inOrder) {
    if (latest === undefined || next.at >= latest.at) latest = next;
    else return [violation(lane, latest, next)];
  }
  return [];
}

function violation(lane: string, earlier: Begun, later: Begun): Violation {
  const [first, second] = [earlier, later].map(({ intent, seq }) => `${intent.id} (position ${seq})`);
  return {
    rule: 'lane_order',
    what: `lane ${lane}: ${second} began to be handled before ${first}`,
    events: [later, earlier]
      .flatMap(({ intent }) => [
        ...intent.sendings,
        ...(intent.accepted === undefined ? [] : [intent.accepted]),
        ...intent.handlings.slice(0, 1).map(({ began }) => began),
      ])
      .sort((a, b) => a.t - b.t),
  };
}
