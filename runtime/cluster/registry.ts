/**
 * The registry of a mesh: kinds with what they accept, or nodes with what they serve. It has no entries for running agents:
 * their nodes answer for them (`node-answers.ts`).
 */
import type { Clock } from '../core/clock.ts';
import { currentEntries, type EntryAges } from '../core/expiry.ts';
import type { Logger } from '../core/logger.ts';
import { type KindEntry, kindShape, type NodeEntry, nodeShape, registryPrefixes } from '../core/registry-entry.ts';
import type { RecordShape } from '../core/stored-record.ts';
import { type KeyValueStore, RevisionConflictError } from '../transport/index.ts';
import { renewEntry } from './renew-entry.ts';

/** Agents look kinds up while they think: this limits how often the store is queried. */
const freshMs = 1_000;

export class Registry {
  readonly #store: KeyValueStore;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #ages: EntryAges;
  /** Logged reasons for unreadable entries, by key. */
  readonly #unreadable = new Map<string, string>();
  #kinds: Promise<readonly KindEntry[]> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(store: KeyValueStore, clock: Clock, log: Logger, ages: EntryAges) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#ages = ages;
  }

  /** Registers a kind; a newer deploy replaces the previous entry. */
  declareKind(entry: KindEntry): Promise<void> {
    return this.#put(`${registryPrefixes.kind}.${entry.kind}`, entry);
  }

  /** Renews a kind. @throws UnreadableRecordError */
  renewKind(own: KindEntry): Promise<void> {
    return renewEntry(this.#store, kindShape, `${registryPrefixes.kind}.${own.kind}`, own);
  }

  announceNode(entry: NodeEntry): Promise<void> {
    return this.#put(`${registryPrefixes.node}.${entry.node}`, entry);
  }

  withdrawNode(node: string): Promise<void> {
    return this.#store.remove(`${registryPrefixes.node}.${node}`);
  }

  /** Returns the kinds that have not expired, at most a second old. */
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

  /** Returns all nodes, including those that died without withdrawing: only an answer proves that a node is alive. */
  nodes(): Promise<readonly NodeEntry[]> {
    return this.#list(nodeShape, registryPrefixes.node);
  }

  async kindsThatAccept(intentType: string): Promise<readonly KindEntry[]> {
    return (await this.kinds()).filter(({ intents }) => Object.hasOwn(intents, intentType));
  }

  /** Removes the nodes of a pool that no longer answer. */
  async forgetDead(pool: string, isAlive: (node: string) => Promise<boolean>): Promise<void> {
    const ours = (await this.nodes()).filter((entry) => entry.pool === pool);
    await Promise.all(ours.map(async ({ node }) => ((await isAlive(node)) ? undefined : this.withdrawNode(node))));
  }

  /** Lists entries that have not expired. An unreadable one hides no other: it stays in place and is logged once. */
  async #list<T extends KindEntry | NodeEntry>(shape: RecordShape<T>, prefix: string): Promise<readonly T[]> {
    const { current, unreadable } = await currentEntries(shape, await this.#store.list(prefix), this.#ages);
    for (const { key, reason } of unreadable) {
      if (this.#unreadable.get(key) === reason) continue;
      this.#unreadable.set(key, reason);
      this.#log.warn({ key, reason }, 'an entry of the registry cannot be read: it is left out');
    }
    return current.map(({ record }) => record);
  }

  /** Writes the entry even if it says the same already, because its age counts from its last write. */
  async #put(key: string, entry: KindEntry | NodeEntry): Promise<void> {
    const value = JSON.stringify(entry);
    for (;;) {
      const found = await this.#store.read(key);
      try {
        await this.#store.write(key, value, found?.revision ?? 0);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflictError)) throw error;
      }
    }
  }
}
