/** How full the stream of a pool is. */
import type { Transport } from '../transport/index.ts';

export interface PoolFill {
  /** Waiting in the store, or in a node without an acknowledgement. */
  readonly messages: number;
  /** Part of its bytes that is taken, 0 to 1; 0 for a stream without a bound. */
  readonly fill: number;
}

/** `undefined`: the store does not say. A 0, or a number of long ago, would look like one of now. */
export async function poolFill(transport: Pick<Transport, 'usage'>, pool: string): Promise<PoolFill | undefined> {
  try {
    const { messages, bytes, maxBytes } = await transport.usage(pool);
    return { messages, fill: maxBytes > 0 ? bytes / maxBytes : 0 };
  } catch {
    return undefined;
  }
}
