/** The delivery records of a node's partitions. Looked up for every delivery: by index, without a key to be made. */
import { DeliveryRecord } from './delivery-record.ts';

export class DeliveryRecords {
  readonly #grown: (bytes: number) => void;
  readonly #pools = new Map<string, (DeliveryRecord | undefined)[]>();

  /** @param grown told how many bytes more they take, or fewer: negative */
  constructor(grown: (bytes: number) => void) {
    this.#grown = grown;
  }

  /** The record of a partition, made when it is asked for first. */
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

  /** Another node owns the partition: what this one knows of it is no longer the whole truth. */
  forget(pool: string, partition: number): void {
    const records = this.#pools.get(pool);
    records?.[partition]?.clear();
    if (records !== undefined) records[partition] = undefined;
  }
}
