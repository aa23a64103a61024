/** Follows the finished intents of a mesh: its archive with its dead letters. */
import { deadShape } from '../../runtime/core/dead-record.ts';
import { clientKind } from '../../runtime/core/ids.ts';
import { readStored } from '../../runtime/core/stored-record.ts';
import type { Intent } from '../../runtime/index.ts';
import { textOf } from '../../runtime/inspect/records.ts';
import { readGroup } from '../../runtime/mailbox/archive-group.ts';
import type { LoggedRecord, RecordLog, Transport } from '../../runtime/transport/index.ts';
import type { Ledger } from './ledger.ts';

export class FinishedIntents {
  readonly #transport: Transport;
  readonly #ledger: Ledger;
  #archivedUntil = 0;
  #deadUntil = 0;
  #dead = 0;

  constructor(transport: Transport, ledger: Ledger) {
    this.#transport = transport;
    this.#ledger = ledger;
  }

  /** Dead letters so far. */
  get dead(): number {
    return this.#dead;
  }

  /** Reads both to their end: often enough that neither drops records for age or size in between. */
  async read(): Promise<void> {
    this.#archivedUntil = await readOn(this.#transport.log('archive'), this.#archivedUntil, ({ payload }) => {
      for (const { intent } of readGroup(payload)) this.#finished(intent as Intent);
    });
    this.#deadUntil = await readOn(this.#transport.log('dead'), this.#deadUntil, (record) => {
      this.#dead++;
      const { payload } = readStored(deadShape, textOf(record));
      this.#finished(JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Intent);
    });
  }

  /** Skips intents between agents, which the ledger does not track. */
  #finished({ intent_id: id, from_agent: from }: Intent): void {
    if (from.startsWith(`${clientKind}/`)) this.#ledger.finish(id);
  }
}

/** @returns the sequence of the last record that was read */
async function readOn(log: RecordLog, after: number, take: (record: LoggedRecord) => void): Promise<number> {
  let last = after;
  for (let next = await log.next(last + 1); next !== undefined; next = await log.next(last + 1)) {
    take(next);
    last = next.seq;
  }
  return last;
}
