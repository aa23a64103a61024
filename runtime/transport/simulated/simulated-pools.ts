/** Pools as one connection sees them: each call is a request, repeated until an answer comes. */
import type { StoredMessage } from '../../core/delivery.ts';
import type { PoolSettings, Pools, PoolUsage, StrayPartition } from '../pool.ts';
import type { PropagatedHeaders } from '../propagated-headers.ts';
import type { SimulatedBroker } from './broker.ts';
import type { Requests } from './requests.ts';

/** The deadline of a request, as in the JetStream adapter. */
const usageMs = 2_000;

export class SimulatedPools implements Pools {
  readonly #broker: SimulatedBroker;
  readonly #requests: Requests;
  readonly #propagated: PropagatedHeaders;

  constructor(broker: SimulatedBroker, requests: Requests, propagated: PropagatedHeaders) {
    this.#broker = broker;
    this.#requests = requests;
    this.#propagated = propagated;
  }

  async ensure(pool: PoolSettings): Promise<void> {
    await this.#requests.ask(`making pool "${pool.pool}"`, () => this.#broker.ensurePool(pool));
  }

  async fetch(pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]> {
    const read = (): readonly StoredMessage[] => this.#broker.pool(pool).read(subject, seqs);
    return (await this.#requests.ask(`reading "${subject}"`, read)).map((message) => this.withPropagated(message));
  }

  async find(pool: string, seq: number): Promise<StoredMessage | undefined> {
    const found = await this.#requests.ask(`reading ${seq} of ${pool}`, () => this.#broker.pool(pool).find(seq));
    return found === undefined ? undefined : this.withPropagated(found);
  }

  async usage(pool: string): Promise<PoolUsage> {
    return this.#requests.ask(`looking how full "${pool}" is`, () => this.#broker.pool(pool).usage, usageMs);
  }

  async strays(pool: string, partitions: number): Promise<readonly StrayPartition[]> {
    return this.#requests.ask(`looking for strays of "${pool}"`, () => this.#broker.pool(pool).strays(partitions));
  }

  async backlog(pool: string): Promise<number> {
    return this.#requests.ask(`counting what "${pool}" holds`, () => this.#broker.pool(pool).messages);
  }

  /** Keeps only the requested headers. */
  withPropagated<T extends StoredMessage>(message: T): T {
    return { ...message, headers: this.#propagated.pick(message, ({ headers }, name) => headers?.[name] ?? '') };
  }
}
