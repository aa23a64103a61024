/** Injects the scheduled faults at their times: in sequence within a class, in parallel across classes. */
import { type Clock, sleepUnlessAborted } from '../../core/clock.ts';
import { type FaultClass, type FaultKind, faultKinds } from './fault-kinds.ts';
import type { ScheduledFault } from './fault-schedule.ts';
import type { FaultTargets } from './fault-targets.ts';
import { inflictions } from './inflict.ts';

/** How often each fault was injected. */
export type FaultCounts = Readonly<Partial<Record<FaultKind, number>>>;

export interface RanFaults {
  readonly faults: FaultCounts;
  /** Faults that found no target. */
  readonly skipped: readonly FaultKind[];
}

/** Resolves when the last fault is undone. @param signal ends early: a fault that has begun is still undone */
export async function runFaults(
  targets: FaultTargets,
  schedule: readonly ScheduledFault[],
  signal: AbortSignal,
): Promise<RanFaults> {
  const startedAt = targets.clock.monotonic();
  const counts: Partial<Record<FaultKind, number>> = {};
  const skipped: FaultKind[] = [];
  let next = 0;
  const run = async (fault: ScheduledFault): Promise<void> => {
    const n = next++;
    const { fault: kind } = fault;
    let target: { readonly target?: string } = {};
    let begun = false;
    const begin = (hit?: string): void => {
      begun = true;
      target = hit === undefined ? {} : { target: hit };
      targets.history.add({ event: 'fault', fault: kind, phase: 'begin', n, ...target });
      const at = ((targets.clock.monotonic() - startedAt) / 1_000).toFixed(1);
      targets.say(`${at} s: ${kind}${hit === undefined ? '' : ` ${hit}`} for ${(fault.for / 1_000).toFixed(1)} s`);
    };
    try {
      await inflictions[kind](targets, fault, { begin });
    } finally {
      if (begun) targets.history.add({ event: 'fault', fault: kind, phase: 'end', n, ...target });
    }
    if (begun) counts[kind] = (counts[kind] ?? 0) + 1;
    else skipped.push(kind);
  };
  const classes = new Set(schedule.map(({ fault }) => faultKinds[fault].class));
  await Promise.all([...classes].map((of) => runClass(targets.clock, schedule, of, startedAt, run, signal)));
  return { faults: counts, skipped };
}

async function runClass(
  clock: Clock,
  schedule: readonly ScheduledFault[],
  of: FaultClass,
  startedAt: number,
  run: (fault: ScheduledFault) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (const fault of schedule.filter(({ fault }) => faultKinds[fault].class === of)) {
    await sleepUnlessAborted(clock, Math.max(0, startedAt + fault.at - clock.monotonic()), signal);
    if (signal.aborted) return;
    await run(fault);
  }
}
