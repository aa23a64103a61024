/** The archive of one partition: interprets the store's answers, writes the note for an intent that the archive refuses. */
import type { DeadLetters } from '../actor/dead-letters.ts';
import { contentId } from '../core/content-id.ts';
import { type ArchiveGroup, readGroup } from '../mailbox/archive-group.ts';
import type { ArchiveAnswer } from '../mailbox/archiver.ts';
import { type RecordLog, RecordRefusedError } from '../transport/index.ts';

/** The reason of a dead letter that is only a note: the intent was finished, but the archive has no record of it. */
const notArchived = 'PARLEY_NOT_ARCHIVED';

export interface PartitionArchiveParts {
  readonly log: RecordLog;
  readonly deadLetters: DeadLetters;
  readonly pool: string;
  readonly partition: number;
}

export class PartitionArchive {
  readonly #parts: PartitionArchiveParts;

  constructor(parts: PartitionArchiveParts) {
    this.#parts = parts;
  }

  get maxBytes(): number {
    return this.#parts.log.maxBytes;
  }

  /** Sequences are reused after a store was wiped: the id of a group is a hash of its content. */
  async store(payload: Uint8Array): Promise<ArchiveAnswer> {
    const { log, pool, partition } = this.#parts;
    try {
      await log.append({ key: `${pool}.${partition}`, messageId: contentId(payload), payload });
      return 'stored';
    } catch (error) {
      if (error instanceof RecordRefusedError && error.why === 'too_large') return 'too_large';
      throw error;
    }
  }

  async note(group: ArchiveGroup, reason: string): Promise<void> {
    const { deadLetters, pool, partition } = this.#parts;
    for (const [n, { seq, outcome, attempts, at, intent }] of readGroup(group.payload).entries()) {
      const subject = group.subjects[n] ?? '';
      const errors = [`it was finished, and its record is not in the archive: ${reason}`];
      const intent_id = idOf(intent);
      const head = {
        pool,
        partition,
        seq,
        subject,
        intent_id,
        reason: notArchived,
        attempts,
        errors,
        died_at: at,
        outcome,
      };
      await deadLetters.record(head, Buffer.from(JSON.stringify(intent)));
    }
  }
}

function idOf(intent: unknown): string | null {
  const isIntent = typeof intent === 'object' && intent !== null && 'intent_id' in intent;
  return isIntent && typeof intent.intent_id === 'string' ? intent.intent_id : null;
}
