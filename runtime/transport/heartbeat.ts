/** The port to a heartbeat: a repeated message that continues while the main loop is busy. */

/** The content of a heartbeat; `contact_ms`, the age of the last contact, is added to it. */
export type HeartbeatFields = Readonly<Record<string, string | number>>;

export interface Heartbeat {
  /** Sets the content of the following beats; no beat is sent before the first call. */
  say(fields: HeartbeatFields): void;
  /** The main loop had a proof of contact, sent `ageMs` ago. */
  contacted(ageMs: number): void;
  stop(): Promise<void>;
}
