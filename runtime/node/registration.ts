/** A node's entry in the registry: made when it serves or stands by, withdrawn when it stops. */
import { hostname } from 'node:os';
import { isNodeAlive } from '../cluster/node-answers.ts';
import type { Registry } from '../cluster/registry.ts';
import { type Timer, toIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { intentShapes } from '../core/intent-shape.ts';
import type { NodeEntry } from '../core/registry-entry.ts';
import type { CompiledNode } from './node-options.ts';

/** Time for a node of the pool to answer that it is alive. */
const aliveMs = 1_000;
/** Maximum time that dead nodes stay listed. */
const sweepMs = 60_000;

export class Registration {
  readonly #setup: CompiledNode;
  readonly #registry: Registry;
  readonly #node: string;
  readonly #startedAt: string;
  readonly #isDead: (node: string) => boolean;
  #entered = false;
  #state: NodeEntry['state'] = 'standby';
  #sweep: Timer | undefined;

  /** @param isDead judges by heartbeats */
  constructor(setup: CompiledNode, registry: Registry, node: string, isDead: (node: string) => boolean) {
    this.#setup = setup;
    this.#registry = registry;
    this.#node = node;
    this.#isDead = isDead;
    this.#startedAt = toIso(setup.clock.now());
  }

  /** Registers this node. Removes nodes of its pool that died without withdrawing. */
  async enter(): Promise<void> {
    const { pool, agents } = this.#setup;
    for (const { kind, intents, keyed, reachedByBroadcast: broadcasts } of agents.values()) {
      await this.#registry.declareKind({ v: 1, kind, pool, keyed, broadcasts, intents: intentShapes(intents) });
    }
    this.#entered = true;
    await this.#registry.announceNode(this.#entry());
    await this.#forgetDead().catch(this.#notSaid);
    this.#sweepLater();
  }

  /** Updates whether it serves its pool or stands by. */
  say(state: NodeEntry['state']): void {
    this.#state = state;
    if (!this.#entered) return;
    this.#registry
      .announceNode(this.#entry())
      .then(() => this.#forgetDead())
      .catch(this.#notSaid);
  }

  /** Withdraws the entry. On failure, the next node of the pool removes it. */
  async leave(): Promise<void> {
    if (!this.#entered) return;
    this.#entered = false;
    this.#sweep?.cancel();
    await this.#registry.withdrawNode(this.#node).catch((error: unknown) => {
      this.#setup.log.warn({ reason: reasonOf(error) }, 'the registry still lists this node');
    });
  }

  readonly #notSaid = (error: unknown): void => {
    this.#setup.log.warn({ reason: reasonOf(error) }, 'the registry does not say yet what this node does');
  };

  #sweepLater(): void {
    this.#sweep = this.#setup.clock.after(sweepMs, () => {
      if (!this.#entered) return;
      void this.#forgetDead().catch(this.#notSaid);
      this.#sweepLater();
    });
  }

  /** Removes nodes that neither send heartbeats nor answer: earlier releases send no heartbeats. */
  #forgetDead(): Promise<void> {
    const { transport, mesh, pool } = this.#setup;
    return this.#registry.forgetDead(pool, async (node) => {
      return node === this.#node || !this.#isDead(node) || (await isNodeAlive(transport.signals, mesh, node, aliveMs));
    });
  }

  #entry(): NodeEntry {
    const { pool, agents } = this.#setup;
    const state = this.#state;
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
