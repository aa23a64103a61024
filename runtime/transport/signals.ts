/** The port to core NATS: at most once, nobody may be listening. */
import type { MessageHeaders } from '../core/delivery.ts';

/** The answer's text. Must not reject. */
export type Serve = (subject: string, payload: Uint8Array, headers: MessageHeaders | undefined) => Promise<string>;

export interface Signals {
  notify(subject: string, text: string): void;
  /** Returns the way to stop. `answer` replies to whoever asked. */
  listen(subject: string, handler: (text: string, answer: (text: string) => void) => void): () => void;
  /**
   * Answers requests from anybody on the server, whatever speaks NATS, on every subject that fits the pattern (`*` is one token); of
   * all that serve in the same queue, one gets each. Returns the way to stop.
   */
  serve(pattern: string, queue: string, handler: Serve): () => void;
  /**
   * Tells of each message that is dropped because its reply subject is no inbox: with the subject that is listened on, or the pattern
   * that is served. Returns the way to stop.
   */
  onForeignReply(heard: (subject: string) => void): () => void;
  /** The first answer, or `undefined` when nobody listens or none came in time. */
  ask(subject: string, text: string, timeoutMs: number): Promise<string | undefined>;
}
