/** The lanes with their mailboxes that a node has in memory: those that hold something. */
import { kindOf } from '../core/ids.ts';
import { parseMailboxSubject } from '../core/subjects.ts';
import type { Intake } from './intake.ts';
import { Lane } from './lane.ts';
import { Mailbox } from './mailbox.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** A lane with the mailbox that it belongs to. */
export interface LaneEntry {
  readonly lane: Lane;
  readonly mailbox: Mailbox;
}

export class LaneTable {
  readonly #memory: MemoryBudget;
  readonly #intake: Intake;
  readonly #entries = new Map<string, LaneEntry>();
  readonly #mailboxes = new Map<string, Mailbox>();

  constructor(memory: MemoryBudget, intake: Intake) {
    this.#memory = memory;
    this.#intake = intake;
  }

  get mailboxes(): number {
    return this.#mailboxes.size;
  }

  get lanes(): number {
    return this.#entries.size;
  }

  heldByKind(): ReadonlyMap<string, number> {
    const kinds = new Map<string, number>();
    for (const { agent, held } of this.#mailboxes.values()) {
      const kind = kindOf(agent);
      kinds.set(kind, (kinds.get(kind) ?? 0) + held);
    }
    return kinds;
  }

  /** When the oldest intent of each kind was stored, by the store's clock. Looks at every lane: for people. */
  oldestByKind(): ReadonlyMap<string, number> {
    const kinds = new Map<string, number>();
    for (const { lane } of this.#entries.values()) {
      const { oldestAt } = lane;
      const kind = kindOf(lane.receiver);
      if (oldestAt !== undefined && oldestAt < (kinds.get(kind) ?? Number.POSITIVE_INFINITY)) kinds.set(kind, oldestAt);
    }
    return kinds;
  }

  /** Returns the load of the fullest partition. Looks at every lane: for people, and when the sum is large. */
  mostInPartition(): number {
    const held = new Map<string, number>();
    let most = 0;
    for (const { lane } of this.#entries.values()) {
      const place = `${lane.at.pool}.${lane.at.partition}`;
      const sum = (held.get(place) ?? 0) + lane.length;
      held.set(place, sum);
      most = Math.max(most, sum);
    }
    return most;
  }

  find(subject: string): LaneEntry | undefined {
    return this.#entries.get(subject);
  }

  /** Returns the entry, created if necessary; `undefined` if the subject is not a lane. */
  open(subject: string): LaneEntry | undefined {
    return this.#entries.get(subject) ?? this.#make(subject);
  }

  of(pool: string, partition: number): readonly LaneEntry[] {
    return [...this.#entries.values()].filter(({ lane: { at } }) => at.pool === pool && at.partition === partition);
  }

  /** Forgets what is empty, so that an idle mailbox costs nothing. */
  forgetEmpty(mailbox: Mailbox, lane: Lane): void {
    if (lane.length === 0 && !lane.loading && this.#entries.delete(lane.subject)) this.#memory.lanes(-1);
    if (!mailbox.isEmpty) return;
    this.#intake.whenFull(mailbox, () => {
      if (this.#mailboxes.get(mailbox.agent) !== mailbox) return;
      this.#mailboxes.delete(mailbox.agent);
      this.#memory.mailboxes(-1);
    });
  }

  #make(subject: string): LaneEntry | undefined {
    const at = parseMailboxSubject(subject);
    if (at === undefined) return undefined;
    const lane = new Lane(subject, at);
    let mailbox = this.#mailboxes.get(lane.receiver);
    if (mailbox === undefined) {
      mailbox = new Mailbox(lane.receiver);
      this.#mailboxes.set(lane.receiver, mailbox);
      this.#memory.mailboxes(1);
    }
    const place: LaneEntry = { lane, mailbox };
    this.#entries.set(subject, place);
    this.#memory.lanes(1);
    return place;
  }
}
