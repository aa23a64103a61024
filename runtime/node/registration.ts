/** A node's entry in the registry: made when it serves, withdrawn when it stops. */
import { hostname } from 'node:os';
import { intentShapes } from '../cluster/intent-shape.ts';
import { isNodeAlive } from '../cluster/node-report.ts';
import type { NodeEntry, Registry } from '../cluster/registry.ts';
import { toIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { CompiledNode } from './node-options.ts';

/** For a node of the pool to say that it lives. */
const aliveMs = 1_000;

export class Registration {
  readonly #setup: CompiledNode;
  readonly #registry: Registry;
  readonly #node: string;
  readonly #startedAt: string;
  #entered = false;

  constructor(setup: CompiledNode, registry: Registry, node: string) {
    this.#setup = setup;
    this.#registry = registry;
    this.#node = node;
    this.#startedAt = toIso(setup.clock.now());
  }

  /** From now on others find it. Nodes of its pool that died without a word are forgotten. */
  async enter(): Promise<void> {
    const { transport, mesh, pool, agents } = this.#setup;
    for (const { kind, intents, keyed, reachedByBroadcast: broadcasts } of agents.values()) {
      await this.#registry.declareKind({ v: 1, kind, pool, keyed, broadcasts, intents: intentShapes(intents) });
    }
    this.#entered = true;
    await this.#registry.announceNode(this.#entry('serving'));
    await this.#registry.forgetDead(pool, (node) => isNodeAlive(transport.signals, mesh, node, aliveMs));
  }

  /** If it cannot be said, the next node of the pool looks after what is left. */
  async leave(): Promise<void> {
    if (!this.#entered) return;
    await this.#registry.withdrawNode(this.#node).catch((error: unknown) => {
      this.#setup.log.warn({ reason: reasonOf(error) }, 'the registry still lists this node');
    });
  }

  #entry(state: NodeEntry['state']): NodeEntry {
    const { pool, agents } = this.#setup;
    const kinds = [...agents.keys()];
    return {
      v: 1,
      node: this.#node,
      pool,
      kinds,
      state,
      started_at: this.#startedAt,
      host: hostname(),
      pid: process.pid,
    };
  }
}
