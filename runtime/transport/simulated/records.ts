/** The store's side of a log: records in order, each message id once. */
import type { LoggedRecord, NewRecord } from '../record-log.ts';

export class Records {
  readonly #records: LoggedRecord[] = [];
  readonly #ids = new Map<string, number>();

  get all(): readonly LoggedRecord[] {
    return this.#records;
  }

  /** Appends a record. @returns its sequence, and whether it existed already */
  append({ key, messageId, payload }: NewRecord): { readonly seq: number; readonly known: boolean } {
    const known = this.#ids.get(messageId);
    if (known !== undefined) return { seq: known, known: true };
    const seq = this.#records.length + 1;
    this.#ids.set(messageId, seq);
    this.#records.push({ seq, key, payload });
    return { seq, known: false };
  }

  latest(key: string): LoggedRecord | undefined {
    return this.#records.findLast((record) => record.key === key);
  }

  next(seq: number, key: string | undefined): LoggedRecord | undefined {
    return this.#records.find((record) => record.seq >= seq && (key === undefined || record.key === key));
  }
}
