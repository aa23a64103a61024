/** Reports the result of a run: the first violation with its events for people, one line of JSON for programs. */

import type { ChaosOptions } from './chaos-options.ts';
import type { ChaosResult } from './chaos-run.ts';
import type { Violation } from './checker/violation.ts';

/** Of a violation with many events, this many are shown from each end. */
const shownEvents = 12;

export function reportLine({ seed, minutes, nodes, servers }: ChaosOptions, result: ChaosResult): string {
  const { violations, counts, faults, skipped, replicasCompared } = result;
  return JSON.stringify({
    seed,
    violations: violations.length,
    ...counts,
    faults,
    ...(skipped.length === 0 ? {} : { skipped: [...new Set(skipped)] }),
    ...(replicasCompared ? { replicas_equal: violations.every(({ rule }) => rule !== 'replicas_equal') } : {}),
    ...(violations.length === 0 ? {} : { rules: rulesOf(violations) }),
    minutes,
    nodes,
    servers,
  });
}

/** Describes violations for people: the first in full, a count for each rule. */
export function describeViolations(violations: readonly Violation[]): readonly string[] {
  const [first] = violations;
  if (first === undefined) return ['no violation'];
  const lines = first.events.map((event) => `  ${JSON.stringify(event)}`);
  const shown =
    lines.length <= 2 * shownEvents
      ? lines
      : [...lines.slice(0, shownEvents), `  … ${lines.length - 2 * shownEvents} more`, ...lines.slice(-shownEvents)];
  const counts = Object.entries(rulesOf(violations)).map(([rule, count]) => `${count} × ${rule}`);
  return [`violated: ${counts.join(', ')}`, `first, ${first.rule}: ${first.what}`, ...shown];
}

function rulesOf(violations: readonly Violation[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}
