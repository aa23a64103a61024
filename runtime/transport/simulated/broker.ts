/** The simulated JetStream server: one per mesh, shared by the connections of all simulated processes. */
import type { Clock } from '../../core/clock.ts';
import { checkMesh } from '../../core/ids.ts';
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import { seededRandom } from '../../core/random.ts';
import type { BucketName, LogName } from '../../core/stores.ts';
import { parseMailboxSubject } from '../../core/subjects.ts';
import type { FeedPlace } from '../feed.ts';
import type { PoolSettings } from '../pool.ts';
import { StoreSet } from '../store-set.ts';
import { StaleEpochError, TransportUnavailableError } from '../transport-errors.ts';
import type { SimulatedConsumer } from './consumer.ts';
import { FaultPlan } from './faults.ts';
import { History } from './history.ts';
import type { Link } from './link.ts';
import { PoolStream } from './pool-stream.ts';
import { Records } from './records.ts';
import { Revisions } from './revisions.ts';
import { Switchboard } from './switchboard.ts';

interface Lane {
  readonly pool: string;
  readonly partition: number;
}

export interface BrokerSettings {
  readonly mesh: string;
  readonly clock: Clock;
  /** The faults; by default there are none until they are changed. */
  readonly faults?: FaultPlan;
}

/** Every call takes effect at the store at once; the connections simulate the way there and back (`link.ts`). */
export class SimulatedBroker {
  readonly mesh: string;
  readonly clock: Clock;
  readonly faults: FaultPlan;
  readonly history: History = new History();
  readonly switchboard: Switchboard = new Switchboard();
  /** The links of the connections, in order of creation. */
  readonly links: Set<Link> = new Set<Link>();
  readonly #stores: StoreSet<Records, Revisions>;
  readonly #pools = new Map<string, PoolStream>();
  readonly #lanes = new Map<string, Lane | undefined>();
  #connections = 0;

  constructor(settings: BrokerSettings) {
    this.mesh = checkMesh(settings.mesh);
    this.clock = settings.clock;
    this.#stores = new StoreSet(
      () => new Records(),
      () => new Revisions(settings.clock),
    );
    this.faults = settings.faults ?? new FaultPlan(seededRandom(1));
  }

  log(name: LogName): Records {
    return this.#stores.log(name);
  }

  bucket(name: BucketName): Revisions {
    return this.#stores.bucket(name);
  }

  /** Describes the messages in transit on all connections, for people. */
  pending(): readonly string[] {
    return [...this.links].flatMap((link) => link.pending());
  }

  /** Names a connection in the history. */
  nextConnection(): string {
    return `c${++this.#connections}`;
  }

  note(event: string, ...details: readonly (string | number)[]): void {
    this.history.add(this.clock.monotonic(), event, ...details);
  }

  ensurePool(settings: PoolSettings): void {
    const found = this.#pools.get(settings.pool);
    if (found !== undefined) return found.compare(settings);
    this.#pools.set(settings.pool, new PoolStream(this.clock, this.mesh, settings));
    this.note('pool', settings.pool);
  }

  /** @throws TransportUnavailableError when the pool was never created */
  pool(name: string): PoolStream {
    const found = this.#pools.get(name);
    if (found === undefined) throw new TransportUnavailableError(`looking for the stream of pool "${name}"`);
    return found;
  }

  publish(publication: Publication): PublishOutcome {
    const { subject, messageId, payload } = publication;
    const outcome = this.#take(publication);
    this.note(outcome.kind, subject, messageId, ...('seq' in outcome ? [outcome.seq] : []), payload.length);
    return outcome;
  }

  openConsumer(by: string, at: FeedPlace): SimulatedConsumer {
    const consumer = this.pool(at.pool).openConsumer(at.partition, at.epoch, () => this.confirm(at));
    this.note('open', by, at.pool, at.partition, at.epoch);
    return consumer;
  }

  /** @throws StaleEpochError when the partition's ownership record is not the one of this epoch */
  confirm({ pool, partition, epoch }: FeedPlace): void {
    if (this.bucket('owners').read(`${pool}.${partition}`)?.revision !== epoch)
      throw new StaleEpochError(pool, partition, epoch);
  }

  deleteConsumer(at: FeedPlace): void {
    if (this.pool(at.pool).deleteConsumer(at.partition, at.epoch)) {
      this.note('delete', at.pool, at.partition, at.epoch);
    }
  }

  #take(publication: Publication): PublishOutcome {
    if (this.faults.strikes('refusePublish')) return { kind: 'unavailable', reason: 'no stream leader answers' };
    const lane = this.#laneOf(publication.subject);
    const stream = lane && this.#pools.get(lane.pool);
    if (stream === undefined) return { kind: 'unavailable', reason: 'no stream takes this subject' };
    return stream.store(publication, lane?.partition ?? 0);
  }

  #laneOf(subject: string): Lane | undefined {
    if (this.#lanes.has(subject)) return this.#lanes.get(subject);
    const lane = subject.startsWith(`${this.mesh}.`) ? parseMailboxSubject(subject) : undefined;
    this.#lanes.set(subject, lane);
    return lane;
  }
}
