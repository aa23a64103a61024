/** The intents that wait in a node's lanes, each added to the memory budget while it is held. */
import type { Delivery } from '../core/delivery.ts';
import type { Lane } from './lane.ts';
import type { LaneEntry, LaneTable } from './lane-table.ts';
import type { Mailbox } from './mailbox.ts';
import type { MemoryBudget } from './memory-budget.ts';

export interface IntentQueueParts {
  readonly lanes: LaneTable;
  readonly memory: MemoryBudget;
  /** Payloads kept per agent; later ones are reloaded from the store. */
  readonly payloadsPerAgent: number;
  /** Called when no intent is held any more. */
  readonly emptied: () => void;
}

export class IntentQueue {
  readonly #parts: IntentQueueParts;

  constructor(parts: IntentQueueParts) {
    this.#parts = parts;
  }

  /** Copies the payload that it keeps: as a slice of what the socket read it would hold all of that in memory. */
  add({ lane, mailbox }: LaneEntry, delivery: Delivery): void {
    const { memory, payloadsPerAgent } = this.#parts;
    const { payload } = delivery;
    const fits = mailbox.residents < payloadsPerAgent && memory.fits(payload.length);
    if (lane.add(delivery, fits ? new Uint8Array(payload) : payload, fits)) memory.keep(mailbox, 1, payload.length);
    memory.add(mailbox, lane.at.pool);
    mailbox.list(lane);
  }

  /** Releases the memory of one intent that left its lane. */
  remove(mailbox: Mailbox, lane: Lane): void {
    const { memory, lanes, emptied } = this.#parts;
    memory.remove(mailbox, lane.at.pool);
    lanes.forgetEmpty(mailbox, lane);
    if (memory.held === 0) emptied();
  }

  /** Drops every intent of the partition that is not being handled. @param dropped called per lane, before its memory is released */
  dropPartition(pool: string, partition: number, dropped: (lane: Lane) => void): void {
    const { lanes, memory } = this.#parts;
    for (const { lane, mailbox } of lanes.of(pool, partition)) {
      const before = lane.residents;
      const { count, bytes } = lane.dropAll();
      memory.keep(mailbox, lane.residents - before, -bytes);
      dropped(lane);
      for (let i = 0; i < count; i++) this.remove(mailbox, lane);
    }
  }

  /** Drops the intents that the store lost from that sequence on, unless their payloads are in memory. */
  dropLost(pool: string, partition: number, fromSeq: number): void {
    for (const { lane, mailbox } of this.#parts.lanes.of(pool, partition)) {
      for (let lost = lane.lose(fromSeq); lost > 0; lost--) this.remove(mailbox, lane);
    }
  }
}
