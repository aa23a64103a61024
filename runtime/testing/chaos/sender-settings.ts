/** The settings that a run passes to the process of its senders. */
import { z } from 'zod';

/** The settings as JSON in `senderVariable`. */
export interface SenderSettings {
  readonly history: string;
  readonly process: string;
  readonly nats: string;
  readonly mesh: string;
  readonly seed: number;
  /** Intents a second. */
  readonly rate: number;
}

export const senderVariable = 'PARLEY_CHAOS_SENDER';

/**
 * - `gateways`: the present HTTP addresses of the nodes.
 * - `flood`: send bulky intents for a time, as many as are accepted.
 * - `end`: stop sending, then end once every send has its answer.
 */
export type SenderMessage =
  | { readonly kind: 'gateways'; readonly urls: readonly string[] }
  | { readonly kind: 'flood'; readonly ms: number }
  | { readonly kind: 'end' };

export const senderMessage: z.ZodType<SenderMessage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gateways'), urls: z.array(z.string()) }),
  z.object({ kind: z.literal('flood'), ms: z.number() }),
  z.object({ kind: z.literal('end') }),
]);
