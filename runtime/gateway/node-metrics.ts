/**
 * The metrics of a node for Prometheus (prometheus.io, "Metric and label naming"): seconds, totals, and labels whose values the
 * code of the app bounds, never the input of external clients.
 */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { kindOf } from '../core/ids.ts';
import { poolFill } from '../inspect/index.ts';
import type { Node } from '../node/node.ts';
import type { NodeCounts } from '../node/node-counts.ts';
import type { IngressBucket } from './ingress-bucket.ts';

/** Seconds, from a lookup in memory to an LLM call. */
const handlingBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30, 120];
/** Replaces unknown kinds: kinds are defined by the app, so other names in a subject count as one more. */
const otherKind = 'other';

const gauges: Readonly<Record<string, readonly [keyof NodeCounts, string]>> = {
  parley_intents_held: ['held', 'Intents in the memory of the node, waiting or being handled'],
  parley_intents_handling: ['handling', 'Intents that are being handled'],
  parley_memory_bytes: ['memoryBytes', 'Estimated memory of everything that waits in the node'],
  parley_payload_bytes: ['payloadBytes', 'Payloads of intents that wait in the node'],
  parley_mailboxes: ['mailboxes', 'Mailboxes that hold something'],
  parley_lanes: ['lanes', 'Lanes that hold something'],
  parley_mailboxes_throttled: ['throttled', 'Mailboxes whose intake bucket is empty'],
  parley_sends_pending: ['sending', "Sends without the store's word"],
  parley_acks_unconfirmed: ['unconfirmed', 'Handled, and not yet confirmed to be known'],
  parley_asks_pending: ['asking', 'Questions without a reply'],
  parley_activations: ['active', 'Agents with state in memory'],
  parley_agents_restarting: ['restarting', 'Agents that wait for their restart'],
  parley_lanes_paused: ['pausedLanes', 'Lanes held because of what their sender sent, until their agent is resumed'],
  parley_agents_paused: ['paused', 'Agents that failed too often and wait for a human'],
};

const lags: Readonly<Record<string, readonly ['handlingMs' | 'acksMs' | 'archiveMs', string]>> = {
  parley_oldest_handling_seconds: ['handlingMs', 'The handling, hook or timer that has lasted longest'],
  parley_acks_stalled_seconds: ['acksMs', 'Since the store was asked to confirm acknowledgements and has not'],
  parley_archive_stalled_seconds: ['archiveMs', 'Since the archive was given what is finished and has not taken it'],
};

/** Omits a gauge without a value; "reset" would set it to 0. */
function setOrLeaveOut(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}

export class NodeMetrics {
  readonly #registry = new Registry();
  readonly #node: Node;
  readonly #kinds: ReadonlySet<string>;
  readonly #stop: () => void;
  readonly #up: Gauge;
  readonly #depth: Gauge<'kind'>;
  readonly #backlog: Gauge;
  readonly #fill: Gauge;
  readonly #skew: Gauge;

  constructor(node: Node, bucket: Pick<IngressBucket, 'isShared'>) {
    this.#node = node;
    this.#kinds = new Set(node.depths.keys());
    const registers = [this.#registry];
    for (const [name, [count, help]] of Object.entries(gauges)) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(node.counts[count]);
        },
      });
    }
    this.#up = new Gauge({
      name: 'parley_ready',
      help: 'Whether the node serves its mailboxes (1) or not (0)',
      registers,
    });
    this.#depth = new Gauge({
      name: 'parley_mailbox_depth',
      help: 'Intents in the memory of the node by kind of their receiver: what an autoscaler looks at',
      labelNames: ['kind'],
      registers,
    });
    this.#backlog = new Gauge({
      name: 'parley_pool_backlog',
      help: "Messages in the pool's stream: waiting in the store, or in a node and not yet acknowledged",
      registers,
    });
    this.#fill = new Gauge({
      name: 'parley_store_fill_ratio',
      help: "Part of the bytes of the pool's stream that is taken: clients are refused from 0.7 on, agents from 0.85",
      registers,
    });
    this.#skew = new Gauge({
      name: 'parley_clock_skew_seconds',
      help: "How far the store's clock is ahead of this node's",
      registers,
    });
    for (const [name, [lag, help]] of Object.entries(lags)) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(node.lags[lag] / 1000);
        },
      });
    }
    new Gauge({
      name: 'parley_ingress_shared',
      help: 'Whether the ingress buckets are shared by all nodes (1) or of this process (0)',
      registers,
      collect() {
        this.set(bucket.isShared ? 1 : 0);
      },
    });
    this.#stop = node.observe(this.#observer());
  }

  /** Returns the metrics in the text format, with its content type. */
  async read(): Promise<{ readonly type: string; readonly text: string }> {
    this.#up.set(this.#node.health.ready ? 1 : 0);
    for (const [kind, depth] of this.#node.depths) this.#depth.set({ kind }, depth);
    await this.#readStore();
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** Omits store metrics while the store does not answer: a 0, or an old value, would look like a current one. */
  async #readStore(): Promise<void> {
    const { transport, pool } = this.#node.place;
    const stored = this.#node.health.ready ? await poolFill(transport.pools, pool) : undefined;
    setOrLeaveOut(this.#backlog, stored?.messages);
    setOrLeaveOut(this.#fill, stored?.fill);
    const { skewMs } = this.#node.lags;
    setOrLeaveOut(this.#skew, skewMs === undefined ? undefined : skewMs / 1000);
  }

  stop(): void {
    this.#stop();
  }

  #observer(): Parameters<Node['observe']>[0] {
    const registers = [this.#registry];
    const labelNames = ['kind'] as const;
    const sent = new Counter({ name: 'parley_intents_sent_total', help: 'Stored by the server', registers });
    const seconds = new Histogram({
      name: 'parley_handling_seconds',
      help: 'Time that handling an intent took, by its end',
      labelNames: ['kind', 'end'],
      buckets: handlingBuckets,
      registers,
    });
    const dead = new Counter({ name: 'parley_intents_dead_total', help: 'Dead letters', labelNames, registers });
    const restarts = new Counter({ name: 'parley_restarts_total', help: 'Agents restarted', labelNames, registers });
    const strays = new Counter({
      name: 'parley_stray_errors_total',
      help: 'Errors that agents threw outside of what the runtime awaits',
      labelNames,
      registers,
    });
    const dropped = new Counter({
      name: 'parley_requests_refused_total',
      help: 'Messages by NATS, but for mailboxes, that were neither handled nor answered',
      labelNames: ['reason'],
      registers,
    });
    const escalations = new Counter({
      name: 'parley_escalations_total',
      help: 'Calls for a human',
      labelNames: ['reason'],
      registers,
    });
    return {
      sent: () => sent.inc(),
      handled: (agent, _intent, ms) => seconds.observe({ kind: this.#kindOf(agent), end: 'handled' }, ms / 1000),
      failed: (agent, _intent, ms) => seconds.observe({ kind: this.#kindOf(agent), end: 'failed' }, ms / 1000),
      dead: (agent) => dead.inc({ kind: this.#kindOf(agent) }),
      restarted: (agent) => restarts.inc({ kind: this.#kindOf(agent) }),
      strayError: (agent) => strays.inc({ kind: this.#kindOf(agent) }),
      messageDropped: (reason) => dropped.inc({ reason }),
      escalated: ({ reason }) => escalations.inc({ reason }),
    };
  }

  #kindOf(agent: string): string {
    const kind = kindOf(agent);
    return this.#kinds.has(kind) ? kind : otherKind;
  }
}
