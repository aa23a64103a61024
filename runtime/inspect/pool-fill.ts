/** The fill level of a pool's stream. */
import type { Pools } from '../transport/index.ts';

export interface PoolFill {
  /** Messages in the store, including those that a node holds unacknowledged. */
  readonly messages: number;
  /** Share of its bytes in use, 0 to 1; 0 for a stream without a limit. */
  readonly fill: number;
}

/** Returns `undefined` when the store does not answer. A 0, or an old number, would look like a present one. */
export async function poolFill(pools: Pick<Pools, 'usage'>, pool: string): Promise<PoolFill | undefined> {
  try {
    const { messages, bytes, maxBytes } = await pools.usage(pool);
    return { messages, fill: maxBytes > 0 ? bytes / maxBytes : 0 };
  } catch {
    return undefined;
  }
}
