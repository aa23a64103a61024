/** The port to core NATS: at most once, possibly without a listener. */
import type { MessageHeaders } from '../core/delivery.ts';

/** The answer's text. Must not reject. */
export type Serve = (subject: string, payload: Uint8Array, headers: MessageHeaders | undefined) => Promise<string>;

export interface Signals {
  notify(subject: string, text: string): void;
  /** Listens on a subject. Returns a function that stops it. `answer` replies to the requester. */
  listen(subject: string, handler: (text: string, answer: (text: string) => void) => void): () => void;
  /**
   * Answers requests of any NATS client on the server, on every subject that matches the pattern (`*` is one token). Among
   * servers of the same queue, one gets each request. Returns a function that stops it.
   */
  serve(pattern: string, queue: string, handler: Serve): () => void;
  /**
   * Reports each message that is dropped because its reply subject is not an inbox, with the subject or the pattern of the
   * listener. Returns a function that stops it.
   */
  onForeignReply(heard: (subject: string) => void): () => void;
  /** Returns the first answer, or `undefined` when there is no listener or no answer in time. */
  ask(subject: string, text: string, timeoutMs: number): Promise<string | undefined>;
}
