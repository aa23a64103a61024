/** Reloads evicted payloads: chooses lanes, how many payloads to read, which of them to keep. */
import type { StoredMessage } from '../core/delivery.ts';
import type { Lane } from './lane.ts';
import type { LaneLoader } from './lane-loader.ts';
import type { Mailbox } from './mailbox.ts';
import type { MemoryBudget } from './memory-budget.ts';

/** Number of lanes of one mailbox that are read at the same time. */
const readsPerMailbox = 4;

export interface PayloadReloaderParts {
  readonly loader: LaneLoader;
  readonly memory: MemoryBudget;
  /** Payloads kept per agent; later ones are reloaded from the store. */
  readonly payloadsPerAgent: number;
  /** Tells whether this is the message that was delivered for the lane. */
  readonly expects: (lane: Lane, message: StoredMessage) => boolean;
  /** Called when a lane has payloads again; `gone` are proved to be no longer in the store. */
  readonly loaded: (mailbox: Mailbox, lane: Lane, gone: readonly number[]) => void;
}

export class PayloadReloader {
  readonly #parts: PayloadReloaderParts;

  constructor(parts: PayloadReloaderParts) {
    this.#parts = parts;
  }

  /** @returns false when the mailbox already has its maximum of reads in progress */
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
      // a lane that was emptied meanwhile expects nothing and needs no second proof
      expects: (message) => lane.firstEvicted === undefined || this.#parts.expects(lane, message),
      done: (found, gone) => this.#loaded(mailbox, lane, found, gone),
    });
    return true;
  }

  /** Reloads while the lane still has payloads, if there is room for more. */
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

  /** Returns copies of the first messages that fit. The rest is read again later. */
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
