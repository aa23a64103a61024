/**
 * What a mesh knows of itself: kinds with what they accept, and the nodes that serve them. Running agents are never written
 * here: their nodes are asked (`node-answers.ts`).
 */
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { type KindEntry, kindShape, type NodeEntry, nodeShape, registryPrefixes } from '../core/registry-entry.ts';
import { type RecordShape, readAllStored } from '../core/stored-record.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';

/** Kinds are looked up by agents while they think: the store is asked at most so often. */
const freshMs = 1_000;

export class Registry {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  /** Why entries cannot be read that were logged, by key. */
  readonly #unreadable = new Map<string, string>();
  #kinds: Promise<readonly KindEntry[]> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(store: KeyValueStore, clock: Clock, log: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
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
      const reading = this.#list(kindShape, registryPrefixes.kind);
      this.#kinds = reading;
      reading.catch(() => {
        if (this.#kinds === reading) this.#kinds = undefined;
      });
    }
    return this.#kinds;
  }

  /** Also those that died without withdrawing: whether one lives only it can say. */
  nodes(): Promise<readonly NodeEntry[]> {
    return this.#list(nodeShape, registryPrefixes.node);
  }

  async kindsThatAccept(intentType: string): Promise<readonly KindEntry[]> {
    return (await this.kinds()).filter(({ intents }) => Object.hasOwn(intents, intentType));
  }

  /** Removes the nodes of a pool that do not answer any more. */
  async forgetDead(pool: string, isAlive: (node: string) => Promise<boolean>): Promise<void> {
    const ours = (await this.nodes()).filter((entry) => entry.pool === pool);
    await Promise.all(ours.map(async ({ node }) => ((await isAlive(node)) ? undefined : this.withdrawNode(node))));
  }

  /** An entry that cannot be read hides no other: it is left where it is, and logged once. */
  async #list<T extends object>(shape: RecordShape<T>, prefix: string): Promise<readonly T[]> {
    const entries = await this.#store.list(prefix);
    const stored = entries.map(({ key, value }) => ({ key, text: value }));
    const { records, unreadable } = readAllStored(shape, stored);
    for (const { key, reason } of unreadable) {
      if (this.#unreadable.get(key) === reason) continue;
      this.#unreadable.set(key, reason);
      this.#log.warn({ key, reason }, 'an entry of the registry cannot be read: it is left out');
    }
    return records;
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
