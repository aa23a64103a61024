/** What can go wrong when several nodes share a mesh. */
import { ParleyError } from '../core/errors.ts';

/** Nobody ever declared that kind in this mesh. */
export class UnknownAgentError extends ParleyError {
  constructor(kind: string, mesh: string) {
    super(
      'PARLEY_UNKNOWN_AGENT',
      `no agent of kind "${kind}" is known in mesh "${mesh}": start the app that declares it, or correct the name`,
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

/** The pool exists with other constants. */
export class PoolConflictError extends ParleyError {
  constructor(pool: string, partitions: number, wanted: number) {
    super(
      'PARLEY_POOL_CONFLICT',
      `pool "${pool}" has ${partitions} partitions since it was made, this app wants ${wanted}; leave the option out, or choose another pool`,
    );
  }
}

/** A living node serves the pool already. */
export class PoolOccupiedError extends ParleyError {
  constructor(pool: string, node: string) {
    super(
      'PARLEY_POOL_OCCUPIED',
      `pool "${pool}" is served by node "${node}", which answers\n` +
        'two nodes cannot share a pool in this release: its partitions do not move between living nodes\n' +
        'stop that node, or start this app with another "pool"',
      { retryable: true },
    );
  }
}
