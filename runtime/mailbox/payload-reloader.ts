/** Brings payloads back that were left out: which lanes, how many, and what of that is kept. */
import type { StoredMessage } from '../core/delivery.ts';
import type { Lane } from './lane.ts';
import type { LaneLoader } from './lane-loader.ts';
import type { Mailbox } from './mailbox.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** Lanes of one mailbox whose payloads are read at a time. */
const readsPerMailbox = 4;

export interface PayloadReloaderParts {
  readonly loader: LaneLoader;
  readonly memory: MemoryBudget;
  /** Payloads kept per agent; those after them are read again from the store. */
  readonly payloadsPerAgent: number;
  /** Is it the message that was delivered for this lane? */
  readonly expects: (lane: Lane, message: StoredMessage) => boolean;
  /** A lane has payloads again; `gone` are proved to be no longer in the store. */
  readonly loaded: (mailbox: Mailbox, lane: Lane, gone: readonly number[]) => void;
}

export class PayloadReloader {
  readonly #parts: PayloadReloaderParts;

  constructor(parts: PayloadReloaderParts) {
    this.#parts = parts;
  }

  /** @returns false when so many reads of the mailbox are under way that this one has to wait for one of them */
  load(mailbox: Mailbox, lane: Lane): boolean {
    const { loader, memory, payloadsPerAgent } = this.#parts;
    if (lane.firstEvicted === undefined || lane.loading) return true;
    if (mailbox.loads >= readsPerMailbox) return false;
    mailbox.loads++;
    lane.loading = true;
    loader.load({
      pool: lane.at.pool,
      subject: lane.subject,
      seqs: lane.evicted(memory.fits(1) ? Math.max(1, payloadsPerAgent - mailbox.residents) : 1),
      // a lane that was emptied meanwhile expects nothing, and is not kept waiting for a second proof
      expects: (message) => lane.firstEvicted === undefined || this.#parts.expects(lane, message),
      done: (found, gone) => this.#loaded(mailbox, lane, found, gone),
    });
    return true;
  }

  /** The same while the lane still has payloads, if there is room for more. */
  loadAhead(mailbox: Mailbox, lane: Lane): void {
    const { memory, payloadsPerAgent } = this.#parts;
    if (lane.residents < payloadsPerAgent / 2 && memory.fits(1)) this.load(mailbox, lane);
  }

  #loaded(mailbox: Mailbox, lane: Lane, found: readonly StoredMessage[], gone: readonly number[]): void {
    mailbox.loads--;
    lane.loading = false;
    const before = lane.residents;
    const loaded = lane.load(this.#kept(found), gone);
    this.#parts.memory.keep(mailbox, lane.residents - before, loaded.bytes);
    this.#parts.loaded(mailbox, lane, loaded.gone);
  }

  /** Of what was read the first, and what there is room for; copied, as what waits is. The rest is read once more. */
  #kept(found: readonly StoredMessage[]): readonly StoredMessage[] {
    let bytes = 0;
    const kept: StoredMessage[] = [];
    for (const message of found) {
      bytes += message.payload.length;
      if (kept.length > 0 && !this.#parts.memory.fits(bytes)) break;
      kept.push({ ...message, payload: new Uint8Array(message.payload) });
    }
    return kept;
  }
}
