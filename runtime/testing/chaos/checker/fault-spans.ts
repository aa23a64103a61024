/** Computes when each fault lasted, including the time that recovery takes. */
import { type FaultClass, type FaultKind, faultKinds } from '../fault-kinds.ts';
import type { FaultEvent } from '../history-event.ts';

export interface FaultSpan {
  readonly fault: FaultKind;
  readonly n: number;
  /** The process that was hit; `undefined`: the store or the network. */
  readonly target: string | undefined;
  readonly from: number;
  readonly to: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Returns the spans. A fault without an end lasts until the end of the run. */
export function faultSpans(events: readonly FaultEvent[], end: number): readonly FaultSpan[] {
  const spans = new Map<number, FaultSpan>();
  for (const { t, fault, n, target, phase } of events) {
    const begun = spans.get(n);
    if (phase === 'begin') spans.set(n, { fault, n, target, from: t, to: end });
    else if (begun !== undefined) spans.set(n, { ...begun, to: t });
  }
  return [...spans.values()];
}

/** An election takes up to 7 s; after it, clients reconnect, then feeds reopen. */
const settlingMs = 15_000;

const ofTheStore: readonly FaultClass[] = ['store', 'network', 'load'];

/** Returns when acknowledgements may have been lost, including the time to settle; overlapping spans are merged. */
export function storeTroubles(faults: readonly FaultSpan[]): readonly Span[] {
  const spans = faults
    .filter(({ fault }) => ofTheStore.includes(faultKinds[fault].class))
    .map(({ from, to }) => ({ from, to: to + settlingMs }))
    .sort((a, b) => a.from - b.from);
  const merged: Span[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to)
      merged[merged.length - 1] = { ...last, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
}

/** Returns how much of the time from `from` to `to` lies outside these spans, which do not overlap. */
export function timeOutside(spans: readonly Span[], from: number, to: number): number {
  const inside = spans.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);
  return Math.max(0, to - from - inside);
}
