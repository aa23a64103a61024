/**
 * What a mesh knows of itself: kinds with what they accept, and the nodes that serve them. Running agents are never written
 * here: their nodes are asked (`node-answers.ts`).
 */
import type { Clock } from '../core/clock.ts';
import { type KindEntry, type NodeEntry, registryPrefixes } from '../core/registry-entry.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';

/** Kinds are looked up by agents while they think: the store is asked at most so often. */
const freshMs = 1_000;

export class Registry {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  #kinds: Promise<readonly KindEntry[]> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(store: KeyValueStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** A newer deploy's entry takes the place of the one before. */
  declareKind(entry: KindEntry): Promise<void> {
    return this.#put(`${registryPrefixes.kind}.${entry.kind}`, entry);
  }

  announceNode(entry: NodeEntry): Promise<void> {
    return this.#put(`${registryPrefixes.node}.${entry.node}`, entry);
  }

  withdrawNode(node: string): Promise<void> {
    return this.#store.remove(`${registryPrefixes.node}.${node}`);
  }

  /** As they were at most a second ago. */
  kinds(): Promise<readonly KindEntry[]> {
    const now = this.#clock.monotonic();
    if (this.#kinds === undefined || now - this.#readAt >= freshMs) {
      this.#readAt = now;
      const reading = this.#list<KindEntry>(registryPrefixes.kind);
      this.#kinds = reading;
      reading.catch(() => {
        if (this.#kinds === reading) this.#kinds = undefined;
      });
    }
    return this.#kinds;
  }

  /** Also those that died without withdrawing: whether one lives only it can say. */
  nodes(): Promise<readonly NodeEntry[]> {
    return this.#list<NodeEntry>(registryPrefixes.node);
  }

  async kindsThatAccept(intentType: string): Promise<readonly KindEntry[]> {
    return (await this.kinds()).filter(({ intents }) => Object.hasOwn(intents, intentType));
  }

  /** Removes the nodes of a pool that do not answer any more. */
  async forgetDead(pool: string, isAlive: (node: string) => Promise<boolean>): Promise<void> {
    const ours = (await this.nodes()).filter((entry) => entry.pool === pool);
    await Promise.all(ours.map(async ({ node }) => ((await isAlive(node)) ? undefined : this.withdrawNode(node))));
  }

  async #list<T>(prefix: string): Promise<readonly T[]> {
    return (await this.#store.list(prefix)).map(({ value }) => JSON.parse(value) as T);
  }

  async #put(key: string, entry: KindEntry | NodeEntry): Promise<void> {
    const value = JSON.stringify(entry);
    for (;;) {
      const found = await this.#store.read(key);
      if (found?.value === value) return;
      try {
        await this.#store.write(key, value, found?.revision ?? 0);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
      }
    }
  }
}
