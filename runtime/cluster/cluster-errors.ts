/** Errors of several nodes that share a mesh. */
import { ParleyError } from '../core/errors.ts';

/** The kind was never declared in this mesh, or no node has renewed it for so long that it has expired. */
export class UnknownAgentError extends ParleyError {
  /** @param nearest the known name that the kind may stand for */
  constructor(kind: string, mesh: string, nearest: string | undefined) {
    const suggestion = nearest === undefined ? '' : `: did you mean "${nearest}"?`;
    super(
      'PARLEY_UNKNOWN_AGENT',
      `no agent of kind "${kind}" is known in mesh "${mesh}": start the app that declares it, or correct the name${suggestion}`,
    );
  }
}

/** The kind belongs to another pool. */
export class KindConflictError extends ParleyError {
  constructor(kind: string, known: string, wanted: string) {
    super(
      'PARLEY_KIND_CONFLICT',
      `kind "${kind}" is known in pool "${known}", this app declares it in pool "${wanted}"; ` +
        'name it otherwise, or start the app with that pool',
    );
  }
}

/** The pool exists with other settings. */
export class PoolConflictError extends ParleyError {
  constructor(pool: string, partitions: number, wanted: number) {
    super(
      'PARLEY_POOL_CONFLICT',
      `pool "${pool}" has ${partitions} partitions since it was made, this app wants ${wanted}; leave the option out, or choose another pool`,
    );
  }
}

/** This node no longer owns a partition: its work for the partition's agents ends here, and continues at the next owner. */
export class PartitionLostError extends ParleyError {
  readonly epoch: number;

  constructor(pool: string, partition: number, epoch: number, why: string) {
    super(
      'PARLEY_PARTITION_LOST',
      `partition ${partition} of pool "${pool}", owned under epoch ${epoch}, is no longer this node's: ${why}`,
      { retryable: true },
    );
    this.epoch = epoch;
  }
}
