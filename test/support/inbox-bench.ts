/** An inbox whose surroundings the test simulates: the store, the agents, the listeners. */
import type { StoredMessage } from '../../runtime/core/delivery.ts';
import { silentLogger } from '../../runtime/core/logger.ts';
import { ManualClock } from '../../runtime/core/manual-clock.ts';
import type { LaneClass } from '../../runtime/core/subjects.ts';
import { Inbox, type InboxEvents, type InboxSettings } from '../../runtime/mailbox/inbox.ts';
import type { IntentHandler, Verdict } from '../../runtime/mailbox/intent-handler.ts';
import type { Lane, QueuedIntent } from '../../runtime/mailbox/lane.ts';
import { LaneLoader, type LaneReader } from '../../runtime/mailbox/lane-loader.ts';
import type { BucketRule } from '../../runtime/mailbox/token-bucket.ts';
import { turn } from '../../runtime/transport/simulated/index.ts';
import { bytesOf, laneSubject, textOf } from './lanes.ts';
import { freshLease } from './leases.ts';

export interface Letter {
  readonly text: string;
  readonly from?: string;
  readonly to?: string;
  readonly lane?: LaneClass;
  readonly partition?: number;
  readonly seq?: number;
  readonly storedAt?: number;
}

const roomy: InboxSettings = { maxMemoryBytes: 1e9, maxPayloadBytes: 1e6, payloadsPerAgent: 8, overloadedAt: 1_000 };
const done: Verdict = { kind: 'done' };

export class InboxBench implements IntentHandler, InboxEvents, LaneReader {
  /** Subjects of the replies that were passed on. */
  readonly replies: string[] = [];
  readonly clock: ManualClock = new ManualClock();
  readonly inbox: Inbox;
  readonly loader: LaneLoader;
  /** Texts in the order in which handling started. */
  readonly handed: string[] = [];
  /** Acknowledged sequences, in order. */
  readonly settledSeqs: number[] = [];
  /** Finished sequences that are not archived yet: while `archives` is set. */
  readonly unarchived: number[] = [];
  readonly lostFrom: number[] = [];
  archives = false;
  readonly rooms: boolean[] = [];
  readonly crowds: string[] = [];
  readonly reads: (readonly number[])[] = [];
  readonly stored: StoredMessage[] = [];
  readonly #known = new Set<number>();
  /** Answers at once by default; a test that wants to wait returns `this.later(...)`. */
  answer: (text: string, held: QueuedIntent, lane: Lane) => Verdict | Promise<Verdict> = () => done;
  rule: BucketRule | undefined;
  fetchFails = 0;
  mayBeIdle: () => void = () => undefined;
  readonly #waiting = new Map<string, (verdict: Verdict) => void>();
  #seq = 0;

  constructor(settings: Partial<InboxSettings> = {}) {
    this.loader = new LaneLoader(this, this.clock, { next: () => 1, bits32: () => 0 }, silentLogger);
    this.inbox = new Inbox({
      receiver: this,
      leaseOf: () => freshLease,
      events: this,
      loader: this.loader,
      clock: this.clock,
      log: silentLogger,
      settings: { ...roomy, ...settings },
    });
  }

  /** Stores and delivers a message. @returns its sequence */
  deliver(letter: Letter): number {
    const seq = letter.seq ?? ++this.#seq;
    const subject = laneSubject(letter.from ?? 'client/c', letter.to ?? 'agent/a', letter.lane, letter.partition);
    const payload = bytesOf(letter.text);
    const { partition = 0, storedAt = seq } = letter;
    if (!this.#known.has(seq)) this.stored.push({ seq, subject, storedAt, payload });
    this.#known.add(seq);
    this.inbox.deliver({ pool: 'main', partition, seq, subject, payload, storedAt });
    return seq;
  }

  deliverAll(from: string, texts: readonly string[], to = 'agent/a'): void {
    for (const text of texts) this.deliver({ from, to, text });
  }

  /** Makes agents slow: each intent waits for `finish`. */
  slow(): void {
    this.answer = (text) => new Promise((resolve) => this.#waiting.set(text, resolve));
  }

  get running(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** Ends a handling, then lets everything happen that follows from it. */
  async finish(text: string, verdict: Verdict = done): Promise<void> {
    const resolve = this.#waiting.get(text);
    if (resolve === undefined) throw new Error(`"${text}" is not being handled, but ${this.running.join(', ')}`);
    this.#waiting.delete(text);
    resolve(verdict);
    await turn();
  }

  /** Ends handlings one by one until none is left, including those that start meanwhile. */
  async finishAll(): Promise<void> {
    for (let next = this.running[0]; next !== undefined; next = this.running[0]) await this.finish(next);
  }

  handle(lane: Lane, held: QueuedIntent): Verdict | Promise<Verdict> {
    const text = textOf(held.payload);
    this.handed.push(text);
    return this.answer(text, held, lane);
  }

  reply(subject: string): void {
    this.replies.push(subject);
  }

  intake(): BucketRule | undefined {
    return this.rule;
  }

  cost(): number {
    return 1;
  }

  finished(_lane: Lane, { seq, payload }: QueuedIntent): boolean {
    if (!this.archives) return false;
    this.unarchived.push(seq);
    this.inbox.unarchived(payload.length);
    return true;
  }

  /** Archives the oldest finished message. */
  archive(bytes: number): void {
    const seq = this.unarchived.shift();
    if (seq === undefined) throw new Error('nothing waits for the archive');
    this.inbox.unarchived(-bytes);
    this.inbox.finish('main', 0, seq);
  }

  lost(_pool: string, _partition: number, fromSeq: number): void {
    this.lostFrom.push(fromSeq);
  }

  acknowledge(_pool: string, _partition: number, seq: number): void {
    this.settledSeqs.push(seq);
    const at = this.stored.findIndex((message) => message.seq === seq);
    if (at !== -1) this.stored.splice(at, 1);
  }

  room(open: boolean): void {
    this.rooms.push(open);
  }

  overloaded(_pool: string, agent: string, closed: boolean): void {
    this.crowds.push(`${agent} ${closed ? 'closed' : 'open'}`);
  }

  async fetch(_pool: string, subject: string, seqs: readonly number[]): Promise<readonly StoredMessage[]> {
    if (this.fetchFails-- > 0) throw new Error('no answer');
    this.reads.push(seqs);
    return this.stored.filter((message) => message.subject === subject && seqs.includes(message.seq));
  }
}

export const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}`);
