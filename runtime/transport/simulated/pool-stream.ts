/** A pool's stream as the server keeps it: lanes of bounded length in one sequence, a work queue per partition. */
import type { Clock } from '../../core/clock.ts';
import type { StoredMessage } from '../../core/delivery.ts';
import type { Publication, PublishOutcome } from '../../core/publication.ts';
import { mailboxStream } from '../../core/subjects.ts';
import type { PoolOption, PoolSettings, PoolUsage, StrayPartition } from '../pool.ts';
import { outgoingHeaders } from '../propagated-headers.ts';
import { StreamConflictError } from '../transport-errors.ts';
import { type QueuedMessage, SimulatedConsumer } from './consumer.ts';
import { DedupeWindow } from './dedupe-window.ts';

interface Kept extends QueuedMessage {
  readonly partition: number;
  readonly bytes: number;
}

/** The overhead of the server's file format beside a message's subject, id and payload. */
const overheadBytes = 48;
/** The largest answer to a read, so that a lane of large intents cannot flood the node. */
const fetchBytes = 1024 * 1024;

export class PoolStream {
  readonly #settings: PoolSettings;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #ids: DedupeWindow;
  readonly #bySeq = new Map<number, Kept>();
  readonly #lanes = new Map<string, Map<number, Kept>>();
  readonly #consumers = new Map<number, SimulatedConsumer>();
  #seq = 0;
  #bytes = 0;

  constructor(clock: Clock, mesh: string, settings: PoolSettings) {
    this.#settings = settings;
    this.#clock = clock;
    this.#name = mailboxStream(mesh, settings.pool);
    this.#ids = new DedupeWindow(clock, settings.dedupeWindowMs);
  }

  get messages(): number {
    return this.#bySeq.size;
  }

  get usage(): PoolUsage {
    const { maxBytes } = this.#settings;
    return { messages: this.messages, bytes: this.#bytes, maxBytes, time: this.#clock.now() };
  }

  /** Adopts the stream. @throws StreamConflictError when a given setting differs; other settings stay as they are */
  compare(settings: PoolSettings): void {
    const options: readonly PoolOption[] = ['laneCapacity', 'maxBytes', 'replicas', 'dedupeWindowMs'];
    for (const setting of settings.given ?? options) {
      const [wanted, found] = [settings[setting], this.#settings[setting]];
      if (wanted !== found) throw new StreamConflictError(this.#name, { setting, found, wanted, option: setting });
    }
  }

  /** Returns messages for partitions that the pool does not have. */
  strays(partitions: number): readonly StrayPartition[] {
    const counts = new Map<string, number>();
    for (const { partition } of this.#bySeq.values()) {
      if (partition >= partitions) counts.set(String(partition), (counts.get(String(partition)) ?? 0) + 1);
    }
    return [...counts].map(([partition, messages]) => ({ partition, messages }));
  }

  /** A duplicate is recognised before anything else; a refusal leaves no trace. */
  store({ subject, messageId, payload, headers }: Publication, partition: number): PublishOutcome {
    const earlier = this.#ids.find(messageId);
    if (earlier !== undefined) return { kind: 'stored', seq: earlier, duplicate: true };
    const lane = this.#lanes.get(subject) ?? new Map<number, Kept>();
    if (lane.size >= this.#settings.laneCapacity) return { kind: 'mailbox_full' };
    const bytes = overheadBytes + subject.length + messageId.length + payload.length;
    if (this.#bytes + bytes > this.#settings.maxBytes) return { kind: 'store_full' };
    const seq = ++this.#seq;
    const kept = headers && Object.fromEntries(outgoingHeaders(headers));
    const message: Kept = { seq, subject, partition, bytes, payload, headers: kept, storedAt: this.#clock.now() };
    this.#ids.remember(messageId, seq);
    this.#bySeq.set(seq, message);
    this.#lanes.set(subject, lane.set(seq, message));
    this.#bytes += bytes;
    this.#consumers.get(partition)?.offer(message);
    return { kind: 'stored', seq, duplicate: false };
  }

  find(seq: number): StoredMessage | undefined {
    return this.#bySeq.get(seq);
  }

  read(subject: string, seqs: readonly number[]): readonly StoredMessage[] {
    const found: StoredMessage[] = [];
    let bytes = 0;
    for (const seq of seqs) {
      const message = this.#bySeq.get(seq);
      if (message === undefined || message.subject !== subject) continue;
      bytes += message.payload.length;
      if (found.length > 0 && bytes > fetchBytes) break;
      const { storedAt, payload, headers } = message;
      found.push({ seq, subject, storedAt, payload, headers });
    }
    return found;
  }

  /** Returns the unacknowledged messages in order. */
  stored(): readonly StoredMessage[] {
    return [...this.#bySeq.values()];
  }

  /**
   * Returns the consumer of that epoch, creating it if necessary; deletes one of another epoch.
   * @param confirm throws when the epoch is no longer the newest: then nothing is deleted
   */
  openConsumer(partition: number, epoch: number, confirm: () => void): SimulatedConsumer {
    const found = this.#consumers.get(partition);
    if (found?.epoch === epoch) return found;
    if (found !== undefined) confirm();
    found?.delete();
    const stored = [...this.#bySeq.values()].filter((message) => message.partition === partition);
    const made = new SimulatedConsumer(epoch, stored, (seq) => this.#remove(seq));
    this.#consumers.set(partition, made);
    return made;
  }

  /** Deletes the consumer, for an operator or an owner that closes its feed. @returns whether it existed */
  deleteConsumer(partition: number, epoch: number): boolean {
    const found = this.#consumers.get(partition);
    if (found === undefined || found.epoch !== epoch) return false;
    this.#consumers.delete(partition);
    found.delete();
    return true;
  }

  #remove(seq: number): void {
    const message = this.#bySeq.get(seq);
    if (message === undefined) return;
    this.#bySeq.delete(seq);
    this.#bytes -= message.bytes;
    const lane = this.#lanes.get(message.subject);
    lane?.delete(seq);
    if (lane?.size === 0) this.#lanes.delete(message.subject);
  }
}
