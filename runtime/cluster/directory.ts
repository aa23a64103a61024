/** The map kind → (pool, group), kept in the mesh's configuration and merged by compare-and-set. Kinds that no node renews expire. */
import { type Deferred, deferred } from '../core/deferred.ts';
import { currentEntries, type EntryAges, hasExpired, unknownAges } from '../core/expiry.ts';
import type { AgentId } from '../core/ids.ts';
import { nearestName } from '../core/nearest-name.ts';
import { type RecordShape, readStored } from '../core/stored-record.ts';
import type { KeyValueStore } from '../transport/index.ts';
import { KindConflictError, PoolConflictError, UnknownAgentError } from './cluster-errors.ts';
import {
  type KindRecord,
  type KnownKind,
  kindKey,
  kindPrefix,
  kindShape,
  type MailboxPlace,
  type PoolRecord,
  placeIn,
  poolKey,
  poolShape,
} from './kind-record.ts';
import { renewEntry } from './renew-entry.ts';

export type { MailboxPlace } from './kind-record.ts';

/** The methods of the bucket "meshConfig" that the directory needs. */
export type MeshConfig = Pick<KeyValueStore, 'read' | 'write' | 'list'>;

/** The expiry of kinds, for a node. Without it, as for a command that looks once, no kind is taken for expired. */
export interface DirectoryExpiry {
  readonly ages: EntryAges;
  /** Written into the entries of this node's kinds. */
  readonly expireAfterMs: number;
}

interface FoundKind {
  readonly known: KnownKind;
  readonly record: KindRecord;
  readonly storedAt: number;
}

export class Directory {
  readonly #mesh: string;
  readonly #config: MeshConfig;
  readonly #expiry: DirectoryExpiry | undefined;
  readonly #known = new Map<string, KnownKind>();
  /** Pending look-ups: a thousand sends to a new kind cause one query. */
  readonly #asking = new Map<string, Promise<KnownKind>>();
  /** Names for suggestions, read once between two refreshes, because every client may send to unknown kinds. */
  #names: Promise<readonly string[]> | undefined;

  /** This node's kinds that are yet to be declared: look-ups of them wait for that. */
  readonly #expected = new Map<string, Deferred<void>>();

  /** @param own kinds that this node will declare */
  constructor(mesh: string, config: MeshConfig, expiry?: DirectoryExpiry, own: Iterable<string> = []) {
    this.#mesh = mesh;
    this.#config = config;
    this.#expiry = expiry;
    for (const kind of own) this.#expected.set(kind, deferred());
  }

  /**
   * Creates the pool's record, or reads it.
   * @param wanted `undefined`: the existing number, or `fallback` for a new pool
   * @returns its partitions, fixed when the pool was created
   * @throws PoolConflictError
   */
  async declarePool(pool: string, wanted: number | undefined, fallback: number): Promise<number> {
    const record: PoolRecord = { v: 1, partitions: wanted ?? fallback };
    const found = await this.#create(poolShape, poolKey(pool), record);
    if (wanted !== undefined && found.partitions !== wanted) {
      throw new PoolConflictError(pool, found.partitions, wanted);
    }
    return found.partitions;
  }

  /**
   * Adds a kind of the pool, or renews it. An expired kind keeps its pool, because intents may wait there.
   * @throws KindConflictError
   */
  async declareKind(kind: string, pool: string): Promise<void> {
    const record = this.#recordOf(pool);
    const found = await this.#create(kindShape, kindKey(kind), record);
    if (found.pool !== pool || found.group !== null) throw new KindConflictError(kind, found.pool, pool);
    if (found !== record) await this.renewKind(kind, pool);
    this.#names = undefined;
    this.#expected.get(kind)?.resolve();
    this.#expected.delete(kind);
  }

  /** Renews a kind of the pool. @throws UnreadableRecordError */
  renewKind(kind: string, pool: string): Promise<void> {
    return renewEntry(this.#config, kindShape, kindKey(kind), this.#recordOf(pool));
  }

  /**
   * Locates the agent's mailbox for a send, synchronously if the kind has been looked up before.
   * @throws UnknownAgentError, also for an expired kind; UnreadableRecordError
   */
  locate(agent: AgentId): MailboxPlace | Promise<MailboxPlace> {
    const known = this.#known.get(agent.kind);
    return known === undefined ? this.#lookUp(agent) : placeIn(known, agent);
  }

  /** Locates the agent's mailbox, also that of an expired kind, whose intents wait there. @throws UnknownAgentError, UnreadableRecordError */
  async placeOf(agent: AgentId): Promise<MailboxPlace> {
    const known = this.#known.get(agent.kind) ?? (await this.#find(agent.kind))?.known;
    if (known === undefined) throw await this.#unknown(agent.kind);
    return placeIn(known, agent);
  }

  /** Reads the kinds again that have been looked up; the next send to one that has expired is refused. */
  async refresh(): Promise<void> {
    this.#names = undefined;
    await Promise.all(
      [...this.#known.keys()].map(async (name) => {
        const found = await this.#find(name);
        // a lost stream is filled again: what is missing for a moment has not expired
        if (found !== undefined && (await this.#hasExpired(found))) this.#known.delete(name);
      }),
    );
  }

  async #lookUp(agent: AgentId): Promise<MailboxPlace> {
    const asked = this.#asking.get(agent.kind) ?? this.#ask(agent.kind);
    return placeIn(await asked, agent);
  }

  #ask(name: string): Promise<KnownKind> {
    const asking = this.#readKind(name).finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }

  async #readKind(name: string): Promise<KnownKind> {
    await this.#expected.get(name)?.promise;
    const found = await this.#find(name);
    if (found === undefined || (await this.#hasExpired(found))) throw await this.#unknown(name);
    this.#known.set(name, found.known);
    return found.known;
  }

  async #find(name: string): Promise<FoundKind | undefined> {
    const key = kindKey(name);
    const entry = await this.#config.read(key);
    if (entry === undefined) return undefined;
    const record = readStored(kindShape, { key, text: entry.value });
    const pool = await this.#read(poolShape, poolKey(record.pool));
    if (pool === undefined) return undefined;
    const known = { pool: record.pool, group: record.group, partitions: pool.partitions };
    return { known, record, storedAt: entry.storedAt };
  }

  async #hasExpired({ record, storedAt }: FoundKind): Promise<boolean> {
    if (this.#expiry === undefined || record.expire_after_ms === undefined) return false;
    const { ages } = this.#expiry;
    await ages.learn(record.pool);
    return hasExpired(record, ages.ageOf(storedAt));
  }

  async #unknown(name: string): Promise<UnknownAgentError> {
    this.#names ??= this.#currentNames();
    const names = await this.#names.catch((error: unknown) => {
      this.#names = undefined;
      throw error;
    });
    return new UnknownAgentError(name, this.#mesh, nearestName(name, names));
  }

  async #currentNames(): Promise<readonly string[]> {
    const entries = await this.#config.list(kindPrefix);
    const { current } = await currentEntries(kindShape, entries, this.#expiry?.ages ?? unknownAges);
    return current.map(({ key }) => key.slice(kindPrefix.length + 1));
  }

  #recordOf(pool: string): KindRecord {
    const record = { v: 1, pool, group: null } as const;
    return this.#expiry === undefined ? record : { ...record, expire_after_ms: this.#expiry.expireAfterMs };
  }

  /** Returns the value of the key, after writing `record` if there was none. */
  async #create<T extends object>(shape: RecordShape<T>, key: string, record: T): Promise<T> {
    const found = await this.#read(shape, key);
    if (found !== undefined) return found;
    try {
      await this.#config.write(key, JSON.stringify(record), 0);
      return record;
    } catch (conflict) {
      const first = await this.#read(shape, key);
      if (first === undefined) throw conflict;
      return first;
    }
  }

  /** @throws UnreadableRecordError: the content is unknown, so it must not be overwritten */
  async #read<T extends object>(shape: RecordShape<T>, key: string): Promise<T | undefined> {
    const entry = await this.#config.read(key);
    return entry === undefined ? undefined : readStored(shape, { key, text: entry.value });
  }
}
