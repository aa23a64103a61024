/**
 * The metrics of a node for Prometheus (prometheus.io, "Metric and label naming"): seconds, totals, and labels whose values the
 * code of the app bounds, never the input of external clients.
 */

import { Gauge, Registry } from 'prom-client';
import { version } from '../core/version.ts';
import { poolFill } from '../inspect/index.ts';
import type { Node } from '../node/node.ts';
import type { NodeCounts } from '../node/node-counts.ts';
import { countEvents } from './event-metrics.ts';
import type { IngressBucket } from './ingress-bucket.ts';
import { processMetrics } from './process-metrics.ts';

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
  readonly #stop: () => void;
  readonly #up: Gauge;
  readonly #depth: Gauge<'kind'>;
  readonly #age: Gauge<'kind'>;
  readonly #backlog: Gauge;
  readonly #fill: Gauge;
  readonly #skew: Gauge;

  constructor(node: Node, bucket: Pick<IngressBucket, 'isShared'>) {
    this.#node = node;
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
    this.#age = new Gauge({
      name: 'parley_oldest_intent_seconds',
      help: "Age of the oldest intent in the node's memory, by kind of its receiver; absent where there is none",
      labelNames: ['kind'],
      registers,
    });
    new Gauge({
      name: 'parley_build_info',
      help: 'Always 1; what runs here',
      labelNames: ['version', 'node'],
      registers,
    }).set({ version, node: process.version }, 1);
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
    this.#stop = countEvents(node, this.#registry);
  }

  /** Returns the metrics in the text format, with its content type. */
  async read(): Promise<{ readonly type: string; readonly text: string }> {
    this.#up.set(this.#node.health.ready ? 1 : 0);
    for (const [kind, depth] of this.#node.depths) this.#depth.set({ kind }, depth);
    this.#age.reset();
    for (const [kind, ms] of this.#node.ages) this.#age.set({ kind }, ms / 1000);
    await this.#readStore();
    const all = Registry.merge([this.#registry, processMetrics()]);
    return { type: all.contentType, text: await all.metrics() };
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
}
