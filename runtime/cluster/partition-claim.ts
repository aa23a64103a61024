/**
 * One claim of a partition: writes this node's record over the one that was read (the sequence of that write is the epoch),
 * opens the feed named after the epoch, confirms the epoch by a fenced write.
 */
import type { Clock } from '../core/clock.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Random } from '../core/random.ts';
import { retry } from '../core/retry.ts';
import {
  type Feed,
  type FeedBreak,
  type FeedPlace,
  RevisionConflictError,
  StaleEpochError,
  type Transport,
} from '../transport/index.ts';
import { proveWithinMs } from './contact-limits.ts';
import type { OwnerRecordStore } from './owner-record-store.ts';

export interface ClaimParts {
  readonly transport: Pick<Transport, 'openFeed' | 'confirm'>;
  readonly records: OwnerRecordStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly pool: string;
  readonly partition: number;
  /** Aborted when the node releases the partition. */
  readonly released: AbortSignal;
}

export interface ClaimEvents {
  deliver(delivery: Delivery): void;
  /** Called when the record is written, with the monotonic time at which it was sent. */
  recorded(sentAt: number): void;
  /** Called when the feed is open and its epoch confirmed, with the time at which the confirming write was sent. */
  confirmed(feed: Feed, epoch: number, sentAt: number): void;
  broken(epoch: number, reason: FeedBreak): void;
}

/**
 * @param revision revision of the record to replace
 * @returns `false` when another node was faster, the feed broke at once, or the partition is released meanwhile
 * @throws TransportUnavailableError, ForeignConsumerError
 */
export async function claimPartition(parts: ClaimParts, revision: number, events: ClaimEvents): Promise<boolean> {
  const { transport, records, clock, pool, partition, released } = parts;
  if (released.aborted) return false;
  let feed: Feed | undefined;
  let brokenEarly = false;
  try {
    const writtenAt = clock.monotonic();
    const epoch = await records.writeClaim(revision);
    events.recorded(writtenAt);
    const at: FeedPlace = { pool, partition, epoch };
    feed = await transport.openFeed(at, {
      deliver: (delivery) => events.deliver(delivery),
      broken: (reason) => {
        brokenEarly = true;
        events.broken(epoch, reason);
      },
    });
    const sentAt = await confirmEpoch(parts, at, () => !brokenEarly);
    if (!brokenEarly && !released.aborted) {
      events.confirmed(feed, epoch, sentAt);
      return true;
    }
  } catch (error) {
    // the error that ended the claim is the one to report; a consumer that stays is deleted by the next owner
    await feed?.close().catch(() => undefined);
    const isFaster = error instanceof RevisionConflictError || error instanceof StaleEpochError;
    if (!isFaster) throw error;
    records.superseded();
    return false;
  }
  await feed?.close();
  return false;
}

/**
 * Repeats a confirmation that got no answer: one lost message does not end a claim. @returns when the confirmed one was sent
 */
async function confirmEpoch(parts: ClaimParts, at: FeedPlace, isOpen: () => boolean): Promise<number> {
  const { transport, clock, random, released } = parts;
  return retry({ clock, random, withinMs: proveWithinMs, signal: released }, async () => {
    const sentAt = clock.monotonic();
    if (isOpen()) await transport.confirm(at);
    return sentAt;
  });
}
