/** Histories made by hand: a line for each event, in order of time. */
import { type CheckedCounts, check } from '../../../runtime/testing/chaos/checker/check.ts';
import type { ArchivedPlace, RunEnd } from '../../../runtime/testing/chaos/checker/run-record.ts';
import type { Rule, Violation } from '../../../runtime/testing/chaos/checker/violation.ts';
import type { FaultKind } from '../../../runtime/testing/chaos/fault-kinds.ts';
import type { HistoryEvent } from '../../../runtime/testing/chaos/history-event.ts';
import type { UnstampedEvent } from '../../../runtime/testing/chaos/history-file.ts';
import { mayDie } from '../../../runtime/testing/chaos/workload-mix.ts';

const lane = 'client/s0>worker/w1';

export class MadeHistory {
  readonly #events: HistoryEvent[] = [];
  readonly #archived = new Map<string, ArchivedPlace>();
  #faults = 0;
  backlog = 0;
  replicaDifferences: readonly string[] = [];

  add(t: number, by: string, event: UnstampedEvent): this {
    this.#events.push({ t, by, ...event } as HistoryEvent);
    return this;
  }

  accepted(t: number, id: string, seq: number): this {
    return this.add(t, 'sender', { event: 'accepted', id, lane, seq });
  }

  started(t: number, by: string, id: string, attempt = 1, type = 'note'): this {
    return this.add(t, by, { event: 'started', id, lane, type, attempt });
  }

  /** And archived. */
  handled(t: number, by: string, id: string): this {
    this.archive(id, 'handled');
    return this.add(t, by, { event: 'handled', id });
  }

  failed(t: number, by: string, id: string): this {
    return this.add(t, by, { event: 'failed', id });
  }

  dead(t: number, id: string, reason: string, type: string): this {
    this.archive(id, 'dead');
    return this.add(t, 'run', { event: 'dead', id, type, reason, errors: ['it failed'] });
  }

  archive(id: string, outcome: string): this {
    const accepted = this.#events.find((event) => event.event === 'accepted' && event.id === id);
    const seq = accepted?.event === 'accepted' ? accepted.seq : 0;
    this.#archived.set(id, { seq, lane, outcome });
    return this;
  }

  unarchived(id: string): this {
    this.#archived.delete(id);
    return this;
  }

  fault(from: number, to: number, fault: FaultKind, target?: string): this {
    const n = this.#faults++;
    const hit = target === undefined ? {} : { target };
    return this.add(from, 'run', { event: 'fault', fault, phase: 'begin', n, ...hit }).add(to, 'run', {
      event: 'fault',
      fault,
      phase: 'end',
      n,
      ...hit,
    });
  }

  violations(endsAt = 100_000): readonly Violation[] {
    return this.#check(endsAt).violations;
  }

  rules(endsAt = 100_000): readonly Rule[] {
    return this.violations(endsAt).map(({ rule }) => rule);
  }

  counts(): CheckedCounts {
    return this.#check(100_000).counts;
  }

  #check(t: number) {
    const events = [...this.#events].sort((a, b) => a.t - b.t);
    const { backlog, replicaDifferences } = this;
    const end: RunEnd = {
      t,
      partitions: 1,
      archived: this.#archived,
      backlog,
      replicaDifferences,
      replicasCompared: true,
    };
    return check(events, end, { mayDie });
  }
}

export const made = (): MadeHistory => new MadeHistory();
