/**
 * Dispatches queued intents: one at a time per agent, its lanes in turn, while the partition's lease is fresh and the archive
 * has room.
 *
 * queued ──hand──▶ handled by the receiver ──done, dead──▶ settled
 *    ▲                 ├ retry ──▶ head of its lane, which pauses ─┐
 *    └─────────────────┼───────────────────────────────────────────┘
 *                      ├ suspended ──▶ stays in the store
 *                      └ lease lost meanwhile ──▶ head of its lane again, as if not begun
 */
import type { Logger } from '../core/logger.ts';
import { faultOf } from '../core/stack.ts';
import type { TimerSet } from '../core/timer-set.ts';
import type { Intake } from './intake.ts';
import type { IntentHandler, Outcome, Verdict } from './intent-handler.ts';
import type { Lane, QueuedIntent } from './lane.ts';
import type { LaneEntry } from './lane-table.ts';
import type { Lease, LeaseOf } from './lease.ts';
import type { Mailbox } from './mailbox.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { PayloadReloader } from './payload-reloader.ts';

export interface DispatcherParts {
  readonly receiver: IntentHandler;
  readonly memory: MemoryBudget;
  readonly intake: Intake;
  readonly reloader: PayloadReloader;
  readonly timers: TimerSet;
  readonly leaseOf: LeaseOf;
  readonly log: Logger;
  /**
   * Called when an intent has ended; without an outcome there is nothing to archive. The payload is valid only during the call.
   */
  readonly settled: (lane: Lane, queued: QueuedIntent, outcome: Outcome | undefined) => void;
  /** Called when the node holds one intent less. */
  readonly removed: (mailbox: Mailbox, lane: Lane) => void;
  /** Called when the receiver handles no intent any more. */
  readonly idle: () => void;
}

/** For a receiver that throws, although it must not. */
const afterThrow: Verdict = Object.freeze({ kind: 'retry', afterMs: 5_000 });

export class Dispatcher {
  readonly #parts: DispatcherParts;
  /** Mailboxes that wait until the archive has room. */
  readonly #waiting = new Set<Mailbox>();
  /** Lanes that wait for a new proof of contact with the store. */
  readonly #heldBack = new Map<Lane, Mailbox>();
  #stopped = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Tells whether a new intent may start at once, unqueued and uncopied. */
  canStart({ lane, mailbox }: LaneEntry, lease: Lease): boolean {
    if (this.#stopped || !mailbox.isFree || lane.length > 0 || lane.loading) return false;
    if (!lease.isFresh || !this.#parts.memory.mayHandOut) return false;
    return this.#parts.intake.rule(mailbox, lane) === undefined;
  }

  start({ lane, mailbox }: LaneEntry, queued: QueuedIntent, lease: Lease): void {
    const { memory } = this.#parts;
    memory.add(mailbox, lane.at.pool);
    memory.keep(mailbox, 1, queued.payload.length);
    lane.start(queued);
    if (this.#hand(mailbox, lane, queued, lease)) this.serve(mailbox);
  }

  /** Dispatches intents while the agent is free. Serves a receiver that answers synchronously in a loop, not by recursion. */
  serve(mailbox: Mailbox): void {
    const { memory, leaseOf, reloader, intake } = this.#parts;
    while (!mailbox.busy && !this.#stopped) {
      if (!memory.mayHandOut) {
        this.#waiting.add(mailbox);
        return;
      }
      const lane = mailbox.next();
      if (lane === undefined) return;
      const lease = leaseOf(lane.at.partition);
      if (lease?.isFresh !== true) {
        this.#holdBack(mailbox, lane, lease);
        continue;
      }
      const queued = lane.take();
      if (queued === undefined) {
        if (!reloader.load(mailbox, lane)) return mailbox.giveBack(lane);
        continue;
      }
      if (!intake.pay(mailbox, lane, queued, () => this.serve(mailbox))) {
        lane.putBack();
        mailbox.giveBack(lane);
        continue;
      }
      reloader.loadAhead(mailbox, lane);
      if (!this.#hand(mailbox, lane, queued, lease)) return;
    }
  }

  /** Serves the mailboxes that waited for the archive, if it has room now. */
  serveWaiting(): void {
    if (this.#waiting.size === 0 || !this.#parts.memory.mayHandOut) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const mailbox of waiting) this.serve(mailbox);
  }

  /** Resumes the lanes of a partition under its new lease. */
  resume(partition: number): void {
    for (const lane of [...this.#heldBack.keys()]) if (lane.at.partition === partition) this.#goOn(lane);
  }

  /** Forgets an emptied lane: it no longer waits for a lease. */
  forget(lane: Lane): void {
    if (this.#heldBack.delete(lane)) lane.pausing = false;
  }

  /** Stops dispatching. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Holds back a lane whose lease is not fresh: another node may own the partition by now. The lane resumes with the next proof
   * of contact, or under the next lease.
   */
  #holdBack(mailbox: Mailbox, lane: Lane, lease: Lease | undefined): void {
    lane.pausing = true;
    this.#heldBack.set(lane, mailbox);
    lease?.whenFresh().then(
      () => this.#goOn(lane),
      () => undefined,
    );
  }

  #goOn(lane: Lane): void {
    const mailbox = this.#heldBack.get(lane);
    if (mailbox === undefined) return;
    this.#heldBack.delete(lane);
    lane.pausing = false;
    mailbox.list(lane);
    this.serve(mailbox);
  }

  /** @returns whether the receiver finished it synchronously */
  #hand(mailbox: Mailbox, lane: Lane, queued: QueuedIntent, lease: Lease): boolean {
    queued.attempts++;
    mailbox.busy = true;
    this.#parts.memory.started();
    const verdict = this.#ask(lane, queued, lease);
    if (!(verdict instanceof Promise)) {
      this.#conclude(mailbox, lane, queued, lease, verdict);
      return true;
    }
    queued.payload = new Uint8Array(queued.payload);
    const conclude = (given: Verdict): void => {
      this.#conclude(mailbox, lane, queued, lease, given);
      this.serve(mailbox);
    };
    void verdict.then(conclude, (error) => conclude(this.#thrown(lane, queued, error)));
    return false;
  }

  #ask(lane: Lane, queued: QueuedIntent, lease: Lease): Verdict | Promise<Verdict> {
    try {
      return this.#parts.receiver.handle(lane, queued, lease);
    } catch (error) {
      return this.#thrown(lane, queued, error);
    }
  }

  #thrown({ subject }: Lane, { seq }: QueuedIntent, error: unknown): Verdict {
    this.#parts.log.error({ subject, seq, ...faultOf(error) }, 'a receiver threw: it will be asked again');
    return afterThrow;
  }

  #conclude(mailbox: Mailbox, lane: Lane, queued: QueuedIntent, lease: Lease, verdict: Verdict): void {
    const { memory, idle } = this.#parts;
    mailbox.busy = false;
    memory.finished();
    if (lane.disowned) this.#finish(mailbox, lane, queued);
    else if (lease.lost === undefined) this.#obey(mailbox, lane, queued, verdict);
    else this.#requeue(mailbox, lane, queued);
    if (memory.handling === 0) idle();
  }

  #obey(mailbox: Mailbox, lane: Lane, queued: QueuedIntent, verdict: Verdict): void {
    switch (verdict.kind) {
      case 'done':
        return this.#settle(mailbox, lane, queued, 'handled');
      case 'dead':
        return this.#settle(mailbox, lane, queued, verdict.was === 'intent' ? 'dead' : undefined);
      case 'suspended':
        return this.#finish(mailbox, lane, queued);
      case 'retry':
        return this.#retry(mailbox, lane, queued, verdict.afterMs);
      default:
        verdict satisfies never;
    }
  }

  #settle(mailbox: Mailbox, lane: Lane, queued: QueuedIntent, outcome: Outcome | undefined): void {
    this.#parts.settled(lane, queued, outcome);
    this.#finish(mailbox, lane, queued);
  }

  #finish(mailbox: Mailbox, lane: Lane, queued: QueuedIntent): void {
    const { memory, removed } = this.#parts;
    lane.finish();
    memory.keep(mailbox, -1, -queued.payload.length);
    mailbox.list(lane);
    removed(mailbox, lane);
  }

  #retry(mailbox: Mailbox, lane: Lane, queued: QueuedIntent, afterMs: number): void {
    queued.payload = new Uint8Array(queued.payload);
    lane.putBack();
    lane.pausing = true;
    this.#parts.timers.after(afterMs, () => {
      lane.pausing = false;
      mailbox.list(lane);
      this.serve(mailbox);
    });
  }

  /** Requeues an intent whose partition another node may own by now: it counts as not begun and waits for the next lease. */
  #requeue(mailbox: Mailbox, lane: Lane, queued: QueuedIntent): void {
    queued.attempts--;
    queued.payload = new Uint8Array(queued.payload);
    lane.putBack();
    mailbox.list(lane);
  }
}
