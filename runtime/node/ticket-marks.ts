/**
 * Marks handled intents for senders with tickets: only such a mark gives a ticket the status "handled". An intent is
 * acknowledged after its mark is stored, or cannot be stored: until then its mailbox has it, and the ticket's status is
 * "waiting".
 */
import { reasonOf } from '../core/errors.ts';
import { type HandledRecord, handledKey } from '../core/handled-record.ts';
import type { Logger } from '../core/logger.ts';
import type { RecordLog } from '../transport/index.ts';

export interface TicketMarksParts {
  readonly handled: Pick<RecordLog, 'append'>;
  readonly log: Logger;
  readonly pool: string;
}

/** A mark on its way to the store. */
interface Mark {
  readonly partition: number;
  readonly seq: number;
  /** The action that waits for the mark; removed when its sequence is lost. */
  act: (() => void) | undefined;
}

export class TicketMarks {
  readonly #parts: TicketMarksParts;
  readonly #writing = new Map<string, Mark>();

  constructor(parts: TicketMarksParts) {
    this.#parts = parts;
  }

  /** Number of marks on their way to the store. */
  get pending(): number {
    return this.#writing.size;
  }

  add(partition: number, seq: number, intent_id: string): void {
    const { handled, log, pool } = this.#parts;
    const key = handledKey(pool, partition, seq);
    const record: HandledRecord = { v: 1, intent_id };
    const mark: Mark = { partition, seq, act: undefined };
    this.#writing.set(key, mark);
    handled
      .append({ key, messageId: `${key}.${intent_id}`, payload: Buffer.from(JSON.stringify(record)) })
      .catch((error: unknown) => {
        const reason = reasonOf(error);
        log.warn({ key, intent: intent_id, reason }, 'a ticket will say "unknown": its mark is not stored');
      })
      .finally(() => {
        if (this.#writing.get(key) === mark) this.#writing.delete(key);
        mark.act?.();
      });
  }

  /** Calls `act` when the mark is stored or given up; at once when there is none on its way. */
  after(partition: number, seq: number, act: () => void): void {
    const mark = this.#writing.size === 0 ? undefined : this.#writing.get(handledKey(this.#parts.pool, partition, seq));
    if (mark === undefined) act();
    else mark.act = act;
  }

  /** Drops the waiting actions from this sequence on: the sequences mean other messages now, or belong to another node. */
  lose(partition: number, fromSeq: number): void {
    for (const [key, mark] of this.#writing) {
      if (mark.partition !== partition || mark.seq < fromSeq) continue;
      mark.act = undefined;
      this.#writing.delete(key);
    }
  }
}
