/**
 * Rule: the owner of partitions does not report `ok` while something is stuck. Stuck is a mailbox where an accepted intent waits
 * without progress, or a store that holds messages without any progress, for `stuckMs` in which the owners reported only `ok`.
 */
import type { HistoryEvent } from '../history-event.ts';
import type { Span } from './fault-spans.ts';
import { eventsOf, type IntentRecord, type RunRecord } from './run-record.ts';
import type { Violation } from './violation.ts';

/** Longer than the longest deliberate pause between two attempts (5 s), and longer than a takeover with its claim. */
const stuckMs = 15_000;
/** After this time without an answer, the last report no longer counts. */
const silentMs = 3_000;

export function healthTrue(run: RunRecord): readonly Violation[] {
  const healthy = okSpans(run.events);
  if (healthy.length === 0) return [];
  const running = runningByReceiver(run);
  return [...stuckMailboxes(run, healthy, running), ...stuckStore(run, healthy, [...running.values()].flat())];
}

/** Returns the spans in which the owners reported only `ok`, if long enough to matter. */
function okSpans(events: readonly HistoryEvent[]): readonly Span[] {
  const spans: Span[] = [];
  const owners = new Map<number, string>();
  const names = new Map<string, string>();
  let from: number | undefined;
  let last = 0;
  const end = (): void => {
    if (from !== undefined && last - from >= stuckMs) spans.push({ from, to: last });
    from = undefined;
  };
  for (const event of events) {
    if (event.event === 'owner') owners.set(event.partition, event.owner);
    else if (event.event === 'process' && event.node !== undefined) names.set(event.process, event.node);
    if (event.event !== 'health' || !isOwner(names.get(event.node), owners)) continue;
    if (event.status !== 'ok' || event.t - last > silentMs) end();
    if (event.status !== 'ok') continue;
    from ??= event.t;
    last = event.t;
  }
  end();
  return spans;
}

function isOwner(node: string | undefined, owners: ReadonlyMap<number, string>): boolean {
  return node !== undefined && [...owners.values()].includes(node);
}

const receiverOf = ({ lane = '' }: IntentRecord): string => lane.slice(lane.indexOf('>') + 1);

function runningByReceiver(run: RunRecord): ReadonlyMap<string, readonly Span[]> {
  const found = new Map<string, Span[]>();
  for (const intent of run.intents.values()) {
    const receiver = receiverOf(intent);
    const spans = found.get(receiver) ?? [];
    found.set(receiver, spans);
    for (const { began, ended } of intent.handlings) spans.push({ from: began.t, to: ended ?? began.t });
  }
  return found;
}

function stuckMailboxes(
  run: RunRecord,
  healthy: readonly Span[],
  running: ReadonlyMap<string, readonly Span[]>,
): readonly Violation[] {
  return [...run.intents.values()].flatMap((intent) => {
    const { accepted, handlings, dead, id, lane } = intent;
    if (accepted === undefined) return [];
    const waited = { from: accepted.t, to: Math.min(handlings[0]?.began.t ?? run.end.t, dead?.t ?? run.end.t) };
    const still = healthy
      .map((span) => longestStill(common(waited, span), running.get(receiverOf(intent)) ?? []))
      .find((ms) => ms >= stuckMs);
    if (still === undefined) return [];
    const what = `intent ${id} of lane ${lane} waited ${seconds(still)} in a mailbox where nothing happened, while its owner was "ok"`;
    return [{ rule: 'health_true' as const, what, events: eventsOf(run, id) }];
  });
}

/** Finds intents that are handled but never acknowledged: only the store shows them. */
function stuckStore(run: RunRecord, healthy: readonly Span[], running: readonly Span[]): readonly Violation[] {
  const held: Span[] = [];
  let from: number | undefined;
  let last = 0;
  for (const event of run.events) {
    if (event.event !== 'backlog') continue;
    if (event.messages === 0) {
      if (from !== undefined) held.push({ from, to: last });
      from = undefined;
    } else {
      from ??= event.t;
      last = event.t;
    }
  }
  if (from !== undefined) held.push({ from, to: last });
  for (const span of held) {
    const still = healthy.map((ok) => longestStill(common(span, ok), running)).find((ms) => ms >= stuckMs);
    if (still === undefined) continue;
    const what = `the store held messages for ${seconds(still)} in which nothing was handled, while the owners were "ok"`;
    const events = run.events.filter(({ event, t }) => event === 'backlog' && t >= span.from && t <= span.to);
    return [{ rule: 'health_true', what, events }];
  }
  return [];
}

const common = (a: Span, b: Span): Span => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

/** Returns the longest time within `span` in which no span of `running` overlaps. */
function longestStill({ from, to }: Span, running: readonly Span[]): number {
  if (to - from < stuckMs) return 0;
  let [still, longest] = [from, 0];
  for (const busy of [...running].sort((a, b) => a.from - b.from)) {
    if (busy.to < from || busy.from > to) continue;
    longest = Math.max(longest, busy.from - still);
    still = Math.max(still, busy.to);
  }
  return Math.max(longest, to - still);
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
