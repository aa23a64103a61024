/** The port to a repeated message that a busy main loop does not hold back. */

/** What a heartbeat says; `contact_ms`, the age of the last contact, is added to it. */
export type HeartbeatFields = Readonly<Record<string, string | number>>;

export interface Heartbeat {
  /** What each beat says from now on; nothing is said before the first call. */
  say(fields: HeartbeatFields): void;
  /** The main loop had a proof of contact, sent `ageMs` ago. */
  contacted(ageMs: number): void;
  stop(): Promise<void>;
}
