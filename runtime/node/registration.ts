/** The entries of a node: made when it serves or stands by, renewed while it runs, withdrawn when it stops. */
import { hostname } from 'node:os';
import type { CompiledAgent } from '../actor/compiled-agent.ts';
import type { Directory } from '../cluster/directory.ts';
import { isNodeAlive } from '../cluster/node-answers.ts';
import type { Registry } from '../cluster/registry.ts';
import { type Timer, toIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { intentShapes } from '../core/intent-shape.ts';
import type { KindEntry, NodeEntry } from '../core/registry-entry.ts';
import type { NodeParts } from './composition.ts';
import type { CompiledNode } from './node-options.ts';

/** Time for a node of the pool to answer that it is alive. */
const aliveMs = 1_000;
/** Maximum time that dead nodes stay listed. */
const sweepMs = 60_000;

export class Registration {
  readonly #setup: CompiledNode;
  readonly #directory: Pick<Directory, 'renewKind'>;
  readonly #registry: Registry;
  readonly #node: string;
  readonly #startedAt: string;
  readonly #isDead: (node: string) => boolean;
  #entered = false;
  #state: NodeEntry['state'] = 'standby';
  #sweep: Timer | undefined;

  /** @param isDead judges by heartbeats */
  constructor(
    setup: CompiledNode,
    { directory, registry }: Pick<NodeParts, 'directory' | 'registry'>,
    node: string,
    isDead: (node: string) => boolean,
  ) {
    this.#setup = setup;
    this.#directory = directory;
    this.#registry = registry;
    this.#node = node;
    this.#isDead = isDead;
    this.#startedAt = toIso(setup.clock.now());
  }

  /** Registers this node. Removes nodes of its pool that died without withdrawing. */
  async enter(): Promise<void> {
    for (const agent of this.#setup.agents.values()) await this.#registry.declareKind(this.#kindEntry(agent));
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

  /** Renews this node's entries. Gives those of an earlier release that no node serves a time to expire. */
  async renew(): Promise<void> {
    if (!this.#entered) return;
    const { agents } = this.#setup;
    for (const agent of agents.values()) await this.#renewKind(this.#kindEntry(agent));
    await this.#registry.announceNode(this.#entry());
    const served = new Set((await this.#registry.nodes()).flatMap(({ kinds }) => kinds));
    for (const entry of await this.#registry.kinds()) {
      const isLeft = entry.expire_after_ms === undefined && !served.has(entry.kind);
      if (isLeft) await this.#renewKind({ ...entry, expire_after_ms: this.#setup.limits.kindExpiryMs });
    }
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

  /** An entry that cannot be renewed keeps no other from it. */
  async #renewKind(entry: KindEntry): Promise<void> {
    const { kind, pool } = entry;
    try {
      await this.#directory.renewKind(kind, pool);
      await this.#registry.renewKind(entry);
    } catch (error) {
      this.#setup.log.warn({ kind, reason: reasonOf(error) }, 'a kind is not renewed, which is tried again');
    }
  }

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

  #kindEntry({ kind, intents, keyed, reachedByBroadcast: broadcasts }: CompiledAgent): KindEntry {
    const { pool, limits } = this.#setup;
    const expire_after_ms = limits.kindExpiryMs;
    return { v: 1, kind, pool, keyed, broadcasts, intents: intentShapes(intents), expire_after_ms };
  }

  #entry(): NodeEntry {
    const { pool, agents, limits } = this.#setup;
    return {
      v: 1,
      node: this.#node,
      pool,
      kinds: [...agents.keys()],
      state: this.#state,
      started_at: this.#startedAt,
      host: hostname(),
      pid: process.pid,
      expire_after_ms: limits.kindExpiryMs,
    };
  }
}
