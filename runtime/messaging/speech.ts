/** What senders say and get back: the words that the messenger and the contexts of agents share. */
import type { Intent } from '../core/intent.ts';

/** In whose name something is said. */
export interface Speaker {
  /** `kind` or `kind/key`. */
  readonly self: string;
  /** The intent in hand; `undefined` outside any. */
  readonly parent: Intent | undefined;
}

/** An intent that is on its way to its receiver. */
export interface Sent {
  readonly intent_id: string;
  /** The receiver: `kind` or `kind/key`. */
  readonly to: string;
}

export interface AskOptions {
  /** How long to wait for the reply, milliseconds; 30 s by default. The intent is not handled after that. */
  readonly timeoutMs?: number;
}

export interface FoundKind {
  readonly kind: string;
  readonly pool: string;
  /** Its agents have keys: write to `kind/key`. */
  readonly keyed: boolean;
  /** The intent types that it accepts. */
  readonly accepts: readonly string[];
}

export interface BroadcastResult {
  readonly sent: readonly Sent[];
  /** Those that could not be reached, and why. */
  readonly refused: readonly { readonly to: string; readonly error: Error }[];
}
