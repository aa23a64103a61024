/** What a run tells the process of its senders. */
import { z } from 'zod';

/** JSON in `senderVariable`. */
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
 * - `gateways`: where nodes take HTTP from now on.
 * - `flood`: as many bulky intents as are taken, for so long.
 * - `end`: sends nothing more, and ends when everything that it sent has an answer.
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
