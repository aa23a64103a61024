/** Pools of a store that may not be connected yet: each call waits for the connection. */
import type { Pools } from '../pool.ts';
import type { Connecting } from './connecting.ts';

export function lazyPools(connecting: Connecting): Pools {
  const reached = async (what: string): Promise<Pools> => (await connecting.reached(what)).pools;
  return {
    ensure: async (pool) => (await reached('making a pool')).ensure(pool),
    fetch: async (pool, subject, seqs) => (await reached('reading a lane')).fetch(pool, subject, seqs),
    find: async (pool, seq) => (await reached('reading a message')).find(pool, seq),
    usage: async (pool) => (await reached('looking how full a pool is')).usage(pool),
    strays: async (pool, partitions) => (await reached('looking for strays')).strays(pool, partitions),
    backlog: async (pool) => (await reached('counting what a pool holds')).backlog(pool),
  };
}
