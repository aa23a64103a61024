/** The map kind → (pool, group), kept in the mesh's configuration and merged by compare-and-set. */
import { type Deferred, deferred } from '../core/deferred.ts';
import type { AgentId } from '../core/ids.ts';
import { formatAgentId } from '../core/ids.ts';
import { partitionOf } from '../core/partition.ts';
import { isCount, isText, orNull, type RecordShape, readStored } from '../core/stored-record.ts';
import { KindConflictError, PoolConflictError, UnknownAgentError } from './cluster-errors.ts';

/** The methods of the bucket "meshConfig" that the directory needs. */
export interface MeshConfig {
  read(key: string): Promise<{ readonly value: string; readonly revision: number } | undefined>;
  write(key: string, value: string, expected: number): Promise<number>;
}

/** The location of an agent's mailbox. */
export interface MailboxPlace {
  readonly pool: string;
  readonly partition: number;
}

interface PoolRecord {
  readonly v: 1;
  readonly partitions: number;
}

interface KindRecord {
  readonly v: 1;
  readonly pool: string;
  /** `null`: every agent is a group of its own. */
  readonly group: string | null;
}

const poolShape: RecordShape<PoolRecord> = { what: 'pool of the mesh', fields: { partitions: isCount } };
const kindShape: RecordShape<KindRecord> = {
  what: 'kind of the mesh',
  fields: { pool: isText, group: orNull(isText) },
};

interface KnownKind {
  readonly pool: string;
  readonly group: string | null;
  readonly partitions: number;
}

export class Directory {
  readonly #mesh: string;
  readonly #config: MeshConfig;
  readonly #known = new Map<string, KnownKind>();
  /** Pending look-ups: a thousand sends to a new kind cause one query. */
  readonly #asking = new Map<string, Promise<KnownKind>>();

  /** This node's kinds that are yet to be declared: look-ups of them wait for that. */
  readonly #expected = new Map<string, Deferred<void>>();

  /** @param own kinds that this node will declare */
  constructor(mesh: string, config: MeshConfig, own: Iterable<string> = []) {
    this.#mesh = mesh;
    this.#config = config;
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
    const found = await this.#create(poolShape, `pool.${pool}`, record);
    if (wanted !== undefined && found.partitions !== wanted) {
      throw new PoolConflictError(pool, found.partitions, wanted);
    }
    return found.partitions;
  }

  /**
   * Adds a kind of the pool; repeating the same entry is allowed.
   * @throws KindConflictError
   */
  async declareKind(kind: string, pool: string): Promise<void> {
    const record: KindRecord = { v: 1, pool, group: null };
    const found = await this.#create(kindShape, `kind.${kind}`, record);
    if (found.pool !== pool || found.group !== null) throw new KindConflictError(kind, found.pool, pool);
    this.#expected.get(kind)?.resolve();
    this.#expected.delete(kind);
  }

  /**
   * Locates the agent's mailbox, synchronously if the kind has been looked up before.
   * @throws UnknownAgentError, UnreadableRecordError
   */
  locate(agent: AgentId): MailboxPlace | Promise<MailboxPlace> {
    const known = this.#known.get(agent.kind);
    return known === undefined ? this.#lookUp(agent) : placeIn(known, agent);
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
    const kind = await this.#read(kindShape, `kind.${name}`);
    const pool = kind === undefined ? undefined : await this.#read(poolShape, `pool.${kind.pool}`);
    if (kind === undefined || pool === undefined) throw new UnknownAgentError(name, this.#mesh);
    const known: KnownKind = { pool: kind.pool, group: kind.group, partitions: pool.partitions };
    this.#known.set(name, known);
    return known;
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

function placeIn(known: KnownKind, agent: AgentId): MailboxPlace {
  return { pool: known.pool, partition: partitionOf(known.group ?? formatAgentId(agent), known.partitions) };
}
