/** One partition's ownership record in the store: read from the leader, replaced by compare-and-set. */
import { type Clock, toIso } from '../core/clock.ts';
import { RevisionConflictError, type Transport } from '../transport/index.ts';
import { claimRecord, type OwnerRecord, readOwnerRecord, releaseRecord } from './owner-record.ts';

export interface OwnerRecordStoreParts {
  readonly transport: Pick<Transport, 'bucket'>;
  readonly clock: Clock;
  readonly pool: string;
  readonly partition: number;
  readonly node: string;
}

export class OwnerRecordStore {
  readonly #parts: OwnerRecordStoreParts;
  readonly #key: string;
  #written = 0;

  constructor(parts: OwnerRecordStoreParts) {
    this.#parts = parts;
    this.#key = `${parts.pool}.${parts.partition}`;
  }

  /** The revision of the record that this node wrote last; 0 when, as far as it knows, that is no longer the newest. */
  get written(): number {
    return this.#written;
  }

  /** Reads the newest record from the leader. */
  async read(): Promise<OwnerRecord> {
    return readOwnerRecord(await this.#parts.transport.bucket('owners').read(this.#key));
  }

  /**
   * Replaces the record of that revision by this node's claim.
   * @returns the revision of the claim, which is the epoch
   * @throws RevisionConflictError, TransportUnavailableError
   */
  async writeClaim(revision: number): Promise<number> {
    const { transport, clock, node } = this.#parts;
    this.#written = await transport.bucket('owners').write(this.#key, claimRecord(node, toIso(clock.now())), revision);
    return this.#written;
  }

  /** Notes that another record may have replaced the one that this node wrote. */
  superseded(): void {
    this.#written = 0;
  }

  /** Replaces the record of that revision, which this node wrote, by a tombstone. Leaves the record of any other node alone. */
  async writeTombstone(revision: number): Promise<void> {
    const { transport, clock, node } = this.#parts;
    if (revision === 0) return;
    this.#written = 0;
    try {
      await transport.bucket('owners').write(this.#key, releaseRecord(node, toIso(clock.now())), revision);
    } catch (error) {
      if (!(error instanceof RevisionConflictError)) throw error;
    }
  }
}
