/** The id by which the server recognises a repetition: one per sender, receiver, lane, intent and redrive. */
import { hash } from 'node:crypto';

export interface MessageOrigin {
  /** `kind` or `kind/key`. */
  readonly from: string;
  readonly to: string;
  readonly lane: string;
  readonly intentId: string;
  /** 1 for the first send, one more for each deliberate resend. */
  readonly redrive: number;
}

/**
 * @param salt known only to the mesh's nodes: an outsider who predicts an id could use it up, and the server would then drop
 * the intent as a repetition
 * @returns 22 characters of URL-safe Base64: 132 bits of SHA-256
 */
export function messageId(salt: string, { from, to, lane, intentId, redrive }: MessageOrigin): string {
  return hash('sha256', `${salt}\n${from}\n${to}\n${lane}\n${intentId}\n${redrive}`, 'base64url').slice(0, 22);
}
