/** A lane sender on a store that the test simulates; records the outcome of each send as text. */
import { ParleyError } from '../../runtime/core/errors.ts';
import { ManualClock } from '../../runtime/core/manual-clock.ts';
import { LaneSender } from '../../runtime/mailbox/lane-sender.ts';
import type { LaneSenderSettings } from '../../runtime/mailbox/send-limits.ts';
import type { SendMode } from '../../runtime/mailbox/sending.ts';
import { bytesOf } from './lanes.ts';
import { ScriptedPublisher } from './scripted-publisher.ts';

const settings: LaneSenderSettings = {
  window: 16,
  queuedPerLane: 8,
  queued: 32,
  dedupeWindowMs: 60_000,
  inFlightPerLane: 1,
};

export class SenderBench {
  readonly clock: ManualClock = new ManualClock();
  readonly store: ScriptedPublisher = new ScriptedPublisher();
  readonly sender: LaneSender;
  /** Outcomes in the order in which callers received them: `m1 stored 5`, `m2 dropped`, `m3 PARLEY_MAILBOX_FULL`. */
  readonly told: string[] = [];
  /** The errors that callers received. */
  readonly errors: Error[] = [];
  /** Called with the outcome that a caller has just received, before the sender continues. */
  onTold: (message: string) => void = () => undefined;

  constructor(given: Partial<LaneSenderSettings> = {}) {
    this.sender = new LaneSender(this.store, this.clock, { ...settings, ...given });
  }

  /** Sends `id` to a lane, by default in mode `reject` with 30 s. */
  send(lane: string, id: string, options: { readonly mode?: SendMode; readonly deadlineMs?: number } = {}): void {
    const { mode = 'reject', deadlineMs = 30_000 } = options;
    const tell = (what: string): void => {
      this.told.push(`${id} ${what}`);
      this.onTold(`${id} ${what}`);
    };
    this.sender.send({
      intentId: id,
      publication: { pool: 'main', subject: lane, messageId: id, payload: bytesOf(id) },
      mode,
      giveUpAt: this.clock.monotonic() + deadlineMs,
      stored: (seq) => tell(`stored ${seq}`),
      dropped: () => tell('dropped'),
      refused: (error) => {
        this.errors.push(error);
        tell(error instanceof ParleyError ? error.code : String(error));
      },
    });
  }

  /** Answers every publish in flight with the same outcome, every `everyMs`, until `ms` have passed. */
  answerFor(ms: number, everyMs: number, word: 'unknown' | 'unavailable' | 'full'): void {
    for (let passed = 0; passed < ms; passed += everyMs) {
      for (const id of [...this.store.inFlight]) this.store[word](id);
      this.clock.advance(everyMs);
    }
  }
}
