/** Schedules the faults of a run from its seed alone: equal seed, minutes and numbers give equal schedules. */
import { below, type Random, seededRandom } from '../../core/random.ts';
import { type FaultClass, type FaultKind, faultKinds, faultNames } from './fault-kinds.ts';

export interface ScheduledFault {
  /** Milliseconds after the start of the load. */
  readonly at: number;
  readonly fault: FaultKind;
  /** Milliseconds. */
  readonly for: number;
  /** Selects the node or server: taken modulo the number of possible targets. */
  readonly target: number;
  /** The strength from 0 to 1: of a delay, or a step of the clock. */
  readonly strength: number;
}

export interface SchedulePlan {
  readonly seed: number;
  readonly minutes: number;
  readonly nodes: number;
  readonly servers: number;
  /** Only these faults; all by default. */
  readonly faults?: readonly FaultKind[];
}

const classes: readonly FaultClass[] = ['node', 'store', 'network', 'load'];
/** The mesh serves for this time before the first fault. */
const calmMs = 3_000;
/** The most time added at random to the rest of a class, so that the classes overlap in every way. */
const looseMs = 4_000;

export function scheduleFaults(plan: SchedulePlan): readonly ScheduledFault[] {
  const all = classes.flatMap((of, i) => timeline(plan, of, seededRandom(plan.seed * classes.length + i)));
  return all.sort((a, b) => a.at - b.at);
}

/** Whether a run with this many nodes and servers supports the fault. */
export function isPossible(kind: FaultKind, { nodes, servers }: Pick<SchedulePlan, 'nodes' | 'servers'>): boolean {
  const traits = faultKinds[kind];
  return nodes >= (traits.nodes ?? 1) && servers >= (traits.servers ?? 1);
}

/** Schedules one class in sequence. Its kinds are dealt like cards, so that all come equally often. */
function timeline(plan: SchedulePlan, of: FaultClass, random: Random): readonly ScheduledFault[] {
  const wanted = plan.faults ?? faultNames;
  const kinds = wanted.filter((kind) => faultKinds[kind].class === of && isPossible(kind, plan));
  if (kinds.length === 0) return [];
  const faults: ScheduledFault[] = [];
  const endMs = plan.minutes * 60_000;
  let deck: FaultKind[] = [];
  let at = calmMs + below(random, looseMs);
  while (at < endMs) {
    if (deck.length === 0) deck = shuffled(kinds, random);
    const fault = deck.pop() as FaultKind;
    const { lasts, rest } = faultKinds[fault];
    const lasting = lasts[0] + below(random, lasts[1] - lasts[0] + 1);
    faults.push({ at, fault, for: lasting, target: random.bits32(), strength: random.next() });
    at += lasting + rest + below(random, looseMs);
  }
  return faults;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const dealt: T[] = [];
  while (left.length > 0) dealt.push(left.splice(below(random, left.length), 1)[0] as T);
  return dealt;
}
