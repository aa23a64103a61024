/** The totals of a run: one object for programs, three columns for people. */
import type { Totals } from '../cloud/cloud.ts';

export interface MeshTotals extends Totals {
  /** Intents that agents sent to each other. */
  readonly intents: number;
  /** Acts that policy, or an approver, denied. */
  readonly denied: number;
  /** Acts that an approver approved. */
  readonly approvals: number;
}

export interface RunResult {
  readonly seed: number | null;
  readonly uncoordinated: Totals;
  readonly autoscaler: Totals;
  readonly mesh: MeshTotals;
}

export function comparison({ uncoordinated, autoscaler, mesh }: RunResult): readonly string[] {
  const row = (title: string, read: (totals: Totals) => string): string =>
    [title.padEnd(24), ...[uncoordinated, autoscaler, mesh].map((totals) => read(totals).padStart(16))].join('');
  return [
    ['', 'acting alone', 'autoscaler', 'mesh']
      .map((title, place) => (place === 0 ? ' '.repeat(24) : title.padStart(16)))
      .join(''),
    row('flips', ({ flips }) => String(flips)),
    row('USD', ({ cost_usd }) => cost_usd.toFixed(2)),
    row('SLA violations', ({ sla_violations }) => String(sla_violations)),
  ];
}
