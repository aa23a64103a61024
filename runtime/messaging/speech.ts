/** Arguments or results of sends, shared by the messenger and the contexts of agents. */
import type { Intent } from '../core/intent.ts';

/** The identity under which an intent is sent. */
export interface Speaker {
  /** `kind` or `kind/key`. */
  readonly self: string;
  /** The intent being handled; `undefined` outside any. */
  readonly parent: Intent | undefined;
}

/** An intent on its way to its receiver. */
export interface Sent {
  readonly intent_id: string;
  /** The receiver: `kind` or `kind/key`. */
  readonly to: string;
}

export interface AskOptions {
  /** How long to wait for the reply, milliseconds; 30 s by default. After that the intent is not handled. */
  readonly timeoutMs?: number;
}

export interface FoundKind {
  readonly kind: string;
  readonly pool: string;
  /** True when its agents have keys: address `kind/key`. */
  readonly keyed: boolean;
  /** The intent types that it accepts. */
  readonly accepts: readonly string[];
}

export interface BroadcastResult {
  readonly sent: readonly Sent[];
  /** Receivers that refused the intent, with the reason. */
  readonly refused: readonly { readonly to: string; readonly error: Error }[];
}
