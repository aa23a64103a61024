/** Rules for promises: tickets, deadlines, processes, the end of the run. */
import type { HistoryEvent, ProcessEvent } from '../history-event.ts';
import { storeTroubles } from './fault-spans.ts';
import { eventsOf, type RunRecord } from './run-record.ts';
import type { Violation } from './violation.ts';

/** The time between the end of a handler and its line in the history. */
const slackMs = 100;

/** Rule: a ticket reports `handled` only for a handled intent. */
export function ticketsTrue(run: RunRecord): readonly Violation[] {
  return [...run.intents.values()].flatMap(({ id, lane, tickets, handlings }) => {
    const handledAt = handlings.reduce(
      (first, { outcome, ended = Number.POSITIVE_INFINITY }) =>
        outcome === 'handled' ? Math.min(first, ended) : first,
      Number.POSITIVE_INFINITY,
    );
    const early = tickets.find(({ state, t }) => state === 'handled' && handledAt > t + slackMs);
    if (early === undefined) return [];
    const what = `the ticket of intent ${id} of lane ${lane} said "handled", and it was not`;
    return [{ rule: 'ticket_true' as const, what, events: eventsOf(run, id) }];
  });
}

/** Rule: no deadline expires early, whatever the clocks of the nodes show. */
export function deadlinesKept(run: RunRecord): readonly Violation[] {
  return [...run.intents.values()].flatMap(({ id, lane, dead, sendings }) => {
    if (dead === undefined || !/DEADLINE/.test(dead.reason)) return [];
    const [first] = sendings;
    if (first?.deadlineMs === undefined) return [];
    const lived = dead.t - first.t;
    if (lived >= first.deadlineMs - slackMs) return [];
    const what = `intent ${id} of lane ${lane} died of its deadline of ${first.deadlineMs} ms after ${Math.round(lived)} ms`;
    return [{ rule: 'no_unjust_death' as const, what, events: eventsOf(run, id) }];
  });
}

/**
 * Rule: a process ends with 0 when it is asked to, and not before. It may end with 1 when it could not finish: it did not serve
 * yet, or the store was in trouble. A process that starts while the servers refuse its password reports that and ends: waiting does
 * not help.
 */
export function processesLive({ events, faults }: RunRecord): readonly Violation[] {
  const troubles = storeTroubles(faults);
  const passwords = faults.filter(({ fault }) => fault === 'auth_errors');
  return events.flatMap((event) => {
    if (event.event !== 'process' || event.phase !== 'ended') return [];
    const { process, how, asked, t } = event;
    const life = lifeOf(events, process);
    const isReady = life.some(({ phase }) => phase === 'ready');
    if (asked !== true && how === '1' && !isReady && passwords.some(({ from, to }) => from <= t && t <= to + slackMs)) {
      return [];
    }
    if (asked === true) {
      if (how === '0' || how === 'SIGKILL') return [];
      if (how === '1' && (!isReady || troubles.some(({ from, to }) => from <= t && t <= to))) return [];
    }
    const what = asked === true ? `${process} was told to end: ${how}` : `${process} ended unasked: ${how}`;
    return [{ rule: 'process_lives' as const, what, events: life }];
  });
}

const lifeOf = (events: readonly HistoryEvent[], process: string): readonly ProcessEvent[] =>
  events.filter((event): event is ProcessEvent => event.event === 'process' && event.process === process);

export function allDrained({ end }: RunRecord): readonly Violation[] {
  if (end.backlog === 0) return [];
  const what = `${end.backlog} messages are left in the pool's stream although everything works`;
  return [{ rule: 'all_drained', what, events: [] }];
}

export const replicasEqual = ({ end }: RunRecord): readonly Violation[] =>
  end.replicaDifferences.map((what) => ({ rule: 'replicas_equal', what, events: [] }));
