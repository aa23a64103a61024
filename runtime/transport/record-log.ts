/** The port to a log: records that are appended and never changed. */

export interface RecordLog {
  /** The largest payload of a record, in bytes, on the server that is connected now. */
  readonly maxBytes: number;
  /**
   * Resolves to the record's sequence when it is stored. The same `messageId` is stored once.
   * @throws RecordRefusedError when a retry changes nothing; TransportUnavailableError
   */
  append(record: NewRecord): Promise<number>;
  /** Returns the first record whose sequence is at least `seq`, of this key or of any; `undefined` without one. */
  next(seq: number, key?: string): Promise<LoggedRecord | undefined>;
  /** Returns the newest record of exactly this key, found without reading others. */
  latest(key: string): Promise<LoggedRecord | undefined>;
  /** Returns the newest sequence; 0 for a log without any record so far. */
  last(): Promise<number>;
}

/** Used for `maxBytes` while no server is known: the default of nats-server is 1 MiB, headers included. */
export const usualRecordBytes: number = 1024 * 1024 - 256;

export interface NewRecord {
  readonly key: string;
  readonly messageId: string;
  readonly payload: Uint8Array;
}

export interface LoggedRecord {
  readonly seq: number;
  readonly key: string;
  readonly payload: Uint8Array;
}
