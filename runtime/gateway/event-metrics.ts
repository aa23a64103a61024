/** Counts the events of a node for Prometheus. Labels have values that the code of the app bounds. */
import { Counter, Histogram, type Registry } from 'prom-client';
import { kindOf } from '../core/ids.ts';
import type { Node } from '../node/node.ts';

/** Seconds, from a lookup in memory to an LLM call. */
const handlingBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120];
/** Replaces unknown kinds: kinds are defined by the app, so other names in a subject count as one more. */
const otherKind = 'other';

/** Returns a function that stops counting. */
export function countEvents(node: Node, registry: Registry): () => void {
  const registers = [registry];
  const kinds = new Set(node.depths.keys());
  const labelOf = (agent: string): string => {
    const kind = kindOf(agent);
    return kinds.has(kind) ? kind : otherKind;
  };
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[] = []): Counter<T> =>
    new Counter({ name, help, labelNames, registers });
  const sent = counter('parley_intents_sent_total', 'Stored by the server');
  const seconds = new Histogram({
    name: 'parley_handling_seconds',
    help: 'Time that handling an intent took, by its end',
    labelNames: ['kind', 'end'],
    buckets: handlingBuckets,
    registers,
  });
  const dead = counter('parley_intents_dead_total', 'Dead letters', ['kind']);
  const restarts = counter('parley_restarts_total', 'Agents restarted', ['kind']);
  const strays = counter('parley_stray_errors_total', 'Errors that agents threw outside of what the runtime awaits', [
    'kind',
  ]);
  const dropped = counter(
    'parley_requests_refused_total',
    'Messages by NATS, but for mailboxes, that were neither handled nor answered',
    ['reason'],
  );
  const escalations = counter('parley_escalations_total', 'Calls for a human', ['reason']);
  const decisions = counter('parley_policy_decisions_total', 'Decisions of policy about acts', ['kind', 'effect']);
  const acts = counter('parley_acts_total', 'Acts, by their end', ['kind', 'outcome']);
  return node.observe({
    sent: () => sent.inc(),
    handled: (agent, _intent, ms) => seconds.observe({ kind: labelOf(agent), end: 'handled' }, ms / 1000),
    failed: (agent, _intent, ms) => seconds.observe({ kind: labelOf(agent), end: 'failed' }, ms / 1000),
    dead: (agent) => dead.inc({ kind: labelOf(agent) }),
    restarted: (agent) => restarts.inc({ kind: labelOf(agent) }),
    strayError: (agent) => strays.inc({ kind: labelOf(agent) }),
    messageDropped: (reason) => dropped.inc({ reason }),
    escalated: ({ reason }) => escalations.inc({ reason }),
    actDecided: (agent, effect) => decisions.inc({ kind: labelOf(agent), effect }),
    actEnded: (agent, _action, outcome) => acts.inc({ kind: labelOf(agent), outcome }),
  });
}
