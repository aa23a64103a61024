/** The delivery records of a node's partitions. Every delivery looks one up: by index, without building a key. */
import { DeliveryRecord } from './delivery-record.ts';

export class DeliveryRecords {
  readonly #grown: (bytes: number) => void;
  readonly #pools = new Map<string, (DeliveryRecord | undefined)[]>();

  /** @param grown called with the change of their size in bytes; negative for a decrease */
  constructor(grown: (bytes: number) => void) {
    this.#grown = grown;
  }

  /** Returns the record of a partition; creates it on first use. */
  of(pool: string, partition: number): DeliveryRecord {
    let records = this.#pools.get(pool);
    if (records === undefined) {
      records = [];
      this.#pools.set(pool, records);
    }
    let record = records[partition];
    if (record === undefined) {
      record = new DeliveryRecord(this.#grown);
      records[partition] = record;
    }
    return record;
  }

  /** Drops the record of a partition that another node owns: it is no longer complete. */
  forget(pool: string, partition: number): void {
    const records = this.#pools.get(pool);
    records?.[partition]?.clear();
    if (records !== undefined) records[partition] = undefined;
  }
}
