/** The logs and buckets of the catalogue by name, as `transport.log(name)` and `transport.bucket(name)` return them. */
import { ParleyError, show } from '../core/errors.ts';
import { type BucketName, bucketNames, type LogName, logNames } from '../core/stores.ts';

/** The catalogue does not have the name; in TypeScript the compiler refuses it. */
export class UnknownStoreError extends ParleyError {
  constructor(kind: 'log' | 'bucket', name: string, known: readonly string[]) {
    super('PARLEY_UNKNOWN_STORE', `a mesh has no ${kind} ${show(name)}; it has ${known.join(', ')}`);
  }
}

export class StoreSet<Log, Bucket> {
  readonly #logs: ReadonlyMap<string, Log>;
  readonly #buckets: ReadonlyMap<string, Bucket>;

  constructor(openLog: (name: LogName) => Log, openBucket: (name: BucketName) => Bucket) {
    this.#logs = new Map(logNames.map((name) => [name, openLog(name)]));
    this.#buckets = new Map(bucketNames.map((name) => [name, openBucket(name)]));
  }

  /** @throws UnknownStoreError */
  log(name: LogName): Log {
    const found = this.#logs.get(name);
    if (found === undefined) throw new UnknownStoreError('log', name, logNames);
    return found;
  }

  /** @throws UnknownStoreError */
  bucket(name: BucketName): Bucket {
    const found = this.#buckets.get(name);
    if (found === undefined) throw new UnknownStoreError('bucket', name, bucketNames);
    return found;
  }
}
